"""Show where assets stand: released as which version, when and from what, and what a next release does with them.

The answer to: why was my asset not released? Of assets that are named, it tells more: since when each pin is what it
is, what they depend on and what depends on them, and changes that make no difference or are not committed. Without
--pins, template tags are taken to resolve to what they did in the last release. Writes nothing but what it fetches.

examples:
  assets-actions status
  assets-actions status environment/my-env component/train
  assets-actions status --pins pins.json --format json
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from assets_actions import git
from assets_actions.assets.asset import ASSET_CONFIG, Asset
from assets_actions.assets.catalog import fetch, find_configs
from assets_actions.assets.model import suggestion
from assets_actions.errors import UserError
from assets_actions.release.status import PENDING, STUCK, AssetStatus, State, without_effect
from assets_actions.report.status import StatusReport, listed
from assets_actions.settings import IGNORE_FILE

from . import surveying
from .base import Outcome, Repository, open_repository
from .inputs import FETCH
from .release import release_history
from .release.planning import SourceInputs
from .surveying import Known


class Inputs(SourceInputs):
    """What status reads: a commit, the release branch and tags, pins; and which assets it is asked about."""

    ids: list[str] = Field(
        [],
        description="The assets, as type/name or by the path of the asset config. Default: all.",
        examples=["ID"],
        json_schema_extra={"positional": True},
    )
    fetch: bool = FETCH


class Outputs(BaseModel):
    """What status found."""

    pending: list[str] = Field([], description="The assets that the next release makes a version of, as a JSON list.")
    stuck: list[str] = Field([], description="The assets that cannot be released as they are, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Plan what can be planned, and tell of each asset what it came to."""
    repository = open_repository(inputs)
    known = surveying.read(repository, inputs, fetch=inputs.fetch)
    surveyed = surveying.survey(repository, inputs, known, inputs.ids)
    statuses = surveyed.survey.statuses()
    assets = list(statuses.values())
    if inputs.ids:
        found = _found(repository, known, statuses, list(dict.fromkeys(inputs.ids)))
        assets = [_in_detail(repository, known, status) for status in found]
    report = StatusReport(
        assets,
        known.source.commit,
        known.release.commit,
        datetime.now(tz=UTC),
        is_detailed=bool(inputs.ids),
        has_pins=inputs.pins is not None,
        outcome=surveyed.outcome,
    )
    outputs = Outputs(
        pending=[asset.id for asset in assets if asset.state in PENDING],
        stuck=[asset.id for asset in assets if asset.state in STUCK],
    )
    return Outcome(report, outputs)


def _found(
    repository: Repository, known: Known, statuses: Mapping[str, AssetStatus], names: list[str]
) -> list[AssetStatus]:
    """The assets of these ids or paths. Raises UserError that names all that there are none of."""
    by_name = {**{status.path: status for status in statuses.values() if status.path}, **statuses}
    missed = {name for name in names if name not in by_name or by_name[name].state in (State.REMOVED, State.GONE)}
    elsewhere = {asset.id or asset.path: said for asset, said in _elsewhere(repository, known)} if missed else {}
    found, unknown = [], []
    for name in names:
        said = (elsewhere[name],) if name in missed and name in elsewhere else ()
        if status := by_name.get(name):
            found.append(status.having(*said))
        elif said:
            found.append(AssetStatus(name, State.ELSEWHERE, None, messages=said))
        else:
            unknown.append(f"there is no asset `{name}`{suggestion(name, sorted(by_name))}")
    if unknown:
        raise UserError("; ".join(unknown), fix="name assets as type/name")
    return found


def _elsewhere(repository: Repository, known: Known) -> Iterator[tuple[Asset, str]]:
    """The assets that a release does not find, and why."""
    catalog = known.source.catalog
    there = {asset.path for asset in catalog.assets}
    others = [Asset(catalog.tree, path) for path in find_configs(catalog.tree, [""]) if path not in there]
    fetch(others)
    directories = ", ".join(f"`{directory}`" for directory in catalog.directories)
    for asset in others:
        yield asset, f"{asset.path} is not below {directories}, where assets are looked for"
    new = {path for path in known.uncommitted if path.split("/")[-1] == ASSET_CONFIG} - catalog.tree.entries.keys()
    tree = repository.working_tree() if new else catalog.tree
    for path in sorted(new & tree.entries.keys()):
        yield Asset(tree, path), f"{path} is not committed"


def _in_detail(repository: Repository, known: Known, status: AssetStatus) -> AssetStatus:
    """An asset's status with the age of its pins; of an unchanged one, with changes that make no difference."""
    root, source = repository.root, known.source
    asset = next((one for one in source.catalog.assets if one.path == status.path), None)
    if asset is None or known.release.commit is None or status.state is State.UNREADABLE:
        return status
    pins = release_history.with_age(root, known.release.commit, asset, status.pins, known.texts)
    last = status.last.source if status.last else None
    said: list[str] = []
    if status.state is State.UNCHANGED and last and not git.missing_commits(root, [last]):
        changed = git.changed_files(root, last, source.commit)
        found = without_effect(asset, changed, source.ignored)
        whys = ("says the same", f"{IGNORE_FILE} has it ignored", "a release does not carry it")
        said = [f"changed since, but {why}: {listed(files)}" for why, files in zip(whys, found, strict=True) if files]
    return status.having(*said, pins=pins)
