"""One pull request for each proposal, found by its mark: made, or brought up to date."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assets_actions import terminal
from assets_actions.commands import connecting
from assets_actions.commands.base import Outcome
from assets_actions.deprecation.marker import UNFINISHED, find_mark, mark, marked
from assets_actions.deprecation.proposal import Proposal
from assets_actions.errors import UserError
from assets_actions.github.connection import GitHubError
from assets_actions.github.pull_requests import PullRequest, PullRequests
from assets_actions.report.proposal import ProposalReport

from . import proposal_branch
from .proposals import Done, ProposalInputs, ProposalOutputs

BOT = "github-actions[bot]"
NO_RUNS = (
    "workflows do not start by themselves on what the token of a workflow run opens: approve them on the pull request, "
    "or close and reopen it; the token of a GitHub App has no such limit"
)


class ClosedError(UserError):
    """A person has closed the pull request; it stays closed until somebody asks for it."""


class Desk:
    """The pull requests of a repository, and how proposals become some of them."""

    def __init__(self, root: Path, inputs: ProposalInputs) -> None:
        self._root, self._inputs = root, inputs
        self.pull_requests = PullRequests(connecting.connection(root, inputs.remote, "to open a pull request"))
        self._open: list[PullRequest] | None = None

    def find(self, proposal: Proposal) -> PullRequest | None:
        """The open pull request for a proposal, be it that somebody took its mark away; of several, the first."""
        if self._open is None:
            with terminal.working("Asking for open pull requests"):
                self._open = self.pull_requests.open_ones()
        found = list(filter(_about(proposal), self._open)) or [one for one in self._open if one.head == proposal.branch]
        return min(found, key=lambda pull: pull.number, default=None)

    def propose(self, proposal: Proposal) -> Done:
        """Make the branch and the pull request, or bring them up to date. Raises UserError; ClosedError."""
        pull = self.find(proposal)
        closed = None
        earlier: list[PullRequest] = []
        if pull is None:
            earlier = list(filter(_about(proposal), self.pull_requests.closed_ones(proposal.branch)))
            closed = max(earlier, key=lambda pull: pull.number, default=None)
            if closed and closed.state == "merged":
                closed = None
            if closed and not self._inputs.reopen:
                message = f"#{closed.number}, the pull request for this, was closed: {closed.url}"
                raise ClosedError(message, fix="give --reopen to propose it again")
        elif (pull.head, pull.base) != (proposal.branch, proposal.base) or not _about(proposal)(pull):
            outcome = f"#{pull.number} is about this already, for `{pull.base}`, and left as it is"
            return Done(pull.head, None, pull, outcome, False)
        did = ""
        if closed and (pull := self._reopened(closed)):
            did = "reopened"  # before its branch moves on: GitHub would not, after that
        merged = [one.head_commit for one in earlier if one.state == "merged"]
        commit, pushed = proposal_branch.push(self._root, self._inputs, proposal, merged)
        with terminal.working("Writing the pull request"):
            pull, wrote = self._written(proposal, pull)
        did = did or wrote or ("brought up to date" if pushed else "")
        outcome = f"{did} #{pull.number}" if did else f"nothing to do: #{pull.number} is as it should be"
        warnings = [NO_RUNS] if did == "opened" and pull.author == BOT else []
        return Done(proposal.branch, commit, pull, outcome, bool(did), warnings)

    def _written(self, proposal: Proposal, pull: PullRequest | None) -> tuple[PullRequest, str]:
        """The pull request as it should be, and what was done for that."""
        pulls, inputs, wanted = self.pull_requests, self._inputs, mark(proposal.topic, proposal.text)
        did = ""
        if pull is None:
            unfinished = marked(proposal.text, wanted._replace(digest=UNFINISHED))
            pull = pulls.create(proposal.title, unfinished, proposal.branch, proposal.base, draft=inputs.draft)
            did = "opened"
        now = find_mark(pull.body)
        if now is None or now.digest == UNFINISHED:
            pulls.add(pull.number, inputs.label, inputs.assignee, inputs.reviewer)
        if now != wanted:
            pull = pulls.edit(pull.number, body=marked(proposal.text, wanted))
        return pull, did or ("brought up to date" if now != wanted else "")

    def _reopened(self, closed: PullRequest) -> PullRequest | None:
        """GitHub does not reopen one whose branch was made anew: there will be another."""
        try:
            return self.pull_requests.edit(closed.number, state="open")
        except GitHubError as error:
            if error.status != 422:
                raise
            return None


def _about(proposal: Proposal) -> Callable[[PullRequest], bool]:
    def is_about(pull: PullRequest) -> bool:
        found = find_mark(pull.body)
        return found is not None and found.topic == proposal.topic

    return is_about


def settle(
    root: Path,
    inputs: ProposalInputs,
    proposal: Proposal,
    facts: dict[str, Any],
    warnings: Sequence[str],
    outputs: type[ProposalOutputs],
    **more: Any,
) -> Outcome:
    """Do with a proposal what the inputs say, and tell what became of it."""
    preview: Sequence[str] = ()
    if not proposal.edits:
        done = Done(proposal.branch, None, None, f"nothing to do: `{proposal.base}` has it already", changed=False)
    elif inputs.dry_run:
        done = Done(proposal.branch, None, None, "nothing written", changed=False)
        preview = proposal_branch.preview(root, proposal)
    elif inputs.pr:
        done = Desk(root, inputs).propose(proposal)
    else:
        done = proposal_branch.commit_here(root, inputs, proposal)
    pull = done.pull and {"number": done.pull.number, "url": done.pull.url}
    told = {**facts, "branch": done.branch, "commit": done.commit, "pull_request": pull, "changed": done.changed}
    url = done.pull.url if done.pull else None
    report = ProposalReport(proposal.title, done.outcome, url, [*warnings, *done.warnings], preview, told)
    return Outcome(report, outputs.of(done, **more))
