"""The branch of a proposal: one commit of ours, made anew when what it goes on from has changed."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple, NoReturn

from assets_actions import git, terminal
from assets_actions.commands.base import Repository, open_repository
from assets_actions.commands.release import authorship, refusals, sources
from assets_actions.commands.release.refusals import Refusal
from assets_actions.commands.release.sources import Source
from assets_actions.deprecation.proposal import BRANCHES, Proposal
from assets_actions.errors import UserError
from assets_actions.report.text import difference

from .proposals import Done, ProposalInputs

REFUSALS = (
    Refusal(
        r"Commits must have (?:verified|valid) signatures",
        "the remote takes signed commits only, and those that git pushes here are not signed",
        f"under Settings → Rules (or Branches), leave `{BRANCHES}/**` out of what demands signatures",
    ),
    Refusal(
        r"GH013: (?!(?s:.*)(?:PUSH PROTECTION|contain secrets))|GH006: |protected branch hook declined",
        "a rule of the repository forbids the push",
        "under Settings → Rules (or Branches), let the app or user that proposes bypass it, or leave "
        f"`{BRANCHES}/**` out of it",
    ),
    Refusal(
        r"refusing to allow .* to create or update workflow",
        "the branch has workflow files, and the token may not change these",
        "use a token with the permission `workflows`",
    ),
)
"""What is different where it is no release branch that is pushed."""


class Base(NamedTuple):
    """The branch that is to be changed, and its commit."""

    branch: str
    commit: str


def read_base(inputs: ProposalInputs) -> tuple[Repository, Base, Source]:
    """The repository, the branch to change, and its assets. Raises UserError; CannotPlanError."""
    repository = open_repository(inputs)
    base = find_base(repository.root, inputs)
    return repository, base, sources.read(repository, base.commit, inputs.release_branch, inputs.remote)


def find_base(root: Path, inputs: ProposalInputs) -> Base:
    """The branch to change, as the remote has it now; without a pull request, HEAD. Raises UserError."""
    if not inputs.pr:
        commit = git.commit_of(root, inputs.base or "HEAD")
        if commit is None:
            raise UserError(f"there is no commit `{inputs.base or 'HEAD'}`", fix="name another with --base")
        return Base(inputs.base or git.current_branch(root) or "HEAD", commit)
    with terminal.working(f"Asking {inputs.remote} for its branches"), refusals.explained():
        branch = inputs.base or git.default_branch(root, inputs.remote)
        if branch is None:
            message = f"which branch of `{inputs.remote}` is the default one cannot be told"
            raise UserError(message, fix="name the branch to change with --base")
        return Base(branch, _tip(root, inputs.remote, branch) or _refuse(inputs.remote, branch))


def _refuse(remote: str, branch: str) -> NoReturn:
    raise UserError(f"`{remote}` has no branch `{branch}`", fix="name another with --base")


def _tip(root: Path, remote: str, branch: str) -> str | None:
    """The commit of a branch of a remote, which is here then; None where there is no such branch."""
    ref = git.HEADS + branch
    commit = git.remote_refs(root, remote, ref).get(ref)
    if commit and git.missing_commits(root, [commit]):
        git.fetch(root, remote, ref)
    return commit


def find(root: Path, inputs: ProposalInputs, branch: str) -> str | None:
    """The commit that the branch of a proposal is at, on the remote or (without a pull request) here."""
    if not inputs.pr:
        return git.local_refs(root, git.HEADS + branch).get(git.HEADS + branch)
    with refusals.explained():
        return _tip(root, inputs.remote, branch)


def push(root: Path, inputs: ProposalInputs, proposal: Proposal, merged: Collection[str]) -> tuple[str, bool]:
    """Have the proposal's commit on its branch of the remote; its id, and whether it was pushed.

    `merged`: commits that were merged from the branch.
    Raises UserError where others have committed to the branch, or the remote refuses.
    """
    with terminal.working(f"Pushing to {inputs.remote}"), refusals.explained(REFUSALS):
        now = _tip(root, inputs.remote, proposal.branch)
        made = make(root, inputs, proposal, now, merged)
        if made == now:
            return made, False
        git.push_branch(root, inputs.remote, proposal.branch, made, now)
    return made, True


def commit_here(root: Path, inputs: ProposalInputs, proposal: Proposal) -> Done:
    """Have the proposal's commit on its branch of this repository, which is not checked out. Raises UserError."""
    ref = git.HEADS + proposal.branch
    if ref in git.checked_out(root):
        fix = "switch to another branch first"
        raise UserError(f"the branch `{proposal.branch}` is checked out", fix=fix)
    now = find(root, inputs, proposal.branch)
    made = make(root, inputs, proposal, now)
    if made == now:
        return Done(proposal.branch, made, None, f"nothing to do: `{proposal.branch}` has it already", False)
    git.update_branch(root, proposal.branch, made, now)
    outcome = f"committed {made[:12]} to the branch `{proposal.branch}`, which is not pushed"
    return Done(proposal.branch, made, None, outcome, True)


def make(root: Path, inputs: ProposalInputs, proposal: Proposal, now: str | None, merged: Collection[str] = ()) -> str:
    """The commit that a branch should be at, which is at `now` (None: nowhere); only this repository knows it yet.

    What was merged already and is proposed again, as somebody has taken it back, is made anew.
    """
    git.write_blobs(root, proposal.blobs.values())
    if now:
        parents = git.parents(root, now)
        if missing := git.missing_commits(root, parents):
            git.fetch(root, inputs.remote, *missing)
        branch, base = (git.commit_tree_of(root, commit).entries for commit in (now, proposal.on))
        # Where the base was merged into the branch, as by GitHub's button, it goes on from the second parent.
        unders = [git.commit_tree_of(root, parent).entries for parent in parents] or [{}]
        is_left = now not in merged and not git.is_ancestor(root, now, proposal.on)
        if is_left and any(proposal.stands(branch, under, base) for under in unders):
            return now
        if not proposal.is_ours(git.trailers_of(root, now), parents, git.tree_of(root, now)):
            raise UserError(
                f"others have committed to the branch `{proposal.branch}`, {now[:12]} last; their work stays as it is",
                fix="bring it up to date by hand, or delete the branch and run it again",
            )
    tree = git.write_tree(root, proposal.on, proposal.edits)
    who = authorship.who(root, inputs.author_name, inputs.author_email)
    return git.write_commit(root, tree, proposal.on, proposal.message(tree), who)


def preview(root: Path, proposal: Proposal) -> list[str]:
    """The difference that a proposal makes, and the text of its pull request."""
    tree = git.commit_tree_of(root, proposal.on)
    old = tree.read(path for path in proposal.edits if path in tree.entries)
    lines = []
    for path, entry in sorted(proposal.edits.items()):
        if entry is None:
            lines.append(f"delete {path}")
        else:
            texts = (old.get(path, b""), proposal.blobs[entry.blob])
            lines += difference(path, *(content.decode("utf-8", "replace") for content in texts))
    return [*lines, "", proposal.title, "", *proposal.text.splitlines(), ""]
