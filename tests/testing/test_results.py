"""How a suite ended, and where its tests failed."""

import pytest

from assets_actions.testing.cases import Case, Report
from assets_actions.testing.locations import Locator
from assets_actions.testing.results import Ended, Result, Status, judge, not_installed
from assets_actions.testing.suites import Suite
from tests.testing.examples import locator, suite, with_tests

CODE = "import score\n\n\ndef test_a():\n    assert score.half(3) == 1\n"
FILES = {
    **with_tests(
        "a",
        "    tests_dir: tests\n    pip_requirements: r.txt\n",
        **{"tests/test_a.py": CODE, "score.py": "def half(n):\n    return n // 0\n", "r.txt": ""},
    ),
    "conftest.py": "",
}


@pytest.fixture
def one() -> Suite:
    return suite(FILES)


def case(outcome: str = "passed", message: str = "", text: str = "", file: str | None = "tests/test_a.py") -> Case:
    return Case("tests.test_a", "test_a", outcome, message, text, file, 4, 0.1, "", "")


def judged(one: Suite, code: int, *cases: Case, timed_out: bool = False, log: str = "") -> Result:
    return judge(locator(one), Ended(code, timed_out, 2.0, log), Report(list(cases), 0.1), None)


def places(result: Result) -> list[tuple[str, str, str]]:
    return [(finding.rule, str(finding.place), finding.message) for finding in result.findings]


def test_all_well(one: Suite) -> None:
    result = judged(one, 0, case(), case("skipped"))
    assert (result.status, result.message, result.findings, result.seconds) == (Status.PASSED, "", [], 2.0)


def test_a_failure_is_told_at_the_line_of_the_test_that_led_to_it(one: Suite) -> None:
    text = (
        "    def test_a():\n>       assert score.half(3) == 1\n\ntests/test_a.py:5: \n_ _ _ _\n"
        ">   return n // 0\nE   ZeroDivisionError\n\nscore.py:2: ZeroDivisionError"
    )
    result = judged(one, 1, case("failed", "ZeroDivisionError: division by zero", text), case())
    assert (result.status, result.message) == (Status.FAILED, "1 of 2 failed")
    (finding,) = result.findings
    assert places(result) == [
        ("test-failed", "assets/a/tests/test_a.py:5:5", "test_a: ZeroDivisionError: division by zero")
    ]
    assert finding.asset == "component/a"
    assert finding.place.source == "    assert score.half(3) == 1"


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("tests/test_a.py", "", "assets/a/tests/test_a.py:4:1"),
        ("test_a.py", "", "assets/a/tests/test_a.py:4:1"),
        ("assets/a/tests/test_a.py", "", "assets/a/tests/test_a.py:4:1"),
        (None, "score.py:2: Error", "assets/a/score.py:2:5"),
        (None, 'File "score.py", line 2, in half', "assets/a/score.py:2:5"),
        (None, "/home/me/repo/assets/a/score.py:2: Error", "assets/a/score.py:2:5"),
        ("tests/test_a.py", '  File "/home/me/repo/assets/a/tests/test_a.py", line 5, in a', "assets/a/tests/test_a.py:5:5"),
        (None, "", "assets/a/asset.yaml:7:16"),
        ("../../../../etc/passwd", "/etc/passwd:1: Error\n../../../etc/passwd:1: Error", "assets/a/asset.yaml:7:16"),
        ("tests/test_a.py", "tests/test_a.py:9999999: Error", "assets/a/tests/test_a.py:9999999:1"),
    ],
)  # fmt: skip
def test_its_place_is_in_the_repository_whatever_the_report_says(
    one: Suite, file: str | None, text: str, place: str
) -> None:
    assert str(judged(one, 1, case("failed", "no", text, file)).findings[0].place) == place


def test_its_line_is_the_one_that_python_counts(one: Suite) -> None:
    content = b"import score\n\f\n\f\ndef test_a():\r    assert 0\r\n"
    failed = Report([case("failed", "no", "tests/test_a.py:5: Error")], 0)
    (finding,) = judge(Locator(one, "/", lambda _: content), Ended(1, False, 1.0, ""), failed, None).findings
    assert (str(finding.place), finding.place.source) == ("assets/a/tests/test_a.py:5:5", "    assert 0")


def test_a_file_that_its_own_tests_have_removed_is_named_all_the_same(one: Suite) -> None:
    def read(path: str) -> bytes:
        raise FileNotFoundError(path)

    result = judge(Locator(one, "/", read), Ended(1, False, 1.0, ""), Report([case("failed", "x")], 0), None)
    assert str(result.findings[0].place) == "assets/a/tests/test_a.py:4:1"
    assert result.findings[0].place.source == ""


def test_a_test_that_cannot_be_collected_is_an_error_where_it_breaks(one: Suite) -> None:
    text = (
        "ImportError while importing test module '/x/assets/a/tests/test_a.py'.\nTraceback:\n"
        "tests/test_a.py:1: in <module>\n    import score\nE   ModuleNotFoundError: No module named 'score'"
    )
    result = judged(one, 2, case("error", "collection failure", text, None)._replace(name="tests.test_a"))
    assert (result.status, result.message) == (Status.ERROR, "1 error")
    message = "tests.test_a: cannot be collected: ModuleNotFoundError: No module named 'score'"
    assert places(result) == [("test-error", "assets/a/tests/test_a.py:1:1", message)]


