"""Carry out a plan: the release commit and its tags, made with plumbing and pushed together."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from . import __version__, git, runner
from .errors import UserError
from .release.plan import Plan
from .report.commit import SOURCE_TRAILER, commit_message

HEADS, TAGS = "refs/heads/", "refs/tags/"
RUNNER_IDENTITY = git.Identity("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""Who GitHub shows for what a workflow run commits."""


class Made(NamedTuple):
    """A release commit that only this repository knows so far, and the refs that make it known: ref → object."""

    commit: str
    parent: str | None
    branch: str
    tags: list[str]
    refs: dict[str, str]


def identity(repo: Path, name: str | None, email: str | None) -> git.Identity:
    """Who commits: as given, else as git is configured, else the runner. Raises UserError where nobody is known."""
    known = git.own_identity(repo) or (RUNNER_IDENTITY if runner.is_runner() else None)
    if not known and not (name and email):
        raise UserError("nobody is known to commit as", fix="give --author-name and --author-email, or configure git")
    return git.Identity(name or (known.name if known else ""), email or (known.email if known else ""))


def make(repo: Path, plan: Plan, branch: str, tags: list[str], who: git.Identity, trailers: Mapping[str, str]) -> Made:
    """Store the plan's commit and some tags of it. No ref and no file of the working tree changes."""
    git.write_blobs(repo, plan.blobs.values())
    tree = git.write_tree(repo, plan.release, plan.edits)
    message = commit_message(plan, {**trailers, "Tool-Version": f"assets-actions {__version__}"})
    commit = git.write_commit(repo, tree, plan.release, message, who)
    refs = {
        HEADS + branch: commit,
        **{TAGS + name: git.write_tag(repo, name, commit, f"Release {name}", who) for name in tags},
    }
    return Made(commit, plan.release, branch, tags, refs)


def push(repo: Path, remote: str, made: Made) -> bool:
    """Push commit and tags, all or none.

    False where somebody else has pushed since the plan was made. Raises GitError where it was refused otherwise.
    """
    try:
        git.push(repo, remote, made.refs)
    except git.GitError:
        now = git.remote_refs(repo, remote, *made.refs)
        if now.get(HEADS + made.branch) == made.parent and not any(TAGS + tag in now for tag in made.tags):
            raise
        return False
    return True


def is_late(repo: Path, remote: str, source: str, release: str | None) -> bool:
    """Whether a newer source than this one is released already.

    Raises UserError where what is released comes from a history that this source has no part in.
    """
    released = git.last_trailer(repo, release, SOURCE_TRAILER) if release else None
    if released is None or released == source:
        return False
    if git.is_shallow(repo):
        git.fetch(repo, remote, deepen=True)
    if git.has_commit(repo, released):
        if git.is_ancestor(repo, released, source):
            return False
        if git.is_ancestor(repo, source, released):
            return True
    raise UserError(
        f"the release branch holds the release of {released[:12]}, which is no part of the history of {source[:12]}",
        fix="release from the branch that is always released from",
    )
