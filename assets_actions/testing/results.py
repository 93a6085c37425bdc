"""What came of a suite: how it ended, and findings where tests failed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from assets_actions.assets.document import Place
from assets_actions.report.text import counted, without_logins
from assets_actions.rules.registry import Finding, Severity

from .cases import Case, Report
from .locations import Locator
from .logs import clean, last_lines
from .suites import GROUP, Suite, asset_place, environment_place, id_of

FAILED, ERROR, TIMED_OUT, NO_TESTS, NOT_INSTALLED = (
    "test-failed", "test-error", "test-timed-out", "no-tests", "test-environment",
)  # fmt: skip
LONGEST_MESSAGE = 300
MOST_FINDINGS = 100
"""So many failures of a suite are told one by one: more of them say no more."""
LINES_QUOTED = 10
NO_SUCH_TESTS = 5
_REFUSED = {3: "pytest came upon an error of its own", 4: "pytest refused how it was called"}
"""Exit codes of pytest's (its documentation: "Exit codes")."""
_SAYS_NOTHING = {"collection failure": "cannot be collected", "internal error": "pytest came upon an error of its own"}
"""Messages of pytest's that stand for whatever it was, and what we say before what it was."""


class Status(StrEnum):
    """How a suite ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMED_OUT = "timed out"
    NO_TESTS = "no tests"


class Ended(NamedTuple):
    """How pytest's process ended: its exit code, negative where a signal ended it; `timed_out` where we did."""

    code: int
    timed_out: bool
    seconds: float
    log: str
    """The last part of what it wrote."""


@dataclass(frozen=True)
class Result:
    """What came of a suite. `message` says why it did not pass."""

    suite: Suite
    status: Status
    message: str = ""
    report: Report = field(default_factory=lambda: Report([], 0.0))
    findings: Sequence[Finding] = ()
    seconds: float = 0.0
    coverage: float | None = None
    log: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it neither passed nor failed: that says nothing of what is tested."""
        return self.status not in (Status.PASSED, Status.FAILED)


def not_started(suite: Suite, message: str) -> Result:
    """The result of a suite whose environment is not what it was: another one may have done that."""
    finding = _finding(suite, ERROR, message, asset_place(suite.asset, "tests_dir"))
    return Result(suite, Status.ERROR, message, findings=[finding])


def not_installed(suite: Suite, message: str, log: str = "", seconds: float = 0.0) -> Result:
    """The result of a suite for which there is no environment."""
    quoted = without_logins(last_lines(log, LINES_QUOTED))
    place = environment_place(suite.asset)
    finding = _finding(suite, NOT_INSTALLED, f"{message}\n{quoted}".rstrip(), place)
    return Result(suite, Status.ERROR, message, findings=[finding], seconds=seconds, log=log)


def judge(locator: Locator, ended: Ended, report: Report | str, coverage: float | None) -> Result:
    """The result of a suite that was run; `report` is what pytest reported, or why there is no report."""
    suite = locator.suite
    cases = report if isinstance(report, Report) else Report([], 0.0)
    cases = cases._replace(cases=[locator.located(case) for case in cases.cases])
    status, message = _status(ended, report, cases)
    findings = [finding for case in cases.cases if (finding := _failure(locator, case))][:MOST_FINDINGS]
    declared = asset_place(suite.asset, "tests_dir")
    if status is Status.TIMED_OUT:
        findings.append(_finding(suite, TIMED_OUT, message, locator.where_it_ended(ended.log) or declared))
    elif status is Status.NO_TESTS:
        findings.append(_finding(suite, NO_TESTS, message, declared))
    elif status is not Status.PASSED and not findings:
        said = f"{message}\n{last_lines(ended.log, LINES_QUOTED)}".rstrip()
        rule = FAILED if status is Status.FAILED else ERROR
        findings.append(_finding(suite, rule, said, locator.where_it_ended(ended.log) or declared))
    return Result(suite, status, message, cases, findings, ended.seconds, coverage, ended.log)


def _status(ended: Ended, report: Report | str, cases: Report) -> tuple[Status, str]:
    errors, failures, every = cases.count("error"), cases.count("failed"), len(cases.cases)
    if ended.timed_out:
        return Status.TIMED_OUT, f"took longer than its time limit, and was ended after {ended.seconds:.0f} s"
    if ended.code < 0:
        return Status.ERROR, f"was ended by signal {-ended.code}"
    if ended.code == NO_SUCH_TESTS and every:
        return Status.NO_TESTS, "no test was run: the modules that hold them were skipped as a whole"
    if ended.code == NO_SUCH_TESTS:
        return Status.NO_TESTS, "no test was found, though `test.pytest.enabled` is true"
    if isinstance(report, str):
        return Status.ERROR, _REFUSED.get(ended.code, f"pytest ended with exit code {ended.code}: {report}")
    if errors:
        return Status.ERROR, counted(errors, "error") + (f", {failures:,} of {every:,} failed" if failures else "")
    if failures:
        return Status.FAILED, f"{failures:,} of {every:,} failed"
    if ended.code == 0 and every == 0:
        return Status.NO_TESTS, "no test was run"
    if ended.code == 1:
        return Status.FAILED, "no test failed, and yet pytest says so: a demand on coverage, say"
    if ended.code:
        return Status.ERROR, _REFUSED.get(ended.code, f"pytest ended with exit code {ended.code}")
    return Status.PASSED, ""


def _finding(suite: Suite, rule: str, message: str, place: Place) -> Finding:
    return Finding(rule, GROUP, Severity.ERROR, message, id_of(suite.asset), place)


def _failure(locator: Locator, case: Case) -> Finding | None:
    """A case that went wrong, at its place; the asset config's, where it has none."""
    if case.outcome not in ("failed", "error"):
        return None
    said = clean(case.message).strip() or last_lines(case.text, 1)
    if case.outcome == "error" and said in _SAYS_NOTHING:
        said = f"{_SAYS_NOTHING[said]}: {last_lines(case.text, 1).removeprefix('E').strip()}"
    said = said if len(said) <= LONGEST_MESSAGE else f"{said[: LONGEST_MESSAGE - 1]}…"
    name = clean(case.name) or "collection"
    place = locator.place(case) or asset_place(locator.suite.asset, "tests_dir")
    return _finding(locator.suite, FAILED if case.outcome == "failed" else ERROR, f"{name}: {said}", place)