def test_what_pytest_calls_its_own_error_is_told_where_it_comes_from(one: Suite) -> None:
    text = 'Traceback (most recent call last):\n  File "/home/me/repo/assets/a/score.py", line 2, in x\nSystemExit: 0'
    result = judged(one, 3, case("error", "internal error", text, None)._replace(name="internal"))
    message = "internal: pytest came upon an error of its own: SystemExit: 0"
    assert places(result) == [("test-error", "assets/a/score.py:2:5", message)]


@pytest.mark.parametrize(
    ("code", "log"),
    [
        (4, "ImportError while loading conftest '/x/conftest.py'.\nscore.py:2: in <module>\nE   ValueError\n"),
        (
            -11,
            'a.py:1: no\ntest_a.py Fatal Python error: x\n\n  File "/x.py", line 1 in a\n  File "score.py", line 2 in b\n',
        ),
        (2, "!!!! KeyboardInterrupt !!!!\n/home/me/repo/assets/a/score.py:2: KeyboardInterrupt\n"),
    ],
)
def test_where_pytest_went_down_is_told(one: Suite, code: int, log: str) -> None:
    result = judge(locator(one), Ended(code, False, 1.0, log), "it wrote no report", None)
    assert [place for _, place, _ in places(result)] == ["assets/a/score.py:2:5"]


@pytest.mark.parametrize("code", [0, 5])
def test_an_enabled_suite_without_a_test_is_an_error(one: Suite, code: int) -> None:
    result = judged(one, code)
    assert result.is_error
    assert result.status is Status.NO_TESTS
    assert places(result)[0][:2] == ("no-tests", "assets/a/asset.yaml:7:16")


def test_modules_that_are_skipped_as_a_whole_are_no_tests(one: Suite) -> None:
    result = judged(one, 5, case("skipped"))
    message = "no test was run: the modules that hold them were skipped as a whole"
    assert (result.status, result.message) == (Status.NO_TESTS, message)


def test_a_suite_that_hangs_is_told_at_the_line_where_it_does(one: Suite) -> None:
    log = "tests/test_a.py \n!!!! KeyboardInterrupt !!!!\n/home/me/repo/assets/a/score.py:2: KeyboardInterrupt\n"
    result = judged(one, 2, timed_out=True, log=log)
    assert (result.status, result.is_error) == (Status.TIMED_OUT, True)
    message = "took longer than its time limit, and was ended after 2 s"
    assert places(result) == [("test-timed-out", "assets/a/score.py:2:5", message)]
    assert str(judged(one, -9, timed_out=True).findings[0].place) == "assets/a/asset.yaml:7:16"


@pytest.mark.parametrize(
    ("code", "report", "status", "message"),
    [
        (0, "it wrote no report", Status.ERROR, "pytest ended with exit code 0: it wrote no report"),
        (1, "it wrote no report", Status.ERROR, "pytest ended with exit code 1: it wrote no report"),
        (4, "it wrote no report", Status.ERROR, "pytest refused how it was called"),
        (-11, "it wrote no report", Status.ERROR, "was ended by signal 11"),
        (0, Report([case("failed", "x")], 0), Status.FAILED, "1 of 1 failed"),
        (0, Report([case("error", "x"), case("failed", "x")], 0), Status.ERROR, "1 error, 1 of 2 failed"),
        (1, Report([case()], 0), Status.FAILED, "no test failed, and yet pytest says so: a demand on coverage, say"),
        (3, Report([case()], 0), Status.ERROR, "pytest came upon an error of its own"),
        (77, Report([case()], 0), Status.ERROR, "pytest ended with exit code 77"),
    ],
)
def test_nothing_passes_that_does_not_say_so_in_both_its_report_and_its_exit_code(
    one: Suite, code: int, report: Report | str, status: Status, message: str
) -> None:
    result = judge(locator(one), Ended(code, False, 1.0, "last words\n"), report, None)
    assert (result.status, result.message) == (status, message)
    assert result.findings


def test_without_an_environment_the_last_words_of_the_installer_are_told_where_it_is_asked_for(one: Suite) -> None:
    result = not_installed(one, "the requirements could not be installed", "a\n\x1b[31mERROR: no numpy\x1b[0m\n")
    assert places(result) == [
        ("test-environment", "assets/a/asset.yaml:8:23", "the requirements could not be installed\na\nERROR: no numpy")
    ]


def test_a_long_message_is_cut_and_a_thousand_failures_are_not_all_told(one: Suite) -> None:
    result = judged(one, 1, *[case("failed", "x" * 5000)] * 1000)
    assert len(result.findings) == 100
    assert len(result.findings[0].message) < 400
    assert result.message == "1,000 of 1,000 failed"
