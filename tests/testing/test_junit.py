"""Results as JUnit XML."""

from junitparser import JUnitXml

from assets_actions.testing.cases import Case, Report
from assets_actions.testing.junit import merged, of_asset
from assets_actions.testing.results import Ended, judge, not_installed
from tests.testing.examples import locator, suite, with_tests

TEST = {"test_a.py": "def test(): pass\n"}
TWO = {
    **with_tests("a", "    tests_dir: ../t\n"),
    **with_tests("b", "    tests_dir: ../t\n"),
    "assets/t/test_a.py": "\n\n",
}


def case(outcome: str, text: str = "") -> Case:
    return Case("t", f"test_{outcome}", outcome, "why", text, "../t/test_a.py", 2, 0.5, "out\x00put", "")


def test_an_asset_has_a_file_of_its_own_and_a_shared_suite_is_once_in_that_of_all() -> None:
    one = suite(TWO)
    report = Report([case("passed"), case("failed", "a\nb"), case("error"), case("skipped")], 2.0)
    result = judge(locator(one), Ended(1, False, 2.0, ""), report, None)
    for text, name in [
        (of_asset(result, one.assets[1]), "component/b"),
        (merged([result]), "component/a, component/b"),
    ]:
        (read,) = JUnitXml.fromstring(text.encode())
        assert (read.name, read.tests, read.failures, read.errors, read.skipped) == (name, 4, 1, 1, 1)
        failed = list(read)[1]
        assert (failed.result[0].message, failed.result[0].text) == ("why", "a\nb")
        assert (failed._elem.get("file"), failed._elem.get("line")) == ("assets/t/test_a.py", "2")  # noqa: SLF001


def test_what_was_not_run_is_a_case_in_error() -> None:
    one = suite(with_tests("a", **TEST))
    (read,) = JUnitXml.fromstring(merged([not_installed(one, "needs conda, which is not here")]).encode())
    (only,) = read
    assert (read.errors, only.result[0].message) == (1, "needs conda, which is not here")


def test_nothing_at_all_is_an_empty_report() -> None:
    assert list(JUnitXml.fromstring(merged([]).encode())) == []
