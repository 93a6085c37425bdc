"""Commit the release of all new and changed assets to the release branch, and push it.

Carries out exactly what detect-changes shows: one commit on the release branch of the remote, with tags where --tag is
given, pushed as a whole or not at all and never by force. Nothing in the working tree changes, and the release branch
need not be checked out. A run that finds nothing to do does nothing. Exits with 1 where an asset is blocked; the others
are released all the same.

examples:
  assets-actions release-commit --pins pins.json --dry-run
  assets-actions release-commit --pins pins.json --tag
"""

import hashlib
import random
import time
from pathlib import Path

from pydantic import Field

from assets_actions import __version__, git, runner
from assets_actions.errors import ExitCode, UserError
from assets_actions.release.plan import Plan, Status
from assets_actions.release.planner import nothing_to_do
from assets_actions.report.commit import commit_message
from assets_actions.report.plan import PlanReport
from assets_actions.report.text import counted
from assets_actions.templates.pins import Pins

from . import planning, publishing, release_branch
from .base import Outcome, open_repository
from .publishing import Draft
from .release_branch import Made, Relation

ATTEMPTS = 5
RUNNER_IDENTITY = git.Identity("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""Who GitHub shows for what a workflow run commits."""


class Inputs(planning.PlanInputs):
    """What release-commit reads, and how it writes."""

    tag: bool = Field(False, description="Tag what is released, as type/name/version.")
    dry_run: bool = Field(False, description="Show what would be done, and write nothing.")
    mode: publishing.Mode = Field(
        "git",
        description="How to write the release. git: push it. api: through GitHub's API with the token in GITHUB_TOKEN, "
        "so that GitHub signs what a bot commits. Default: git.",
    )
    allow_removals: bool = Field(
        False, description="Allow a release that removes more than 20 % and more than 10 of the released assets."
    )
    author_name: str | None = Field(
        None,
        description="Who commits. Default: as git is configured, else in a workflow run github-actions[bot].",
        examples=["NAME"],
    )
    author_email: str | None = Field(
        None, description="The e-mail address of who commits. Default: likewise.", examples=["ADDRESS"]
    )


class Outputs(planning.PlanOutputs):
    """What release-commit did."""

    commit: str = Field("", description="Id of the release commit; empty where nothing was committed.")
    tags: list[str] = Field([], description="The tags that were pushed, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Plan, commit, push; where somebody else pushed meanwhile, all of it again."""
    publishing.check_author(inputs.mode, inputs.author_name or inputs.author_email)
    repository = open_repository(inputs)
    root = repository.root
    try:
        source = planning.read_source(repository, inputs)
        pins = planning.read_pins(inputs, source)
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, attempt))  # noqa: S311 (no secret: it keeps two runs out of step)
            release = planning.read_release(repository, inputs, source, fetch=True)
            relation = release_branch.relation(
                root, inputs.remote, source.release_branch, source.commit, release.commit
            )
            if relation is Relation.LATE:
                return _outcome(nothing_to_do(source.commit, release), inputs, release_branch.TOO_LATE)
            plan = planning.plan(source, release, pins)
            _refuse(plan, inputs, relation)
            if not plan.edits or inputs.dry_run:
                return _outcome(plan, inputs, "nothing written" if plan.edits else "nothing to do")
            tags = [one.tag for one in plan.released if inputs.tag and one.tag not in release.tags]
            message = commit_message(plan, _trailers(pins))
            draft = Draft(source.release_branch, plan.release, plan.edits, plan.blobs, message, tags)
            if inputs.mode == "api":
                made = publishing.by_api(root, inputs.remote, draft)
            else:
                made = publishing.by_git(root, inputs.remote, draft, _identity(root, inputs))
            if made:
                return _outcome(plan, inputs, _done(made), made)
    except planning.CannotPlanError as error:
        return Outcome(error.report, Outputs(), ExitCode.FOUND)
    raise UserError(f"the release branch moved {ATTEMPTS} times while this run wrote to it", fix="run it again")


def _refuse(plan: Plan, inputs: Inputs, relation: Relation) -> None:
    if relation is Relation.UNRELATED:
        raise UserError(
            f"the source {plan.source[:12]} does not come after the one that was released last, nor before it",
            fix="release from the branch that is always released from",
        )
    if plan.removes_too_many and not inputs.allow_removals:
        raise UserError(
            f"{plan.counts[Status.REMOVED]} of {plan.released_before} released assets would be removed",
            fix="see which with detect-changes; if that is meant, give --allow-removals",
        )


def _identity(root: Path, inputs: Inputs) -> git.Identity:
    """Who commits: as given, else as git is configured, else the runner."""
    known = git.own_identity(root) or (RUNNER_IDENTITY if runner.is_runner() else git.Identity("", ""))
    who = git.Identity(inputs.author_name or known.name, inputs.author_email or known.email)
    if not all(who):
        raise UserError(
            "there is no author name and e-mail address for the commit",
            fix="give --author-name and --author-email, or configure git's user.name and user.email",
        )
    return who


def _trailers(pins: Pins) -> dict[str, str]:
    """What the release commit says of the run that made it, beside its source."""
    run_url = runner.run_url()
    return {
        "Pins-Digest": f"sha256:{hashlib.sha256(pins.canonical.encode()).hexdigest()}",
        **({"Workflow-Run": run_url} if run_url else {}),
        "Tool-Version": f"assets-actions {__version__}",
    }


def _done(made: Made) -> str:
    tags = f" with {counted(len(made.tags), 'tag')}" if made.tags else ""
    return f"pushed {made.commit[:12]} to {made.branch}{tags}"


def _outcome(plan: Plan, inputs: Inputs, outcome: str, made: Made | None = None) -> Outcome:
    commit, tags = (made.commit, list(made.tags)) if made else (None, [])
    report = PlanReport(plan, outcome, {"commit": commit, "tags": tags, "dry_run": inputs.dry_run})
    outputs = Outputs.of(plan, commit=commit or "", tags=tags)
    return Outcome(report, outputs, ExitCode.FOUND if outputs.blocked else ExitCode.FINE)
