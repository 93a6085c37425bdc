"""Show what a release would do: which assets are new, updated, blocked or removed, as which version, and why.

Compares the assets of a commit with the release branch of a remote, entry by entry, as the release would commit them:
with template tags resolved and specs rendered. Writes nothing but what it fetches. Exits with 1 where an asset is
blocked.

With --since, shows what a change affects instead: the assets that it touches, and those that depend on them, each with
the chain that says why. `--since auto` takes the change that the workflow run is about.

examples:
  assets-actions detect-changes --pins pins.json
  assets-actions detect-changes --pins pins.json --format json --output plan.json
  assets-actions detect-changes --pins pins.json --plan-out plan.json
  assets-actions detect-changes --no-fetch --source my-branch
  assets-actions detect-changes --since origin/main
  assets-actions detect-changes --since auto --matrix-type environment --max-jobs 20
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from pydantic import Field, create_model, model_validator

from assets_actions import git
from assets_actions.assets.config import AssetType
from assets_actions.errors import ExitCode
from assets_actions.release.affected import Effect
from assets_actions.release.plan import Plan
from assets_actions.release.planner import nothing_to_do
from assets_actions.release.shards import MOST_JOBS, Shards, deal, matrix
from assets_actions.report.affected import AffectedReport
from assets_actions.report.plan import PlanReport
from assets_actions.report.text import without_logins
from assets_actions.templates.pins import Pins

from .base import Outcome, Repository, open_repository
from .inputs import FETCH
from .release import affected, plan_file, planning, release_branch, sources
from .release.plan_file import PlanFile
from .release.release_branch import Relation
from .release.sources import CannotPlanError, Source

RELEASE_ALONE = {"pins", "release_branch", "fetch", "rebuild", "plan_out"}
"""Inputs of the question what a release would do."""


class Inputs(planning.PlanInputs):
    """What detect-changes reads: a commit, the release branch and tags, pins; or two commits."""

    fetch: bool = FETCH
    plan_out: Path | None = Field(
        None, description="Write the plan to this file, for release-commit --plan.", examples=["FILE"]
    )
    since: str | None = Field(
        None,
        description="Show what is affected by all that changed since the source's history left that of this branch or "
        "commit; auto: by what the event of the workflow run is about.",
        examples=["REF"],
    )
    max_jobs: int = Field(
        MOST_JOBS, ge=1, le=MOST_JOBS, description="Most jobs of the output `matrix`. Default: 256.", examples=["N"]
    )
    matrix_type: list[AssetType] = Field(
        [],
        description="Type of the assets in the output `matrix`; may be given several times. Default: all.",
        examples=["TYPE"],
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.since is not None and (given := self.model_fields_set & RELEASE_ALONE):
            names = ", ".join(sorted(given)).replace("_", "-")
            raise ValueError(f"since compares two commits of the source, for which there is no {names}")
        return self


class _Outputs(planning.PlanOutputs):
    added: int = Field(0, description="With since: number of added assets.")
    modified: int = Field(0, description="With since: number of modified assets.")
    dependent: int = Field(0, description="With since: number of assets that depend on those, and did not change.")
    unaffected: int = Field(0, description="With since: number of assets that are not affected.")
    has_jobs: bool = Field(False, description="Whether the matrix has any job: true or false.")
    matrix: dict[str, Any] = Field(
        matrix([]),
        description="A job for each part of what is released, or with since affected: shard, shards, assets.",
    )


def _plural(type_: str) -> str:
    return type_ if type_ in (AssetType.CODE, AssetType.DATA) else f"{type_}s"


_LISTS: dict[str, Any] = {
    _plural(type_): (
        list[str],
        Field([], description=f"Those of type {type_} that are released, or with since affected: a JSON list of ids."),
    )
    for type_ in AssetType
}
Outputs = create_model("Outputs", __base__=_Outputs, __doc__="What detect-changes found.", **_LISTS)


def _lists(ids: Iterable[str], shards: Shards) -> dict[str, Any]:
    """The outputs that both questions have: ids by type, and the matrix."""
    lists: dict[str, Any] = {_plural(type_): [] for type_ in AssetType}
    for id_ in sorted(ids):
        lists[_plural(id_.partition("/")[0])].append(id_)
    return {**lists, "has_jobs": bool(shards), "matrix": matrix(shards)}


def run(inputs: Inputs) -> Outcome:
    """Answer the question and show the answer."""
    repository = open_repository(inputs)
    note = None
    if inputs.source == "HEAD" and git.has_changes(repository.root):
        note = "note: uncommitted changes are not included"
    try:
        if inputs.since is not None:
            return _affected(repository, inputs, inputs.since, note)
        return _plan(repository, inputs, note)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)


def _affected(repository: Repository, inputs: Inputs, since: str, note: str | None) -> Outcome:
    found, outcome = affected.find(repository, inputs, since)
    shards = deal(found.ids, inputs.matrix_type, inputs.max_jobs)
    counts = {str(effect): len(found.having(effect)) for effect in Effect}
    lists = _lists(found.ids, shards)
    outputs = Outputs(**counts, unaffected=found.unaffected, has_changes=bool(found.assets), **lists)
    return Outcome(AffectedReport(found, shards, outcome), outputs, note=note)


def _plan(repository: Repository, inputs: Inputs, note: str | None) -> Outcome:
    source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)
    release = planning.read_release(repository, inputs, source, fetch=inputs.fetch)
    relation = release_branch.relation(repository.root, inputs.remote, source.commit, release.records.source)
    pins = planning.read_pins(inputs, source)
    if relation is Relation.LATE:
        plan, outcome = nothing_to_do(source.commit, release), release_branch.TOO_LATE
    else:
        plan, outcome = planning.plan(source, release, pins, inputs.rebuild), ""
    if release.commit is None:
        outcome = f"the first release: `{without_logins(inputs.remote)}` has no branch `{source.release_branch}` yet"
    elif relation is Relation.UNRELATED:
        outcome = "release-commit refuses this source: it does not come after the one released last"
    elif plan.removes_too_many:
        outcome = "release-commit needs --allow-removals"
    ids = [asset.id for asset in plan.released]
    shards = deal(ids, inputs.matrix_type, inputs.max_jobs)
    outputs = Outputs.of(plan, **_lists(ids, shards))
    report = PlanReport(plan, outcome, {"shards": shards})
    if inputs.plan_out:
        plan_file.write(inputs.plan_out, _file(plan, pins, source, inputs), report.data())
    return Outcome(report, outputs, ExitCode.FOUND if outputs.blocked else ExitCode.FINE, note)


def _file(plan: Plan, pins: Pins, source: Source, inputs: Inputs) -> PlanFile:
    return PlanFile(
        source=plan.source,
        release=plan.release,
        release_branch=source.release_branch,
        assets_dirs=inputs.assets_dir,
        rebuild=inputs.rebuild,
        pins=pins,
        released=[asset.tag for asset in plan.released],
        digest=plan.digest,
    )
