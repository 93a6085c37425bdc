"""The rules: each a small function that looks at one thing and yields what is wrong with it.

A rule's id is its function's name, its group the module's, its documentation its docstring: what must hold, why, the
fix, and where the rule comes from. To add one, write the function in the module of its group; a new group's module goes
into the package's list.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.config import AssetType
from assets_actions.assets.document import Document, KeyPath, Place
from assets_actions.assets.model import Loaded
from assets_actions.assets.texts import TextFile, text_files


class Severity(StrEnum):
    """How bad a finding is. An error fails the run."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(NamedTuple):
    """What a rule yields: what is wrong, and where: a path of keys in a document, or a span (two indexes) of its text.

    `fix` says what to do, where that is more than the message says; `replacement` is the text that does it, in place of
    what stands there.
    """

    document: Document
    at: KeyPath | slice
    message: str
    fix: str | None = None
    at_key: bool = False
    asset: str | None = None
    """Whose problem it is, where a rule on the whole catalog knows."""
    replacement: str | None = None


class Rule(NamedTuple):
    """A registered rule.

    `scope`: what it looks at: a loaded document, a text file, an asset, or the whole catalog; or an image that was
    built, which `judge` looks at, and `check` never.

    `types`: the asset types that it is about, where it is a rule on assets.
    `needs`: the type of a fact that it takes beside its subject; without that fact it is skipped.
    `essential`: what it finds keeps an asset from being read, so that no release can be planned until it is mended.
    `partial`: a rule on assets that has something to say even of one whose documents could not all be read.
    `everywhere`: what it finds counts even where it stands in an asset that was not asked about: a change of one
    asset breaks another.
    `supersedes`: a rule whose finding at the same place says less, and is left out.
    `mends`: its problems come with a replacement.
    """

    id: str
    group: str
    severity: Severity
    scope: type
    types: Collection[AssetType]
    needs: type | None
    essential: bool
    partial: bool
    everywhere: bool
    supersedes: str | None
    mends: bool
    check: Callable[..., Iterable[Problem]]
    documentation: str

    @property
    def summary(self) -> str:
        """What must hold, in a sentence or two: the documentation's first paragraph."""
        return " ".join(self.documentation.strip().partition("\n\n")[0].split())


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
    edit: "Edit | None" = None
    """The mend, where there is one that is obvious."""

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


class Edit(NamedTuple):
    """A text in place of a span (two indexes) of a file's whole text."""

    whole: str
    start: int
    end: int
    text: str


class Skipped(NamedTuple):
    """A rule that could not look at an asset (None: at any), and why."""

    rule: str
    asset: str | None
    reason: str


class Only(NamedTuple):
    """What was asked about: assets, by the paths of their configs, and files."""

    assets: Collection[str]
    files: Collection[str]


class Facts(NamedTuple):
    """What rules may need beside the assets: one value of each type, or why there is none of a type."""

    known: Sequence[object] = ()
    unknown: Mapping[type, str] = {}

    def of(self, kind: type) -> object | None:
        """The fact of this type, or None."""
        return next((fact for fact in self.known if isinstance(fact, kind)), None)


class Verdict(NamedTuple):
    """What the rules say about a catalog: findings in the order of files and lines, and what could not be checked."""

    findings: list[Finding]
    skipped: list[Skipped]


NOTHING_KNOWN = Facts()
UNREADABLE = "a file of the asset could not be read"
UNKNOWN = "what it needs to know was not looked up"

_RULES: dict[str, Rule] = {}


_SOURCE = re.compile(r"^Source of all rules here: ((?:.+\n)+)", re.MULTILINE)
"""In a module's docstring: where its rules come from, those that name no source of their own."""
ALL_TYPES = frozenset(AssetType)
Check = TypeVar("Check", bound=Callable[..., Iterable[Problem]])


def rule(
    scope: type,
    severity: Severity = Severity.ERROR,
    *,
    types: Collection[AssetType] = ALL_TYPES,
    needs: type | None = None,
    essential: bool = False,
    partial: bool = False,
    everywhere: bool = False,
    supersedes: str | None = None,
    mends: bool = False,
) -> Callable[[Check], Check]:
    """Register a function as a rule on `scope`: `Loaded` (a document), `TextFile`, `Asset`, `Catalog`, `BuiltImage`."""

    def register(check: Check) -> Check:
        id_ = check.__name__.replace("_", "-")
        group = check.__module__.rpartition(".")[2].replace("_", "-")
        documentation = inspect.cleandoc(check.__doc__ or "")
        common = _SOURCE.search(check.__globals__["__doc__"] or "")
        if common and "Source:" not in documentation:
            documentation += f"\nSource: {common[1]}"
        _RULES[id_] = Rule(
            id_,
            group,
            severity,
            scope,
            types,
            needs,
            essential,
            partial,
            everywhere,
            supersedes,
            mends,
            check,
            documentation,
        )
        return check

    return register


def registered() -> list[Rule]:
    """All rules that were registered so far, by group and id."""
    return sorted(_RULES.values(), key=lambda rule: (rule.group, rule.id))


class Examined(NamedTuple):
    """What rules on documents, text files and assets came to: findings, each once, and what could not be checked."""

    findings: dict[tuple[Place, str, str], Finding]
    skipped: list[Skipped]


