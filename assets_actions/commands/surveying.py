"""What status looks at: the source, the release branch and the working tree, and how each asset stands to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assets_actions import git, terminal
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.tree import Tree
from assets_actions.release.plan import Plan
from assets_actions.release.planner import make_plan, nothing_to_do, wanted
from assets_actions.release.previous_pins import ReleasedPin, counted_pins, released_pins
from assets_actions.release.released import Release
from assets_actions.release.status import PartialPlan, Survey, plan_what_can_be
from assets_actions.report.text import counted
from assets_actions.rules.registry import Finding
from assets_actions.templates.pins import Pins

from .base import Repository, broken
from .pins import pinning
from .release import planning, release_branch, release_history, sources
from .release.planning import SourceInputs
from .release.release_branch import Relation
from .release.sources import Source


class Known(NamedTuple):
    """What was read.

    `findings` keep assets from being read; `texts` are files with template tags, by path; `pins` are those that are
    released; `uncommitted` are the files of the working tree that are not as the source has them.
    """

    source: Source
    findings: Sequence[Finding]
    texts: Mapping[str, bytes]
    release: Release
    pins: Sequence[ReleasedPin]
    uncommitted: Sequence[str]


class Surveyed(NamedTuple):
    """How all assets stand; `outcome` says what holds for the next release as a whole."""

    survey: Survey
    outcome: str


def read(repository: Repository, inputs: SourceInputs, *, fetch: bool) -> Known:
    """Everything that is to be known, whatever state the assets are in."""
    uncommitted = git.ahead(lambda: _uncommitted(repository, inputs))
    source = sources.find(repository, inputs.source, inputs.release_branch, inputs.remote)
    catalog = source.catalog
    with terminal.working(f"Reading the assets of {source.commit[:12]}"):
        report = broken(catalog)
    release = planning.read_release(repository, inputs, source, fetch=fetch)
    released = next((one.tree for one in release.assets.values()), Tree({}, lambda *_: iter(())))
    texts = catalog.tree.read(path for asset in catalog.assets for path in asset.pinned_files)
    pins = list(released_pins(catalog.assets, texts, released))
    return Known(source, report.findings if report else (), texts, release, pins, uncommitted())


def _uncommitted(repository: Repository, inputs: SourceInputs) -> list[str]:
    if inputs.source != "HEAD":
        return []
    return sorted({*git.modified_files(repository.root, "HEAD"), *git.untracked_files(repository.root)})


def survey(repository: Repository, inputs: SourceInputs, known: Known, ids: Sequence[str]) -> Surveyed:
    """How the assets stand, and what stands in the way of all of them. Of `ids`, or all, the last release is told."""
    root, source, release = repository.root, known.source, known.release
    relation = release_branch.relation(root, inputs.remote, source.commit, release.records.source)
    problems: dict[str, list[str]] = defaultdict(list)
    for found in known.findings:
        problems[found.asset or found.file].append(f"{found.message} ({found.file}:{found.line})")
    if relation is Relation.LATE:
        partial = PartialPlan(nothing_to_do(source.commit, release), {})
    else:
        with terminal.working(f"Comparing {counted(len(source.catalog.assets), 'asset')} with the release"):
            pins = planning.read_pins(inputs, source) if inputs.pins else _last_pins(known)
            partial = plan_what_can_be(source.catalog, problems.keys(), lambda some: _plan(source, some, release, pins))
    asked = ids if ids and release.assets.keys() >= {*ids} else release.assets
    last = release_history.last_releases(root, release.commit, asked)
    done = Survey(
        source.catalog, release, partial, problems, known.pins, last, _by_owner(known), relation is Relation.LATE
    )
    return Surveyed(done, _outcome(inputs, known, relation, partial))


def _plan(source: Source, some: Catalog, release: Release, pins: Pins) -> Plan:
    return make_plan(source.commit, some, release, pins, **source.planned_with)


def _last_pins(known: Known) -> Pins:
    """The pins of the last release."""
    return pinning.kept(counted_pins(known.pins), {one.canonical for one in wanted(known.source.catalog)}, ())


def _by_owner(known: Known) -> dict[str, list[str]]:
    """The uncommitted files by the asset that has them, or in whose folder they stand."""
    catalog, uncommitted = known.source.catalog, set(known.uncommitted)
    owners: dict[str, set[str]] = defaultdict(set)
    for path in uncommitted:
        if owner := catalog.owner(path):
            owners[owner].add(path)
    for asset in catalog.assets if uncommitted else ():
        owners[asset.id or asset.path] |= uncommitted.intersection(asset.files)
    return {owner: sorted(paths) for owner, paths in owners.items()}


def _outcome(inputs: SourceInputs, known: Known, relation: Relation, partial: PartialPlan) -> str:
    if relation is Relation.LATE:
        return release_branch.TOO_LATE
    if known.findings:
        assets = len({found.asset or found.file for found in known.findings})
        return f"nothing is released until {counted(assets, 'asset')} can be read"
    if relation is Relation.UNRELATED:
        return "release-commit refuses this source: it does not come after the one released last"
    if inputs.pins and partial.unresolved:
        return f"nothing is released until {inputs.pins} has all pins"
    if partial.plan.removes_too_many:
        return "release-commit needs --allow-removals"
    return "" if known.release.commit else f"there is no branch `{known.source.release_branch}` yet"
