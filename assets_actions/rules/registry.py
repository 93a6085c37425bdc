"""The rules: each a small function that looks at one thing and yields what is wrong with it.

A rule's id is its function's name, its group the module's, its documentation its docstring (what, why, fix). To add
one, write the function in the module of its group; a new group's module goes into the package's list.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.document import Document, KeyPath, Place
from assets_actions.assets.model import Loaded


class Severity(StrEnum):
    """How bad a finding is. An error fails the run."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(NamedTuple):
    """What a rule yields: what is wrong, and where: a path of keys in a document, or a span (two indexes) of its text.

    `fix` says what to do, where that is more than the message says.
    """

    document: Document
    at: KeyPath | slice
    message: str
    fix: str | None = None
    at_key: bool = False
    asset: str | None = None
    """Whose problem it is, where a rule on the whole catalog knows."""


class Rule(NamedTuple):
    """A registered rule. `scope` is what it looks at: one loaded document, one asset, or the whole catalog.

    `essential`: what it finds keeps an asset from being read, so that no release can be planned until it is mended.
    `partial`: a rule on assets that has something to say even of one whose documents could not all be read.
    """

    id: str
    group: str
    severity: Severity
    essential: bool
    partial: bool
    scope: type
    check: Callable[[Any], Iterable[Problem]]
    documentation: str


@dataclass(frozen=True)
class Finding:
    """One thing that validation found, and its place."""

    rule: str
    group: str
    severity: Severity
    message: str
    asset: str | None
    place: Place
    fix: str | None = None

    @property
    def file(self) -> str:
        """The file's path in the repository."""
        return self.place.file

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """The column, from 1, in characters."""
        return self.place.column


class Skipped(NamedTuple):
    """A rule that could not look at an asset, and why."""

    rule: str
    asset: str
    reason: str


class Verdict(NamedTuple):
    """What the rules say about a catalog: findings in the order of files and lines, and what could not be checked."""

    findings: list[Finding]
    skipped: list[Skipped]


UNREADABLE = "a file of the asset could not be read"

_RULES: dict[str, Rule] = {}


def rule(
    scope: type, severity: Severity = Severity.ERROR, *, essential: bool = False, partial: bool = False
) -> Callable[[Callable[[Any], Iterable[Problem]]], Callable[[Any], Iterable[Problem]]]:
    """Register a function as a rule on `scope`: `Loaded` (a document), `Asset` or `Catalog`."""

    def register(check: Callable[[Any], Iterable[Problem]]) -> Callable[[Any], Iterable[Problem]]:
        id_ = check.__name__.replace("_", "-")
        group = check.__module__.rpartition(".")[2].replace("_", "-")
        _RULES[id_] = Rule(id_, group, severity, essential, partial, scope, check, check.__doc__ or "")
        return check

    return register


def registered() -> list[Rule]:
    """All rules that were registered so far, by group and id."""
    return sorted(_RULES.values(), key=lambda rule: (rule.group, rule.id))


def check(catalog: Catalog, chosen: Iterable[Rule]) -> Verdict:
    """Run rules on a catalog.

    A rule on assets skips those whose own documents could not all be read, unless it is `partial`.
    """
    by_scope: dict[type, list[Rule]] = {Loaded: [], Asset: [], Catalog: []}
    for one in chosen:
        by_scope[one.scope].append(one)
    findings: dict[tuple[Place, str, str], Finding] = {}

    def add(chosen: Iterable[Rule], subject: Loaded[Any] | Asset | Catalog, asset: Asset | None) -> None:
        for found in _findings(chosen, subject, asset):
            # A file that several assets share is at fault once, for the first of them.
            findings.setdefault((found.place, found.rule, found.message), found)

    skipped: list[Skipped] = []
    for asset in catalog.assets:
        for loaded in asset.documents:
            add(by_scope[Loaded], loaded, asset)
        able = [one for one in by_scope[Asset] if one.partial or asset.is_loaded]
        add(able, asset, asset)
        skipped += [Skipped(one.id, asset.path, UNREADABLE) for one in by_scope[Asset] if one not in able]
    add(by_scope[Catalog], catalog, None)
    return Verdict([found for _, found in sorted(findings.items())], skipped)


def _findings(chosen: Iterable[Rule], subject: Loaded[Any] | Asset | Catalog, asset: Asset | None) -> Iterator[Finding]:
    for one in chosen:
        for problem in one.check(subject):
            yield _finding(one, problem, asset)


def _finding(one: Rule, problem: Problem, asset: Asset | None) -> Finding:
    document = problem.document
    if isinstance(problem.at, slice):
        start, end = problem.at.start, problem.at.stop
    else:
        start, end = document.locate(*problem.at, at_key=problem.at_key)
    name = (asset.id or asset.path) if asset else problem.asset
    return Finding(one.id, one.group, one.severity, problem.message, name, document.place(start, end), problem.fix)