def check(catalog: Catalog, chosen: Sequence[Rule], facts: Facts = NOTHING_KNOWN, only: Only | None = None) -> Verdict:
    """Run rules on a catalog, or on what is asked about alone: `examine` the assets, and `conclude`."""
    assets = [asset for asset in catalog.assets if only is None or asset.path in only.assets]
    return conclude(catalog, chosen, facts, [examine(assets, chosen, facts)], only)


def examine(assets: Sequence[Asset], chosen: Iterable[Rule], facts: Facts) -> Examined:
    """Run the rules that look at documents, text files and assets on some assets.

    A rule on assets skips those whose own documents could not all be read, unless it is `partial`.
    """
    bound = _bind(chosen, facts)
    by_type = {type_: [one for one in bound[Asset] if type_ in one.rule.types] for type_ in AssetType}
    examined = Examined({}, [])
    for asset in assets:
        for loaded in asset.documents:
            _run(bound[Loaded], loaded, asset, examined)
        about = by_type[asset.type] if asset.type else bound[Asset]
        if asset.is_loaded:
            _run(about, asset, asset, examined)
        else:
            _run([one for one in about if one.rule.partial], asset, asset, examined)
            unable = [one.rule for one in (*about, *bound[TextFile]) if not one.rule.partial]
            examined.skipped.extend(Skipped(rule.id, asset.path, UNREADABLE) for rule in unable)
    if bound[TextFile] and assets:
        for file in text_files(assets[0].tree, [asset for asset in assets if asset.is_loaded]):
            _run(bound[TextFile], file, file.asset, examined)
    return examined


def conclude(
    catalog: Catalog, chosen: Sequence[Rule], facts: Facts, examined: Iterable[Examined], only: Only | None
) -> Verdict:
    """Run the rules on the catalog, and put together what all rules found.

    Rules on the catalog always see all of it; of what they find, that is kept which concerns what was asked about, or
    counts `everywhere`. A rule is skipped whose fact is not known.
    """
    lacking = [one for one in chosen if one.needs and facts.of(one.needs) is None]
    whole = Examined({}, [Skipped(one.id, None, facts.unknown.get(one.needs or object, UNKNOWN)) for one in lacking])
    for part in examined:
        for key, found in part.findings.items():
            whole.findings.setdefault(key, found)
        whole.skipped.extend(part.skipped)
    asked = catalog if only is None else replace(catalog, asked=only.files)
    _run(_bind(chosen, facts)[Catalog], asked, None, whole)
    findings = [found for _, found in sorted(whole.findings.items(), key=lambda item: item[0])]
    findings = _without_superseded(findings, chosen)
    return Verdict(findings if only is None else _asked_about(findings, chosen, catalog, only), whole.skipped)


def judge(subject: object, asset: Asset, chosen: Iterable[Rule], facts: Facts) -> list[Finding]:
    """What the rules on things of a kind say about one that is no part of a catalog: an image that was built."""
    examined = Examined({}, [])
    _run(_bind(chosen, facts)[type(subject)], subject, asset, examined)
    return [found for _, found in sorted(examined.findings.items(), key=lambda item: item[0])]


class _Bound(NamedTuple):
    """A rule with the fact that it takes beside its subject, if it needs one."""

    rule: Rule
    extra: tuple[object, ...]


def _bind(chosen: Iterable[Rule], facts: Facts) -> dict[type, list[_Bound]]:
    """The rules by scope, with their facts; without those whose fact is not known."""
    bound: dict[type, list[_Bound]] = defaultdict(list)
    for one in chosen:
        fact = facts.of(one.needs) if one.needs else None
        if not one.needs or fact is not None:
            bound[one.scope].append(_Bound(one, (fact,) if one.needs else ()))
    return bound


def _run(bound: Iterable[_Bound], subject: object, asset: Asset | None, into: Examined) -> None:
    for one, extra in bound:
        for problem in one.check(subject, *extra):
            found = _finding(one, problem, asset)
            # A file that several assets share is at fault once, for the first of them.
            into.findings.setdefault((found.place, found.rule, found.message), found)


def _without_superseded(findings: list[Finding], ran: Iterable[Rule]) -> list[Finding]:
    weaker = {rule.id: rule.supersedes for rule in ran if rule.supersedes}
    told = {(found.place, weaker[found.rule]) for found in findings if found.rule in weaker}
    return [found for found in findings if (found.place, found.rule) not in told]


def _asked_about(findings: list[Finding], ran: Iterable[Rule], catalog: Catalog, only: Only) -> list[Finding]:
    names = {name for asset in catalog.assets if asset.path in only.assets for name in (asset.id, asset.path)}
    everywhere = {rule.id for rule in ran if rule.everywhere}
    return [f for f in findings if f.asset in names or f.file in only.files or f.rule in everywhere]


def _finding(one: Rule, problem: Problem, asset: Asset | None) -> Finding:
    document = problem.document
    if isinstance(problem.at, slice):
        start, end = problem.at.start, problem.at.stop
    else:
        start, end = document.locate(*problem.at, at_key=problem.at_key)
    name = (asset.id or asset.path) if asset else problem.asset
    edit = Edit(document.text, start, end, problem.replacement) if problem.replacement is not None else None
    place = document.place(start, end)
    return Finding(one.id, one.group, one.severity, problem.message, name, place, problem.fix, edit)
