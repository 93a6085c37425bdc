"""How a release gets to the remote: pushed by git, or written through GitHub's API."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from assets_actions import git, terminal
from assets_actions.commands import connecting
from assets_actions.errors import UserError
from assets_actions.github.git_data import Repository
from assets_actions.release.plan import Plan
from assets_actions.report.commit import commit_message
from assets_actions.templates.pins import Pins

from . import authorship, refusals, release_branch
from .release_branch import Made

Mode = Literal["git", "api"]


class Draft(NamedTuple):
    """What a run writes to a branch: what its plan says, tags of it, and those that earlier commits lack."""

    branch: str
    plan: Plan
    message: str
    tags: Sequence[str]
    untagged: Mapping[str, str]
    """Name → commit."""


def draft(
    plan: Plan,
    tags: Sequence[str],
    untagged: Mapping[str, str],
    branch: str,
    pins: Pins | None,
    *,
    mode: Mode,
    digest: str | None,
) -> Draft:
    """What a plan comes to, with the message of its commit. `digest`: of the plan in a file that it is a part of."""
    records = replace(plan.records, plan=digest or plan.digest)
    if mode == "api":  # which cannot do all at once: the commit names the tags that come after it
        records = replace(records, tags=frozenset(tags))
    plan = replace(plan, records=records)
    return Draft(branch, plan, commit_message(plan, authorship.trailers(pins)), tags, untagged)


def check_author(mode: Mode, given: str | None) -> None:
    """Raise UserError where an author is given whom the API would not take."""
    if mode == "api" and given:
        raise UserError(
            f"with --mode api the author cannot be `{given}`: GitHub signs only what it names the author of",
            fix="leave out --author-name and --author-email, or give --mode git",
        )


def by_git(root: Path, remote: str, draft: Draft, who: git.Identity) -> Made | None:
    """Commit and push, all or nothing; None where somebody else was there since the branch was read: plan again."""
    made = release_branch.make(root, *draft, who)
    with terminal.working(f"Pushing to {remote}"):
        return made if release_branch.push(root, remote, made) else None


def by_api(root: Path, remote: str, draft: Draft) -> Made | None:
    """The same, written through GitHub's API by whoever the token belongs to; the clone does not get the commit.

    The branch goes first, then the tags one by one, since the API knows no way to do all at once.
    """
    _check_text(draft)
    repository, plan = _repository(root, remote), draft.plan
    made: dict[str, str] = {}
    for name, commit in draft.untagged.items():
        made |= tag_by_api(root, remote, commit, [name])
    if plan.is_empty and plan.release:
        return Made(draft.branch, plan.release, plan.release, made)
    git.write_blobs(root, plan.blobs.values())
    tree = git.write_tree(root, plan.release, plan.edits)
    if draft.tags and not _tags_of(root, remote).keys().isdisjoint(draft.tags):
        return None
    with terminal.working(f"Writing to {remote}"):
        for blob, content in plan.blobs.items():
            _expect(blob, repository.write_blob(content))
        base = git.tree_of(root, plan.release) if plan.release else None
        _expect(tree, repository.write_tree(base, plan.edits))
        commit = repository.write_commit(tree, plan.release, draft.message)
        if not repository.move_branch(draft.branch, plan.release, commit):
            return None
    try:
        made |= tag_by_api(root, remote, commit, draft.tags)
    except UserError as error:
        message = f"`{draft.branch}` has the release commit {commit}, but not all of its tags: {error.message}"
        raise UserError(message, fix=f"{error.fix}; the next run makes the tags that are missing") from None
    return Made(draft.branch, plan.release, commit, made)


def tag_by_api(root: Path, remote: str, commit: str, names: Sequence[str]) -> dict[str, str]:
    """Make annotated tags of a commit that the remote has; returns those that it did not have: name → object.

    Raises UserError where one leads elsewhere, or is refused; those before it are made.
    """
    if not names:
        return {}
    there = _tags_of(root, remote)
    repository = _repository(root, remote)
    with terminal.working(f"Tagging on {remote}"):
        return {name: repository.write_tag(name, commit) for name in names if there.get(name) != commit}


def _tags_of(root: Path, remote: str) -> dict[str, str]:
    """The tags that a remote has now: name → commit."""
    with refusals.explained():
        refs = git.remote_refs(root, remote, f"{git.TAGS}*")
    return {name.removeprefix(git.TAGS): commit for name, commit in refs.items()}


def _repository(root: Path, remote: str) -> Repository:
    """The repository that the remote is. Raises UserError where that, or the token, is not to be told."""
    return Repository(connecting.connection(root, remote, "with --mode api"))


def _check_text(draft: Draft) -> None:
    for text in (draft.branch, draft.message, *draft.plan.edits, *draft.tags):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise UserError(
                f"the name `{text}` is not UTF-8, and GitHub's API takes no other",
                fix="rename the file, or give --mode git",
            ) from None


def _expect(ours: str, theirs: str) -> None:
    if ours != theirs:
        raise UserError(
            f"GitHub stores another object ({theirs}) than what the plan says ({ours}); nothing was released",
            fix="give --mode git, and report this",
        )
