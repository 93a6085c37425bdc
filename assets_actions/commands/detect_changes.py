"""Show what a release would do: which assets are new, updated, blocked or removed, as which version, and why.

Compares the assets of a commit with the release branch of a remote, entry by entry, as the release would commit them:
with template tags resolved and specs rendered. Writes nothing but what it fetches. Exits with 1 where an asset is
blocked.

examples:
  assets-actions detect-changes --pins pins.json
  assets-actions detect-changes --pins pins.json --format json --output plan.json
  assets-actions detect-changes --no-fetch --source my-branch
"""

from pydantic import Field

from assets_actions import git
from assets_actions.report.plan import PlanReport

from . import planning
from .base import FINE, FOUND, Outcome, open_repository


class Inputs(planning.PlanInputs):
    """What detect-changes reads: a commit, the release branch and tags, pins."""

    fetch: bool = Field(
        True, description="Ask the remote first; otherwise take its branch and tags as they were fetched last."
    )


class Outputs(planning.PlanOutputs):
    """What detect-changes found."""


def run(inputs: Inputs) -> Outcome:
    """Make the plan and show it."""
    repository = open_repository(inputs)
    try:
        source = planning.read_source(repository, inputs)
        release = planning.read_release(repository, inputs, source, fetch=inputs.fetch)
        plan = planning.plan(source, release, planning.read_pins(inputs))
    except planning.CannotPlanError as error:
        return Outcome(error.report, Outputs(), FOUND)
    outcome = "" if release.commit else f"the first release: `{inputs.remote}` has no release branch yet"
    note = None
    if inputs.source == "HEAD" and git.has_changes(repository.root):
        note = "note: uncommitted changes are no part of this; commit them first"
    outputs = Outputs.model_validate(Outputs.counts(plan))
    return Outcome(PlanReport(plan, outcome), outputs, FOUND if outputs.blocked else FINE, note)
