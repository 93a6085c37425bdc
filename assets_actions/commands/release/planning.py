"""What detect-changes and release-commit share: from a source commit and a release branch to the plan."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field

from assets_actions import terminal
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.model import suggestion
from assets_actions.commands.base import Repository
from assets_actions.commands.inputs import ReleaseInputs
from assets_actions.errors import UserError
from assets_actions.registries.pins_file import PinsFile
from assets_actions.release.content import UnresolvedTag
from assets_actions.release.images import Images
from assets_actions.release.plan import Plan
from assets_actions.release.planner import UnresolvedTagsError, make_plan, wanted
from assets_actions.release.released import Release
from assets_actions.report.findings import FindingsReport
from assets_actions.report.pins import UNRESOLVED
from assets_actions.report.text import counted
from assets_actions.rules.registry import Finding, Severity
from assets_actions.templates.pins import Pins

from . import release_branch
from .sources import CannotPlanError, Source


class SourceInputs(ReleaseInputs):
    """What is looked at: a commit, and the pins to release it with."""

    source: str = Field("HEAD", description="The commit to release. Default: HEAD.", examples=["REV"])
    pins: Path | None = Field(
        None, description="Resolve template tags from this pins file, without a network.", examples=["FILE"]
    )


class PlanInputs(SourceInputs):
    """What a plan is made from."""

    rebuild: list[str] = Field(
        [],
        description="Release this asset again, as its next version, though nothing of it changed; may be given several "
        "times. Ends holding it back after a rollback.",
        examples=["ID"],
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


def read_pins(inputs: SourceInputs, source: Source) -> Pins:
    """The pins of the run; without a pins file, none: a template tag is an error then."""
    return PinsFile(inputs.pins).resolve(wanted(source.catalog)) if inputs.pins else Pins()


def read_release(repository: Repository, inputs: SourceInputs, source: Source, *, fetch: bool) -> Release:
    """What is released: as the remote has it now, or as it was fetched last."""
    with terminal.working(f"Asking {inputs.remote} for what is released"):
        branch, assets = source.release_branch, source.catalog.assets
        return release_branch.read(repository.root, inputs.remote, branch, assets, fetch=fetch)


def plan(
    source: Source, release: Release, pins: Pins, rebuild: Collection[str] = (), built: Images | None = None
) -> Plan:
    """The plan. Raises CannotPlanError that names every template tag that no pin is known for.

    `rebuild`: ids of assets that get a new version in any case. `built`: the images without which no environment is
    released; None where none are needed.
    """
    _check_rebuild(source.catalog, rebuild)
    try:
        with terminal.working(f"Comparing {counted(len(source.catalog.assets), 'asset')} with the release"):
            return make_plan(
                source.commit,
                source.catalog,
                release,
                pins,
                rebuild=rebuild,
                built=built,
                **source.planned_with,
            )
    except UnresolvedTagsError as error:
        findings = [unresolved_finding(tag) for tag in error.tags]
        raise CannotPlanError(FindingsReport(len(source.catalog.assets), findings)) from None


def _check_rebuild(catalog: Catalog, rebuild: Collection[str]) -> None:
    known = {asset.id: asset for asset in catalog.assets if asset.id}
    for id_ in rebuild:
        if id_ not in known:
            raise UserError(f"there is no asset `{id_}` to rebuild{suggestion(id_, sorted(known))}")
        if not known[id_].is_auto:
            where, fix = str(known[id_].version_place), "give it the version to release there"
            raise UserError(f"{id_} has a version of its own, which no rebuild counts up", where, fix)


def unresolved_finding(tag: UnresolvedTag) -> Finding:
    """A template tag that could not be resolved, as a finding."""
    fix = "assets-actions pin-versions --pins-out FILE looks it up; give that file with --pins"
    return Finding(UNRESOLVED, "template", Severity.ERROR, tag.message, tag.asset, tag.place, fix)
