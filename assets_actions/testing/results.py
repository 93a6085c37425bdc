"""What came of a suite: how it ended, and findings where tests failed."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from assets_actions.assets.document import Place, read_text
from assets_actions.assets.tree import EXECUTABLE, FILE, Tree
from assets_actions.report.text import counted
from assets_actions.rules.registry import Finding, Severity

from .cases import Case, Report
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
_MAX_LINES_READ = 8 * 1024 * 1024
_PLACE = re.compile(
    r"^(?:E\s+)?(?:File \"(?P<file>[^\"\n]+)\", line (?P<line>\d{1,7})|(?P<path>[^:\n]+):(?P<number>\d{1,7}):)",
    re.MULTILINE,
)
_HUNG = re.compile(r"^(?P<path>[^:\n]+):(?P<number>\d{1,7}): KeyboardInterrupt\s*$", re.MULTILINE)


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


def not_installed(suite: Suite, message: str, log: str = "", seconds: float = 0.0) -> Result:
    """The result of a suite for which there is no environment."""
    quoted = last_lines(log, LINES_QUOTED)
    place = environment_place(suite.asset)
    finding = _finding(suite, NOT_INSTALLED, f"{message}\n{quoted}".rstrip(), place)
    return Result(suite, Status.ERROR, message, findings=[finding], seconds=seconds, log=log)


def judge(suite: Suite, ended: Ended, report: Report | str, coverage: float | None) -> Result:
    """The result of a suite that was run; `report` is what pytest reported, or why there is no report."""
    cases = report if isinstance(report, Report) else Report([], 0.0)
    cases = cases._replace(cases=[_located(suite, case) for case in cases.cases])
    status, message = _status(ended, report, cases)
    findings = [finding for case in cases.cases if (finding := _failure(suite, case))][:MOST_FINDINGS]
    if status is Status.TIMED_OUT:
        findings.append(_finding(suite, TIMED_OUT, message, _where_it_hung(suite, ended.log)))
    elif status is Status.NO_TESTS:
        findings.append(_finding(suite, NO_TESTS, message, asset_place(suite.asset, "tests_dir")))
    elif status is not Status.PASSED and not findings:
        said = f"{message}\n{last_lines(ended.log, LINES_QUOTED)}".rstrip()
        rule = FAILED if status is Status.FAILED else ERROR
        findings.append(_finding(suite, rule, said, asset_place(suite.asset, "tests_dir")))
    return Result(suite, status, message, cases, findings, ended.seconds, coverage, ended.log)


def _status(ended: Ended, report: Report | str, cases: Report) -> tuple[Status, str]:
    errors, failures, every = cases.count("error"), cases.count("failed"), len(cases.cases)
    if ended.timed_out:
        return Status.TIMED_OUT, f"took longer than its time limit, and was ended after {ended.seconds:.0f} s"
    if ended.code < 0:
        return Status.ERROR, f"was ended by signal {-ended.code}"
    if ended.code == NO_SUCH_TESTS:
        return Status.NO_TESTS, "no test was found, though `test.pytest.enabled` is true"
    if isinstance(report, str):
        return Status.ERROR, _REFUSED.get(ended.code, f"pytest ended with exit code {ended.code}: {report}")
    if errors:
        return Status.ERROR, counted(errors, "error") + (f", {failures} of {every} failed" if failures else "")
    if failures:
        return Status.FAILED, f"{failures} of {every} failed"
    if ended.code == 0 and every == 0:
        return Status.NO_TESTS, "no test was run"
    if ended.code == 1:
        return Status.FAILED, "no test failed, and yet pytest says so: a demand on coverage, say"
    if ended.code:
        return Status.ERROR, _REFUSED.get(ended.code, f"pytest ended with exit code {ended.code}")
    return Status.PASSED, ""


def _finding(suite: Suite, rule: str, message: str, place: Place) -> Finding:
    return Finding(rule, GROUP, Severity.ERROR, message, id_of(suite.asset), place)


def _failure(suite: Suite, case: Case) -> Finding | None:
    """A case that went wrong, at the line in its file that led there, else where it begins."""
    if case.outcome not in ("failed", "error"):
        return None
    said = clean(case.message).strip() or last_lines(case.text, 1)
    if case.outcome == "error" and said == "collection failure":
        said = f"cannot be collected: {last_lines(case.text, 1).removeprefix('E').strip()}"
    said = said if len(said) <= LONGEST_MESSAGE else f"{said[: LONGEST_MESSAGE - 1]}…"
    name = clean(case.name) or "collection"
    place = _line(suite.asset.tree, case.file, case.line or 1) if case.file else asset_place(suite.asset, "tests_dir")
    return _finding(suite, FAILED if case.outcome == "failed" else ERROR, f"{name}: {said}", place)


def _located(suite: Suite, case: Case) -> Case:
    """The case with its place in the repository: the line in its own file that led to what went wrong, else its own."""
    own = _own_file(suite, case.file) if case.file else None
    at = list(_places(suite, case.text)) if case.outcome in ("failed", "error") else []
    if own:
        in_own = [line for path, line in at if path == own]
        return case._replace(file=own, line=in_own[-1] if in_own else case.line or 1)
    file, line = at[-1] if at else (None, None)
    return case._replace(file=file, line=line)


def _own_file(suite: Suite, name: str) -> str | None:
    """The file of a test: pytest names it as seen from its root directory, which is one that holds the tests."""
    holders = [suite.directory]
    for lowest in (suite.tests, suite.directory):
        directory = lowest
        while directory:
            holders.append(directory)
            directory = posixpath.dirname(directory)
    candidates = (_inside(suite.asset.tree, holder, name) for holder in (*holders, ""))
    return next(filter(None, candidates), None)


def _places(suite: Suite, text: str) -> Iterator[tuple[str, int]]:
    """The lines of the repository that a traceback names, the innermost last; paths are seen from where pytest ran."""
    for found in _PLACE.finditer(clean(text)):
        path = _inside(suite.asset.tree, suite.directory, found["path"] or found["file"])
        if path:
            yield path, int(found["number"] or found["line"])


def _inside(tree: Tree, directory: str, name: str) -> str | None:
    """A file of the repository by a path that somebody's code wrote down; None where there is none."""
    if posixpath.isabs(name):
        return None
    path = posixpath.normpath(posixpath.join(directory, name))
    entry = tree.entries.get(path)
    return path if entry and entry.mode in (FILE, EXECUTABLE) else None


def _line(tree: Tree, path: str, number: int) -> Place:
    document = read_text(path, next(tree.stream([path], _MAX_LINES_READ)), _MAX_LINES_READ)
    lines = document.text.splitlines()
    source = lines[number - 1] if 0 < number <= len(lines) else ""
    indent = len(source) - len(source.lstrip())
    return Place(path, max(1, number), indent + 1, max(indent + 2, len(source) + 1), source)


def _where_it_hung(suite: Suite, log: str) -> Place:
    """The line at which pytest was interrupted, where it could still say so."""
    for found in _HUNG.finditer(clean(log)):
        if path := _inside(suite.asset.tree, suite.directory, found["path"]):
            return _line(suite.asset.tree, path, int(found["number"]))
    return asset_place(suite.asset, "tests_dir")
