"""Show what a release would do: which assets are new, updated, blocked or removed, as which version, and why.

Compares the assets of a commit with the release branch of a remote, entry by entry, as the release would commit them:
with template tags resolved and specs rendered. Writes nothing but what it fetches. Exits with 1 where an asset is
blocked.

examples:
  assets-actions detect-changes --pins pins.json
  assets-actions detect-changes --pins pins.json --format json --output plan.json
  assets-actions detect-changes --pins pins.json --plan-out plan.json
  assets-actions detect-changes --no-fetch --source my-branch
"""

from pathlib import Path

from pydantic import Field

from assets_actions import git
from assets_actions.errors import ExitCode
from assets_actions.release.plan import Plan
from assets_actions.release.planner import nothing_to_do
from assets_actions.report.plan import PlanReport
from assets_actions.templates.pins import Pins

from . import plan_file, planning, release_branch, sources
from .base import Outcome, open_repository
from .plan_file import PlanFile
from .release_branch import Relation
from .sources import CannotPlanError, Source


class Inputs(planning.PlanInputs):
    """What detect-changes reads: a commit, the release branch and tags, pins."""

    fetch: bool = Field(
        True,
        description="Ask the remote for the release branch and tags; without, take them as they were fetched last.",
    )

    plan_out: Path | None = Field(
        None,
        description="Write the plan to this file, for release-commit --plan.",
        examples=["FILE"],
    )


class Outputs(planning.PlanOutputs):
    """What detect-changes found."""


def run(inputs: Inputs) -> Outcome:
    """Make the plan and show it."""
    repository = open_repository(inputs)
    try:
        source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)
        release = planning.read_release(repository, inputs, source, fetch=inputs.fetch)
        relation = release_branch.relation(repository.root, inputs.remote, source.commit, release.records.source)
        pins = planning.read_pins(inputs, source)
        if relation is Relation.LATE:
            plan, outcome = nothing_to_do(source.commit, release), release_branch.TOO_LATE
        else:
            plan, outcome = planning.plan(source, release, pins, inputs.rebuild), ""
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), ExitCode.FOUND)
    if release.commit is None:
        outcome = f"the first release: `{inputs.remote}` has no branch `{source.release_branch}` yet"
    elif relation is Relation.UNRELATED:
        outcome = "release-commit refuses this source: it does not come after the one released last"
    elif plan.removes_too_many:
        outcome = "release-commit needs --allow-removals"
    note = None
    if inputs.source == "HEAD" and git.has_changes(repository.root):
        note = "note: uncommitted changes are not included"
    outputs, report = Outputs.of(plan), PlanReport(plan, outcome)
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
        digest=plan.digest,
    )
