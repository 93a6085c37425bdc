"""Results of suites, for people and machines."""

from assets_actions.report.suites import PlannedSuitesReport, SuitesReport
from assets_actions.report.text import plain
from assets_actions.testing.cases import Case, Report
from assets_actions.testing.results import Ended, Result, judge, not_installed
from tests.testing.examples import locator, suites, with_tests

SHARED = "    tests_dir: ../shared\n"
FILES = {
    **with_tests("a", SHARED),
    **with_tests("b", SHARED),
    **with_tests(
        "c", "    pip_requirements: r.txt\n", **{"r.txt": "numpy==1\n-c limits.txt\n", "limits.txt": "six<2\n"}
    ),
    "assets/shared/test_a.py": "assert x\n",
}


def results() -> list[Result]:
    first, second = suites(FILES)
    case = Case(
        "t",
        "test_a",
        "failed",
        "no | <b>\x1b[31m\nmore",
        "../shared/test_a.py:1: no",
        "../shared/test_a.py",
        1,
        0,
        "",
        "",
    )
    ended = Ended(1, False, 1.26, "")
    failed = judge(locator(first), ended, Report([case, case._replace(outcome="skipped")], 0), 81.4)
    return [failed, not_installed(second, "the requirements could not be installed", "ERROR: https://me:pw@host/x\n")]


def test_as_text_each_asset_has_a_line_and_what_failed_its_place() -> None:
    text = plain(SuitesReport(results(), ["data/x"], "/results").text())
    assert text.splitlines() == [
        "assets/c/asset.yaml",
        "    7:23   error    test-environment  the requirements could not be installed",
        "       7 |     pip_requirements: r.txt",
        "         |                       ^^^^^",
        "assets/shared/test_a.py",
        "    1:1    error    test-failed  test_a: no | <b>",
        "       1 | assert x",
        "         | ^^^^^^^^",
        "failed     component/a   1 of 2 failed · 1 skipped · 1.3 s · 81 % covered · one run for 2 assets",
        "failed     component/b   1 of 2 failed · 1 skipped · 1.3 s · 81 % covered · one run for 2 assets",
        "error      component/c   the requirements could not be installed",
        "           | ERROR: https://host/x",
        "not tested data/x        `test.pytest.enabled` is not true in its asset config",
        "logs and JUnit XML: /results",
        "4 assets · 2 failed · 1 in error · 1 not tested · 2 tests",
    ]


def test_as_json_it_is_what_scripts_rely_on() -> None:
    data = SuitesReport(results(), ["data/x"], "/results").data()
    assert data["schema_version"] == 1
    assert data["summary"] == {
        "assets": 3, "suites": 2, "passed": 0, "failed": 2, "errors": 1, "untested": 1, "tests": 2
    }  # fmt: skip
    assert data["assets"][1] == {
        "id": "component/b", "status": "failed", "message": "1 of 2 failed", "tests": 2, "failed": 1, "errors": 0,
        "skipped": 1, "seconds": 1.26, "coverage": 81.4, "suite": ["component/a", "component/b"],
        "tests_dir": "assets/shared", "log": "component-a.log", "junit": "component-b.xml",
    }  # fmt: skip
    assert [finding["rule"] for finding in data["findings"]] == ["test-environment", "test-failed"]


def test_in_a_summary_nothing_of_a_tests_own_is_markup() -> None:
    text = SuitesReport(results(), ["data/x"], "/results", coverage=True).markdown()
    assert "| failed | <code>component/b</code> | 2 | 1 | 0 | 1 | 1.3 | 81 % |" in text
    assert "test&#95;a: no &#124; &lt;b&gt;" in text
    assert "- <code>data/x</code> is not tested: <code>test.pytest.enabled</code> is not true" in text
    assert "\x1b" not in text


def test_a_plan_says_what_would_run_with_what() -> None:
    report = PlannedSuitesReport(suites(FILES), ["data/x"])
    assert plain(report.text()).splitlines() == [
        "would run  component/a, component/b   assets/shared",
        "would run  component/c   assets/c",
        "           requirements of assets/c/r.txt, assets/c/limits.txt:",
        "             numpy==1",
        "             six<2",
        "not tested data/x",
        "2 suites · 2 environments · nothing was run",
    ]
    assert report.data()["suites"][1]["constraints"] == ["six<2"]
    assert "| <code>component/c</code> | <code>assets/c</code> |" in report.markdown()


def test_a_plan_shows_no_login() -> None:
    keys = ("    pip_requirements: r.txt\n", "    conda_environment: r.txt\n")
    for pytest in keys:
        address = "--extra-index-url https://me:pw@host/x\n"
        report = PlannedSuitesReport(suites(with_tests("a", pytest, **{"r.txt": address})), [])
        for shown in (plain(report.text()), str(report.data()), report.markdown()):
            assert "pw" not in shown
        assert "--extra-index-url https://host/x" in str(report.data())
