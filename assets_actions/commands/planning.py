"""What detect-changes and release-commit share: from a source commit and a release branch to the plan."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field

from assets_actions import git, runner, terminal
from assets_actions.assets.catalog import Catalog
from assets_actions.errors import UserError
from assets_actions.registries.pins_file import PinsFile
from assets_actions.release.content import UnresolvedTag
from assets_actions.release.plan import Plan
from assets_actions.release.planner import UnresolvedTagsError, make_plan
from assets_actions.release.released import Release, find_released
from assets_actions.release.versions import ReleaseTags
from assets_actions.report.findings import FindingsReport
from assets_actions.report.text import counted
from assets_actions.rules.registry import Finding, Severity
from assets_actions.templates.pins import Pins

from .base import Repository, broken
from .inputs import RepositoryInputs

TAGS = "refs/tags/"


class PlanInputs(RepositoryInputs):
    """What a plan is made from."""

    source: str = Field("HEAD", description="The commit to release.", examples=["REV"])
    release_branch: str | None = Field(
        None, description="The branch that holds what was released. Default: release.", examples=["BRANCH"]
    )
    remote: str = Field("origin", description="The remote that has the release branch and tags.", examples=["NAME"])
    pins: Path | None = Field(
        None,
        description="Resolve template tags from this pins file, without a network.",
        examples=["FILE"],
    )


class PlanOutputs(BaseModel):
    """What a plan came to."""

    new: int = Field(0, description="Number of new assets.")
    updated: int = Field(0, description="Number of updated assets.")
    removed: int = Field(0, description="Number of removed assets.")
    blocked: int = Field(0, description="Number of assets that cannot be released as they are.")
    unchanged: int = Field(0, description="Number of unchanged assets.")
    has_changes: bool = Field(False, description="Whether a release has anything to do: true or false.")
    released: list[str] = Field([], description="What is released, as a JSON list of type/name/version.")

    @staticmethod
    def counts(plan: Plan) -> dict[str, object]:
        """Values for these outputs."""
        return {
            **{str(status): count for status, count in plan.counts.items()},
            "has_changes": bool(plan.edits),
            "released": [asset.tag for asset in plan.released],
        }


@dataclass(frozen=True)
class Source:
    """The commit to release, and its assets."""

    commit: str
    catalog: Catalog


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
        catalog = repository.catalog(git.commit_tree_of(repository.root, commit))
    if report := broken(catalog):
        raise CannotPlanError(report)
    return Source(commit, catalog)


def branch_name(repository: Repository, inputs: PlanInputs) -> str:
    """The release branch."""
    return inputs.release_branch or repository.settings.release_branch


def read_release(repository: Repository, inputs: PlanInputs, source: Source, *, fetch: bool) -> Release:
    """The release branch and the release tags of the remote: as they are there now, or as they were fetched last.

    A branch that the remote does not have is one that no release has made yet.
    """
    root = repository.root
    with terminal.working(f"Asking {inputs.remote} for what is released"):
        commit, tags = (_fetched if fetch else _tracked)(root, inputs.remote, branch_name(repository, inputs))
        released = find_released(git.commit_tree_of(root, commit))
        wanted = {f"{a.id}/{a.version}" for a in source.catalog.assets if a.id not in released and not a.is_auto}
        earlier = {tag: tags[tag] for tag in wanted & tags.keys()}
        if missing := [f"{TAGS}{tag}" for tag, tagged in earlier.items() if not git.has_commit(root, tagged)]:
            git.fetch(root, inputs.remote, *missing)
    trees = {tag: git.commit_tree_of(root, tagged) for tag, tagged in earlier.items()}
    return Release(commit, released, ReleaseTags(tags.keys()), trees)


def _fetched(root: Path, remote: str, branch: str) -> tuple[str | None, dict[str, str]]:
    """The release branch's commit and all tags (name → commit), fresh from the remote."""
    refs = git.remote_refs(root, remote, f"refs/heads/{branch}", f"{TAGS}*")
    commit = refs.get(f"refs/heads/{branch}")
    if commit and not git.has_commit(root, commit):
        tracking = f":refs/remotes/{remote}/{branch}" if remote in git.remotes(root) else ""
        git.fetch(root, remote, f"+refs/heads/{branch}{tracking}")
    return commit, _tags(refs)


def _tracked(root: Path, remote: str, branch: str) -> tuple[str | None, dict[str, str]]:
    """The same as they were fetched last. Raises UserError where the branch never was."""
    tracking = f"refs/remotes/{remote}/{branch}"
    commit = git.commit_of(root, tracking)
    if commit is None:
        raise UserError(f"`{tracking}` is not here", fix=f"git fetch {remote} {branch}, or leave out --no-fetch")
    return commit, _tags(git.local_refs(root, TAGS))


def _tags(refs: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(TAGS): commit for name, commit in refs.items() if name.startswith(TAGS)}


def read_pins(inputs: PlanInputs) -> Pins:
    """The pins of the run; without a pins file, none: a template tag is an error then."""
    return PinsFile(inputs.pins).resolve(()) if inputs.pins else Pins()


def trailers(pins: Pins) -> dict[str, str]:
    """What a release commit says of the run that made it."""
    digest = hashlib.sha256(pins.model_dump_json().encode()).hexdigest()
    run = runner.run_url()
    return {"Pins-Digest": f"sha256:{digest}", **({"Workflow-Run": run} if run else {})}


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
    fix = "add it to the file given with --pins"
    return Finding("unresolved-tag", "template", Severity.ERROR, tag.message, tag.asset, tag.place, fix)
