"""What a run of release-commit puts on the release branch: a release, one asset's rollback, or a burned version."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import fetch
from assets_actions.assets.model import suggestion
from assets_actions.assets.tree import Tree
from assets_actions.commands import json_files
from assets_actions.commands.base import Repository
from assets_actions.errors import UserError
from assets_actions.release import by_hand
from assets_actions.release.images import Images
from assets_actions.release.plan import Plan, Status
from assets_actions.release.planner import nothing_to_do
from assets_actions.release.released import LATEST, Release
from assets_actions.templates.pins import Pins

from . import plan_file, planning, release_branch, sources
from .planning import PlanInputs
from .release_branch import Relation
from .sources import Source

BUILT = "give the file that build-images --results wrote"


class Decision(NamedTuple):
    """How to decide, each time that the release branch has been read anew.

    `decide` gives the plan and, where nothing is to be done, why. `digest`: of the plan in a file that is carried out.
    """

    source: Source
    pins: Pins | None
    decide: Callable[[Release], tuple[Plan, str]]
    digest: str | None = None


def release(
    repository: Repository, inputs: PlanInputs, file: Path | None, built: Path | None, *, allow_removals: bool
) -> Decision:
    """Release what is new and changed; with a plan's file, exactly that plan.

    With a file of images that were `built`, no environment whose image is not among them.
    """
    planned = plan_file.read(file) if file else None
    images = json_files.read(built, Images, "a file of images", BUILT) if built else None
    if planned:
        inputs = inputs.model_copy(
            update={
                "source": planned.source,
                "release_branch": planned.release_branch,
                "assets_dir": planned.assets_dirs,
                "rebuild": planned.rebuild,
            }
        )
        repository = Repository(repository.root, repository.in_git, inputs)
    source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)
    pins = planned.pins if planned else planning.read_pins(inputs, source)

    def decide(release: Release) -> tuple[Plan, str]:
        if planned:
            planned.check_release(release)
        relation = release_branch.relation(repository.root, inputs.remote, source.commit, release.records.source)
        if relation is Relation.LATE:
            return nothing_to_do(source.commit, release), release_branch.TOO_LATE
        rebuild = planned.still_to_rebuild(release) if planned else inputs.rebuild
        if planned:
            planned.check(plan := planning.plan(source, release, pins, rebuild), release)
        if images or not planned:
            plan = planning.plan(source, release, pins, rebuild, images)
        _check_branch(repository.root, source, release)
        _refuse(plan, release, relation, allow_removals=allow_removals)
        is_done = planned and planned.is_begun(release) and plan.is_empty and not plan.having(Status.BLOCKED)
        return plan, "nothing to do: this plan was carried out already" if is_done else ""

    return Decision(source, pins, decide, planned.digest if planned else None)


def _check_branch(root: Path, source: Source, release: Release) -> None:
    """Raise UserError where the branch holds no release, but what is to be released."""
    if release.commit and not release.records.source and git.is_ancestor(root, release.commit, source.commit):
        raise UserError(
            f"the branch `{source.release_branch}` is one that is released from: it has commits of the source",
            fix="name another for releases with --release-branch",
        )


def _refuse(plan: Plan, release: Release, relation: Relation, *, allow_removals: bool) -> None:
    if relation is Relation.UNRELATED:
        last = release.records.source or ""
        raise UserError(
            f"the source {plan.source[:12]} does not come after {last[:12]}, which was released last, nor before it",
            fix="release from the branch that is always released from; where its history was rewritten, "
            f"`git merge --strategy=ours {last}` there says that it goes on from what was released",
        )
    if plan.removes_too_many and not allow_removals:
        raise UserError(
            f"{plan.counts[Status.REMOVED]} of {plan.released_before} released assets would be removed",
            fix="see which with detect-changes; if that is meant, give --allow-removals",
        )


def burn(repository: Repository, inputs: PlanInputs, id_: str, version: str) -> Decision:
    """Never use a version."""
    source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)

    def decide(release: Release) -> tuple[Plan, str]:
        _check_released(release)
        plan = by_hand.burn(source.commit, release, id_, version)
        return plan, "" if plan.title else f"{id_} {version} is burned already"

    return Decision(source, None, decide)


def roll_back(repository: Repository, inputs: PlanInputs, id_: str, version: str) -> Decision:
    """Release what an earlier version held, as a new one."""
    source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)

    def decide(release: Release) -> tuple[Plan, str]:
        _check_released(release)
        if id_ not in release.assets:
            raise UserError(f"`{id_}` is not released{suggestion(id_, sorted(release.assets))}")
        earlier = _tagged(repository.root, inputs.remote, f"{id_}/{version}")
        now = _released_last(repository, inputs, source, release, id_)
        return by_hand.roll_back(source.commit, release, id_, version, earlier, now), ""

    return Decision(source, None, decide)


def _check_released(release: Release) -> None:
    if release.commit is None:
        raise UserError("nothing was released yet", fix="release first, or name the branch with --release-branch")


def _tagged(root: Path, remote: str, tag: str) -> Tree:
    """What the release branch held when an asset's version was tagged."""
    ref = git.TAGS + tag
    commit = git.remote_refs(root, remote, ref, f"{ref}^{{}}").get(ref)
    if commit is None:
        raise UserError(f"there is no release tag `{tag}`", fix=f"git ls-remote {remote} lists the tags")
    if git.missing_commits(root, [commit]):
        git.fetch(root, remote, ref)
    return git.commit_tree_of(root, commit, f"{LATEST}/{tag.rpartition('/')[0]}")


def _released_last(repository: Repository, inputs: PlanInputs, source: Source, release: Release, id_: str) -> Asset:
    """The asset in the source that was released last; where that is not recorded, in the source that is given."""
    commit = release.records.source or source.commit
    if git.missing_commits(repository.root, [commit]):
        git.fetch(repository.root, inputs.remote, commit)
    assets = repository.catalog(git.commit_tree_of(repository.root, commit)).assets
    fetch(assets)
    for asset in assets:
        if asset.id == id_ and asset.is_loaded:
            return asset
    raise UserError(
        f"`{id_}` is not in the source: it is to be removed, not rolled back", fix="put it back into the source"
    )
