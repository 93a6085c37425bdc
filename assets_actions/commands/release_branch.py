"""The release branch of a remote: what it holds, how a source stands to it, and the next commit on it."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import Entry
from assets_actions.errors import UserError
from assets_actions.release.released import LATEST, SOURCE_TRAILER, Release, find_released
from assets_actions.release.versions import ReleaseTags

from . import refusals

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
    commit, tags = _fetched(root, remote, branch) if fetch else (tracked(root, remote, branch), local_tags(root))
    released = find_released(git.commit_tree_of(root, commit))
    gone = {f"{a.id}/{a.version}": f"{LATEST}/{a.id}" for a in assets if a.id not in released and not a.is_auto}
    earlier = sorted(gone.keys() & tags.keys())
    if missing := git.missing_commits(root, {tags[tag] for tag in earlier}):
        git.fetch(root, remote, *(f"{git.TAGS}{tag}" for tag in earlier if tags[tag] in missing))
    trees = {tag: git.commit_tree_of(root, tags[tag], gone[tag]) for tag in earlier}
    return Release(commit, released, ReleaseTags(tags.keys()), trees)


def _fetched(root: Path, remote: str, branch: str) -> tuple[str | None, dict[str, str]]:
    """The branch's commit and all tags (name → commit), fresh from the remote."""
    with refusals.explained():
        refs = git.remote_refs(root, remote, git.HEADS + branch, f"{git.TAGS}*")
        commit = refs.get(git.HEADS + branch)
        if commit and git.missing_commits(root, [commit]):
            tracking = f":refs/remotes/{remote}/{branch}" if remote in git.remotes(root) else ""
            git.fetch(root, remote, f"+{git.HEADS}{branch}{tracking}")
    return commit, _tags(refs)


def tracked(root: Path, remote: str, branch: str) -> str:
    """The branch's commit as it was fetched last. Raises UserError where it never was."""
    tracking = f"refs/remotes/{remote}/{branch}"
    commit = git.commit_of(root, tracking)
    if commit is None:
        raise UserError(f"`{tracking}` has not been fetched", fix=f"git fetch {remote} {branch}")
    return commit


def local_tags(root: Path) -> dict[str, str]:
    """All tags (name → commit) as they were fetched last."""
    return _tags(git.local_refs(root, git.TAGS))


def _tags(refs: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(git.TAGS): commit for name, commit in refs.items() if name.startswith(git.TAGS)}


def relation(root: Path, remote: str, branch: str, source: str, release: str | None) -> Relation:
    """How a source commit stands to what was released last. What this clone lacks to tell is fetched."""
    released = git.last_trailer(root, release, SOURCE_TRAILER) if release else None
    if release and released is None and git.is_shallow(root):
        git.fetch(root, remote, git.HEADS + branch, deepen=True)
        released = git.last_trailer(root, release, SOURCE_TRAILER)
    if released is None or released == source:
        return Relation.AHEAD
    found = _compared(root, source, released)
    if found is Relation.UNRELATED and (git.is_shallow(root) or git.missing_commits(root, [released])):
        git.fetch_history(root, remote, released, source)
        found = _compared(root, source, released)
    return found


def _compared(root: Path, source: str, released: str) -> Relation:
    if git.missing_commits(root, [released]):
        return Relation.UNRELATED
    if git.is_ancestor(root, released, source):
        return Relation.AHEAD
    return Relation.LATE if git.is_ancestor(root, source, released) else Relation.UNRELATED


class Made(NamedTuple):
    """A commit on a branch, and tags of it (name → object), that only this repository knows so far."""

    branch: str
    parent: str | None
    commit: str
    tags: Mapping[str, str]


def make(
    root: Path,
    branch: str,
    parent: str | None,
    edits: Mapping[str, Entry | None],
    blobs: Mapping[str, bytes],
    message: str,
    tags: Sequence[str],
    who: git.Identity,
) -> Made:
    """Store a commit that edits the files of its parent, and tags of it. No ref and no file of the checkout changes."""
    git.write_blobs(root, blobs.values())
    commit = git.write_commit(root, git.write_tree(root, parent, edits), parent, message, who)
    return Made(branch, parent, commit, git.write_tags(root, tags, commit, who))


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
