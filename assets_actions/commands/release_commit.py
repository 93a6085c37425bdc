"""Commit the release of all new and changed assets to the release branch, and push it.

Carries out exactly what detect-changes shows: one commit on the release branch of the remote, with tags where --tag is
given, pushed as a whole or not at all and never by force. Nothing in the working tree changes, and the release branch
need not be checked out. A run that finds nothing to do does nothing. Exits with 1 where an asset is blocked; the others
are released all the same.

examples:
  assets-actions release-commit --pins pins.json --dry-run
  assets-actions release-commit --pins pins.json --tag
"""

import random
import time

from pydantic import Field

from assets_actions import publish, terminal
from assets_actions.errors import UserError
from assets_actions.release.plan import Plan, Status
from assets_actions.report.plan import PlanReport
from assets_actions.report.text import counted

from . import planning
from .base import FINE, FOUND, Outcome, open_repository

ATTEMPTS = 5


class Inputs(planning.PlanInputs):
    """What release-commit reads, and how it writes."""

    tag: bool = Field(False, description="Tag what is released, as type/name/version.")
    dry_run: bool = Field(False, description="Show what would be done, and write nothing.")
    allow_removals: bool = Field(
        False, description="Go on where over 20 % of the released assets, and over 10, would be removed."
    )
    author_name: str | None = Field(None, description="Who commits. Default: as git is configured.", examples=["NAME"])
    author_email: str | None = Field(None, description="The address of who commits.", examples=["ADDRESS"])


class Outputs(planning.PlanOutputs):
    """What release-commit did."""

    commit: str = Field("", description="Id of the release commit; empty where nothing was committed.")
    tags: list[str] = Field([], description="The tags that were pushed, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Plan, commit, push; where somebody else pushed meanwhile, all of it again."""
    repository = open_repository(inputs)
    root, branch = repository.root, planning.branch_name(repository, inputs)
    try:
        source = planning.read_source(repository, inputs)
        pins = planning.read_pins(inputs)
        for attempt in range(1, ATTEMPTS + 1):
            release = planning.read_release(repository, inputs, source, fetch=True)
            if publish.is_late(root, inputs.remote, source.commit, release.commit):
                nothing = Plan(source.commit, release.commit, (), {}, {})
                return _outcome(nothing, inputs, "nothing to do: a newer source is released already")
            plan = planning.plan(source, release, pins)
            if reason := _reason_to_stop(plan, inputs):
                return _outcome(plan, inputs, reason)
            who = publish.identity(root, inputs.author_name, inputs.author_email)
            tags = [one.tag for one in plan.released if inputs.tag and one.tag not in release.tags]
            made = publish.make(root, plan, branch, tags, who, planning.trailers(pins))
            with terminal.working(f"Pushing to {inputs.remote}"):
                pushed = publish.push(root, inputs.remote, made)
            if pushed:
                return _outcome(plan, inputs, _done(made), made)
            time.sleep(random.uniform(0, attempt))  # noqa: S311 (no secret: it keeps two runs out of step)
    except planning.CannotPlanError as error:
        return Outcome(error.report, Outputs(), FOUND)
    raise UserError(f"the release branch moved {ATTEMPTS} times while this run wrote to it", fix="run it again")


def _reason_to_stop(plan: Plan, inputs: Inputs) -> str | None:
    if not plan.edits:
        return "nothing to do"
    if plan.removes_too_many and not inputs.allow_removals:
        raise UserError(
            f"{plan.counts[Status.REMOVED]} of {plan.released_before} released assets would be removed",
            fix="see which with detect-changes; if that is meant, give --allow-removals",
        )
    return "nothing written" if inputs.dry_run else None


def _done(made: publish.Made) -> str:
    tags = f" with {counted(len(made.tags), 'tag')}" if made.tags else ""
    return f"pushed {made.commit[:12]} to {made.branch}{tags}"


def _outcome(plan: Plan, inputs: Inputs, outcome: str, made: publish.Made | None = None) -> Outcome:
    did = {"commit": made.commit if made else None, "tags": made.tags if made else []}
    report = PlanReport(plan, outcome, {**did, "dry_run": inputs.dry_run})
    outputs = Outputs.model_validate({**Outputs.counts(plan), **did, "commit": did["commit"] or ""})
    return Outcome(report, outputs, FOUND if outputs.blocked else FINE)
