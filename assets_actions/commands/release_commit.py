"""Commit the release of all new and changed assets to the release branch, and push it.

Carries out exactly what detect-changes shows: one commit on the release branch of the remote, with tags where --tag is
given or the settings say so, pushed as a whole or not at all and never by force (with --mode api, the branch first,
then the tags). Nothing in the working tree changes, and the release branch need not be checked out. A run that finds
nothing to do does nothing. Exits with 1 where an asset is blocked; the others are released all the same.

With --plan, exactly the plan that detect-changes --plan-out wrote, or nothing where the branches have moved since. With
--rollback or --burn, that alone is done, and holds for every later release.

examples:
  assets-actions release-commit --pins pins.json --dry-run
  assets-actions release-commit --pins pins.json --tag
  assets-actions release-commit --plan plan.json --tag
  assets-actions release-commit --pins pins.json --rebuild environment/sklearn-1.7
  assets-actions release-commit --rollback environment/sklearn-1.7 --to 3
  assets-actions release-commit --burn environment/sklearn-1.7 5
"""

import random
import time
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from assets_actions.assets.config import AssetType
from assets_actions.errors import ExitCode, UserError
from assets_actions.release.plan import Plan
from assets_actions.release.released import Release
from assets_actions.report.plan import PlanReport
from assets_actions.report.text import counted
from assets_actions.settings import Settings

from .base import Outcome, Repository, open_repository
from .inputs import AUTHOR_EMAIL, AUTHOR_NAME
from .release import authorship, decisions, planning, publishing, release_branch
from .release.decisions import Decision
from .release.publishing import Mode
from .release.release_branch import Made
from .release.sources import CannotPlanError

IN_PLAN = {"source", "pins", "release_branch", "assets_dir", "rebuild"}
"""Inputs that a plan's file decides."""


class Inputs(planning.PlanInputs):
    """What release-commit reads, and how it writes."""

    tag: bool = Field(
        False, description="Tag what is released, as type/name/version. Default: the types that the settings name."
    )
    plan: Path | None = Field(
        None,
        description="Carry out the plan in this file, with its source and pins, or nothing.",
        examples=["FILE"],
    )
    require_built: Path | None = Field(
        None,
        description="Release no environment whose image this file of build-images does not tell to have been built and "
        "tested from exactly what is released; the others are released all the same.",
        examples=["FILE"],
    )
    rollback: str | None = Field(
        None,
        description="Release what an earlier version of this asset held as its next version, and hold the asset back "
        "until its source changes.",
        examples=["ID"],
    )
    to: str | None = Field(None, description="The version to roll back to.", examples=["VERSION"])
    burn: tuple[str, str] | None = Field(
        None, description="Never use this version of this asset.", examples=["ID VERSION"]
    )
    dry_run: bool = Field(False, description="Show what would be done, and write nothing.")
    mode: Mode = Field(
        "git",
        description="How to write the release. git: push it. api: through GitHub's API with the token in GITHUB_TOKEN, "
        "so that GitHub signs what a bot commits. Default: git.",
    )
    allow_removals: bool = Field(
        False, description="Allow a release that removes more than 20 % and more than 10 of the released assets."
    )
    author_name: str | None = AUTHOR_NAME
    author_email: str | None = AUTHOR_EMAIL

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.rollback is None) != (self.to is None):
            raise ValueError("rollback and to go together")
        if self.plan and (shaping := self.model_fields_set & IN_PLAN):
            raise ValueError(f"the plan decides {', '.join(sorted(shaping)).replace('_', '-')}")
        if sum(map(bool, (self.rollback, self.burn, self.plan, self.rebuild))) > 1:
            raise ValueError("rollback, burn, plan and rebuild exclude each other")
        if self.require_built and (self.rollback or self.burn):
            raise ValueError("what is rolled back or burned was built before: require-built is for releases")
        return self


class Outputs(planning.PlanOutputs):
    """What release-commit did."""

    commit: str = Field("", description="Id of the release commit; empty where nothing was committed.")
    tags: list[str] = Field([], description="The tags that were pushed, as a JSON list.")


def run(inputs: Inputs) -> Outcome:
    """Plan, commit, push; where somebody else pushed meanwhile, all of it again."""
    publishing.check_author(inputs.mode, inputs.author_name or inputs.author_email)
    repository = open_repository(inputs)
    try:
        source, pins, decide, digest = _decision(repository, inputs)
        for attempt in range(release_branch.ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, attempt))  # noqa: S311 (no secret: it keeps two runs out of step)
            release = planning.read_release(repository, inputs, source, fetch=True)
            plan, outcome = decide(release)
            tags = _tags(plan, release, inputs, source.settings)
            untagged = {} if outcome == release_branch.TOO_LATE else release.untagged
            if (plan.is_empty and not untagged) or inputs.dry_run:
                return _outcome(plan, inputs, outcome or ("nothing to do" if plan.is_empty else "nothing written"))
            draft = publishing.draft(plan, tags, untagged, source.release_branch, pins, mode=inputs.mode, digest=digest)
            if inputs.mode == "api":
                made = publishing.by_api(repository.root, inputs.remote, draft)
            else:
                who = authorship.who(repository.root, inputs.author_name, inputs.author_email)
                made = publishing.by_git(repository.root, inputs.remote, draft, who)
            if made:
                return _outcome(plan, inputs, "", made)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    raise UserError(
        f"the release branch moved {release_branch.ATTEMPTS} times while this run wrote to it", fix="run it again"
    )


def _decision(repository: Repository, inputs: Inputs) -> Decision:
    if inputs.burn:
        return decisions.burn(repository, inputs, *inputs.burn)
    if inputs.rollback and inputs.to:
        return decisions.roll_back(repository, inputs, inputs.rollback, inputs.to)
    return decisions.release(
        repository, inputs, inputs.plan, inputs.require_built, allow_removals=inputs.allow_removals
    )


def _tags(plan: Plan, release: Release, inputs: Inputs, settings: Settings) -> list[str]:
    every = list(AssetType) if inputs.tag else []
    types = every if settings.release_tags is None else settings.release_tags
    return [one.tag for one in plan.released if one.type in types and one.tag not in release.tags]


def _outcome(plan: Plan, inputs: Inputs, outcome: str, made: Made | None = None) -> Outcome:
    commit = made.commit if made and not plan.is_empty else None
    tags = list(made.tags) if made else []
    if made:
        what = f"{commit[:12]} to {made.branch}" if commit else ""
        outcome = f"pushed {' with '.join(filter(None, (what, counted(len(tags), 'tag') if tags else '')))}"
    report = PlanReport(plan, outcome, {"commit": commit, "tags": tags, "dry_run": inputs.dry_run})
    outputs = Outputs.of(plan, commit=commit or "", tags=tags)
    return Outcome(report, outputs, ExitCode.FOUND if outputs.blocked else ExitCode.FINE)
