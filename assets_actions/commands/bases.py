"""The commit that a change starts from: named, or told by the event of the workflow run; fetched where need be."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from assets_actions import event, git, runner
from assets_actions.errors import UserError

from .release import refusals

T = TypeVar("T")
AUTO = "auto"


class Base(NamedTuple):
    """Where a change starts; with no commit, before everything, and `why` says why."""

    commit: str | None
    why: str = ""


def find(root: Path, since: str, source: str, remote: str) -> Base:
    """Where the change that led to a source commit starts: since a branch or commit, or by the event (`auto`).

    What this clone lacks is fetched. Raises UserError where it cannot be told, or is not to be had.
    """
    if since != AUTO:
        return Base(_parting(root, since, source, remote))
    happened = runner.event()
    if happened is None:
        raise UserError("`auto` reads the event of a workflow run, and this is none", fix=event.SAY_SINCE)
    match event.change(happened):
        case event.Everything(why):
            return Base(None, f"every asset counts as changed: {why}")
        case event.Branch(default):
            return Base(_parting(root, f"refs/remotes/{remote}/{default}", source, remote))
        case event.Step(base, head):
            _require(root, base, head, source, remote)
            return Base(_fetched(root, base, remote))
        case event.PullRequest(base, head):
            _require(root, base, head, source, remote)
            before = git.parents(root, source)
            if before[1:] == [head]:  # the merge that GitHub made; its other side may be newer than the event
                return Base(_fetched(root, before[0], remote))
            return Base(_parting(root, _fetched(root, base, remote), source, remote))


def _require(root: Path, base: str, head: str, source: str, remote: str) -> None:
    """Raise UserError where the source lacks the last commit of the change that the event is about."""

    def has_head() -> bool:
        return not git.missing_commits(root, [head]) and git.is_ancestor(root, head, source)

    if source == head or head in git.parents(root, source):
        return
    if source == base or not _deepening(root, remote, (source,), has_head):
        message = f"the source {source[:12]} does not contain {head[:12]}, the commit that the event is about"
        raise UserError(message, fix=f"check out that commit, or {event.SAY_SINCE}")


def _parting(root: Path, ref: str, source: str, remote: str) -> str:
    """The commit at which the history of a source left that of a ref."""
    commit = git.commit_of(root, ref) or _fetched_ref(root, ref, remote)
    if commit is None:
        raise UserError(
            f"there is no `{ref}` here, nor at the remote `{remote}`", fix="name a branch, a tag or a commit"
        )
    base = _deepening(root, remote, (commit, source), lambda: git.merge_base(root, commit, source))
    if base is None and git.cut_off(root, commit, source):
        message = f"where the histories of `{ref}` and {source[:12]} parted is cut off here, and cannot be fetched"
        raise UserError(message, fix="check out with fetch-depth: 0, or with credentials")
    if base is None:
        raise UserError(f"`{ref}` and {source[:12]} have no common history", fix="name a ref of this history")
    return base


def _fetched(root: Path, commit: str, remote: str) -> str:
    """A commit by its id, fetched alone where it is not here."""
    if git.missing_commits(root, [commit]):
        try:
            git.fetch(root, remote, commit)
        except git.GitError as error:
            message = f"the change starts from {commit}, which cannot be fetched: {error.message}"
            raise UserError(message, fix="check out with fetch-depth: 0, or with credentials") from None
    return commit


def _fetched_ref(root: Path, ref: str, remote: str) -> str | None:
    """The commit of a branch or tag that only the remote has, or of an id. No branch of this clone changes."""
    if git.is_id(ref):
        with suppress(git.GitError):
            git.fetch(root, remote, ref)
        return git.commit_of(root, ref)
    branch = ref.removeprefix("refs/remotes/").removeprefix(f"{remote}/").removeprefix(git.HEADS)
    names = (f"{git.HEADS}{branch}", f"{git.TAGS}{ref}", ref)
    with refusals.explained():
        there = git.remote_refs(root, remote, *names, *(f"{name}^{{}}" for name in names))
        found = next((name for name in names if name in there), None)
        if found:
            is_tracked = found.startswith(git.HEADS) and remote in git.remotes(root)
            git.fetch(root, remote, f"+{found}:refs/remotes/{remote}/{branch}" if is_tracked else found)
    return there[found] if found else None


def _deepening(root: Path, remote: str, tips: tuple[str, ...], question: Callable[[], T]) -> T | None:
    """The answer to a question on the histories of some commits; as much of these is fetched as that takes."""
    for _ in git.deepening(root, remote, *tips):
        if answer := question():
            return answer
    return None
