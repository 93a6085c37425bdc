"""The release branch of a remote: what it holds, how a source stands to it, and the next commit on it."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.errors import UserError
from assets_actions.release.plan import Plan
from assets_actions.release.records import Records
from assets_actions.release.released import LATEST, Release, find_released
from assets_actions.release.versions import ReleaseTags

from . import refusals, release_records

ATTEMPTS = 5
TOO_LATE = "nothing to do: a newer source is released already"


class Relation(Enum):
    """How a source stands to the one that was released last."""

    AHEAD = auto()
    """It comes after it, or is the same, or nothing was released yet."""
    LATE = auto()
    """It comes before it."""
    UNRELATED = auto()
    """Neither: another branch, or another history."""


def read(root: Path, remote: str, branch: str, assets: Sequence[Asset], *, fetch: bool) -> Release:
    """The release branch and the release tags of the remote: as they are there now, or as they were fetched last.

    A branch that the remote does not have is one that no release has made yet. Of tags, the files are read that
    `assets` may have to be compared with: those of a version that was released before the branch lost the asset.
    """
    commit, tags = refs(root, remote, branch, fetch=fetch)
    last, records = release_records.last(root, remote, commit, fetch=fetch) if commit else ("", Records())
    untagged = dict.fromkeys(records.tags - tags.keys(), last)
    released = find_released(git.commit_tree_of(root, commit))
    gone = {f"{a.id}/{a.version}": f"{LATEST}/{a.id}" for a in assets if a.id not in released and not a.is_auto}
    earlier = sorted(gone.keys() & tags.keys())
    if missing := git.missing_commits(root, {tags[tag] for tag in earlier}):
        git.fetch(root, remote, *(f"{git.TAGS}{tag}" for tag in earlier if tags[tag] in missing))
    trees = {tag: git.commit_tree_of(root, tags[tag], gone[tag]) for tag in earlier}
    used = ReleaseTags(tags.keys() | records.tags, records.burned)
    return Release(commit, released, used, trees, records, untagged)


def refs(root: Path, remote: str, branch: str, *, fetch: bool) -> tuple[str | None, dict[str, str]]:
    """The branch's commit, None where the remote has no such branch, and all tags (name → commit)."""
    return _fetched(root, remote, branch) if fetch else (tracked(root, remote, branch), local_tags(root))


def _fetched(root: Path, remote: str, branch: str) -> tuple[str | None, dict[str, str]]:
    """The branch's commit and all tags (name → commit), fresh from the remote."""
    for _ in range(ATTEMPTS):
        with refusals.explained():
            refs = git.remote_refs(root, remote, git.HEADS + branch, f"{git.TAGS}*")
            commit = refs.get(git.HEADS + branch)
            if not commit or not git.missing_commits(root, [commit]):
                return commit, _tags(refs)
            tracking = f":refs/remotes/{remote}/{branch}" if remote in git.remotes(root) else ""
            git.fetch(root, remote, f"+{git.HEADS}{branch}{tracking}")
    raise UserError(f"the release branch moved {ATTEMPTS} times while this run read it", fix="run it again")


def tracked(root: Path, remote: str, branch: str) -> str:
    """The branch's commit as it was fetched last. Raises UserError where it never was."""
    tracking = f"refs/remotes/{remote}/{branch}"
    commit = git.commit_of(root, tracking)
    if commit is None:
        # Where a clone has a single branch, git keeps no other one unless told where.
        fix = f"git fetch {remote} {branch}:{tracking}; before the first release there is no such branch"
        raise UserError(f"`{tracking}` has not been fetched", fix=fix)
    return commit


def local_tags(root: Path) -> dict[str, str]:
    """All tags (name → commit) as they were fetched last."""
    return _tags(git.local_refs(root, git.TAGS))


def _tags(refs: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(git.TAGS): commit for name, commit in refs.items() if name.startswith(git.TAGS)}


def last_change(root: Path, remote: str, branch: str, commit: str, directory: str, *, fetch: bool) -> str:
    """The commit, from this one of the branch back, that changed a directory of it last.

    What a shallow history lacks is fetched step by step. Raises UserError where it must not be, or is not to be had.
    """
    for _ in git.deepening(root, remote, commit):
        found = git.last_change(root, commit, directory)
        if found and found not in git.cut_commits(root):
            return found
        if not fetch:
            break
    message = f"the history of `{branch}` that is known here does not tell which commit released {directory}"
    raise UserError(message, fix="leave out --no-fetch; or git fetch --unshallow")


def relation(root: Path, remote: str, source: str, released: str | None) -> Relation:
    """How a source commit stands to the one that was released last. What this clone lacks to tell is fetched."""
    if released in (None, source):
        return Relation.AHEAD
    for _ in git.deepening(root, remote, released, source):
        if not git.missing_commits(root, [released]):
            if git.is_ancestor(root, released, source):
                return Relation.AHEAD
            if git.is_ancestor(root, source, released):
                return Relation.LATE
    return Relation.UNRELATED


class Made(NamedTuple):
    """A commit on a branch, and tags of it (name → object), that only this repository knows so far."""

    branch: str
    parent: str | None
    commit: str
    tags: Mapping[str, str]


def make(
    root: Path,
    branch: str,
    plan: Plan,
    message: str,
    tags: Sequence[str],
    untagged: Mapping[str, str],
    who: git.Identity,
) -> Made:
    """Store the commit that carries a plan out, with tags, and those that earlier commits lack (name → commit).

    No ref and no file of the checkout changes.
    """
    commit = plan.release
    if not plan.is_empty or commit is None:
        git.write_blobs(root, plan.blobs.values())
        commit = git.write_commit(root, git.write_tree(root, plan.release, plan.edits), plan.release, message, who)
    return Made(branch, plan.release, commit, git.write_tags(root, {**dict.fromkeys(tags, commit), **untagged}, who))


def push(root: Path, remote: str, made: Made) -> bool:
    """Push commit and tags, all or none.

    False where somebody else has pushed since the parent was read. Raises UserError where it was refused otherwise.
    """
    try:
        git.push(root, remote, made.branch, made.commit, made.tags)
    except git.GitError as error:
        with refusals.explained():
            now = git.remote_refs(root, remote, git.HEADS + made.branch, f"{git.TAGS}*")
        tip = now.get(git.HEADS + made.branch)
        if tip == made.parent and not any(git.TAGS + tag in now for tag in made.tags):
            raise refusals.explain(error) from None
        return tip == made.commit  # it arrived, and what was lost is the answer
    return True
