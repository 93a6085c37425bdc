"""What detect-changes and release-commit share: from a source commit and a release branch to the plan."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field

from assets_actions import git, terminal
from assets_actions.assets.catalog import Catalog
from assets_actions.errors import UserError
from assets_actions.registries.pins_file import PinsFile
from assets_actions.release.content import UnresolvedTag
from assets_actions.release.plan import Plan
from assets_actions.release.planner import UnresolvedTagsError, make_plan, wanted
from assets_actions.release.released import Release
from assets_actions.report.findings import FindingsReport
from assets_actions.report.pins import UNRESOLVED
from assets_actions.report.text import counted
from assets_actions.rules.registry import Finding, Severity
from assets_actions.templates.pins import Pins

from . import release_branch
from .base import Repository, broken
from .inputs import RepositoryInputs


class PlanInputs(RepositoryInputs):
    """What a plan is made from."""

    source: str = Field("HEAD", description="The commit to release. Default: HEAD.", examples=["REV"])
    release_branch: str | None = Field(
        None,
        description="The branch that holds what was released. Default: as the settings say, else release.",
        examples=["BRANCH"],
    )
    remote: str = Field(
        "origin", description="The remote that has the release branch and tags. Default: origin.", examples=["NAME"]
    )
    pins: Path | None = Field(
        None, description="Resolve template tags from this pins file, without a network.", examples=["FILE"]
    )


class PlanOutputs(BaseModel):
    """What a plan came to."""

    new: int = Field(0, description="Number of new assets.")
    updated: int = Field(0, description="Number of updated assets.")
    removed: int = Field(0, description="Number of removed assets.")
    blocked: int = Field(0, description="Number of assets that cannot be released as they are.")
    unchanged: int = Field(0, description="Number of unchanged assets.")
    has_changes: bool = Field(
        False, description="Whether there is anything to release, or with since affected: true or false."
    )
    released: list[str] = Field([], description="What is released, as a JSON list of type/name/version.")

    @classmethod
    def of(cls, plan: Plan, **more: Any) -> Self:
        """The outputs for a plan, and more."""
        counts = {str(status): count for status, count in plan.counts.items()}
        released = [asset.tag for asset in plan.released]
        return cls.model_validate({**counts, "has_changes": bool(plan.edits), "released": released, **more})


@dataclass(frozen=True)
class Source:
    """The commit to release, its assets, and the name of the branch that it is released on."""

    commit: str
    catalog: Catalog
    release_branch: str


class CannotPlanError(Exception):
    """Something in the source keeps a plan from being made; the report says what and where."""

    def __init__(self, report: FindingsReport) -> None:
        super().__init__(report.headline)
        self.report = report


def read_source(repository: Repository, inputs: PlanInputs) -> Source:
    """The assets of the source commit. Raises CannotPlanError where one of them cannot be read."""
    commit = git.commit_of(repository.root, inputs.source)
    if commit is None:
        raise UserError(f"there is no commit `{inputs.source}`", fix="name the commit to release with --source")
    with terminal.working(f"Reading the assets of {commit[:12]}"):
        tree = git.commit_tree_of(repository.root, commit)
        catalog = repository.catalog(tree)
        report = broken(catalog)
    if report:
        raise CannotPlanError(report)
    return Source(commit, catalog, inputs.release_branch or repository.settings(tree).release_branch)


def read_pins(inputs: PlanInputs, source: Source) -> Pins:
    """The pins of the run; without a pins file, none: a template tag is an error then."""
    return PinsFile(inputs.pins).resolve(wanted(source.catalog)) if inputs.pins else Pins()


def read_release(repository: Repository, inputs: PlanInputs, source: Source, *, fetch: bool) -> Release:
    """What is released: as the remote has it now, or as it was fetched last."""
    with terminal.working(f"Asking {inputs.remote} for what is released"):
        branch, assets = source.release_branch, source.catalog.assets
        return release_branch.read(repository.root, inputs.remote, branch, assets, fetch=fetch)


def plan(source: Source, release: Release, pins: Pins) -> Plan:
    """The plan. Raises CannotPlanError that names every template tag that no pin is known for."""
    try:
        with terminal.working(f"Comparing {counted(len(source.catalog.assets), 'asset')} with the release"):
            return make_plan(source.commit, source.catalog, release, pins)
    except UnresolvedTagsError as error:
        findings = [unresolved_finding(tag) for tag in error.tags]
        raise CannotPlanError(FindingsReport(len(source.catalog.assets), findings)) from None


def unresolved_finding(tag: UnresolvedTag) -> Finding:
    """A template tag that could not be resolved, as a finding."""
    fix = "assets-actions pin-versions --pins-out FILE looks it up; give that file with --pins"
    return Finding(UNRESOLVED, "template", Severity.ERROR, tag.message, tag.asset, tag.place, fix)
