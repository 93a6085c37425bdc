"""Pull requests within one repository: found, opened, edited, and given labels, assignees and reviewers."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .connection import Connection, GitHubError, Refusal

if TYPE_CHECKING:
    import github.PullRequest

State = Literal["open", "closed", "merged"]
REFUSALS = (
    Refusal(
        403,
        "not permitted to create or approve pull requests",
        "workflow runs may not open pull requests in this repository",
        "under Settings → Actions → General, allow GitHub Actions to create pull requests (where an organization "
        "forbids it, there first), or use the token of a GitHub App",
    ),
    Refusal(
        422,
        "A pull request already exists",
        "the branch has an open pull request already",
        "run it again to go on with that one, or close it",
    ),
    Refusal(
        422,
        "No commits between",
        "the branch has nothing to merge",
        "push a commit to it that the branch it is for lacks",
    ),
    Refusal(
        422,
        "(head|base): invalid",
        "the branch, or the one it is for, is not on GitHub",
        "push it first, and check the name of the one it is for",
    ),
    Refusal(
        422,
        "Draft pull requests are not supported",
        "the repository has no draft pull requests: its plan lacks them",
        "leave out --draft",
    ),
    Refusal(
        422,
        "state cannot be changed",
        "the pull request cannot be reopened",
        "leave it closed, and open another",
    ),
    Refusal(
        422,
        "may only be requested from collaborators",
        "somebody who is to review it has no access to the repository",
        "name people and teams that have; a team as `organization/team`",
    ),
    Refusal(
        422,
        "cannot be requested from pull request author",
        "its author cannot review it",
        "leave the author out of the reviewers",
    ),
    Refusal(
        422,
        "Could not resolve to a node",
        "the token may not see the team that is to review it",
        "use the token of a GitHub App that may read the organization's members: that of a workflow run never may",
    ),
    Refusal(422, "is too long", "a text is longer than GitHub takes", "shorten it"),
)
READ, WRITE = "pull-requests: read", "pull-requests: write"


class PullRequest(NamedTuple):
    """What is known of a pull request; head and base are branches."""

    number: int
    url: str
    title: str
    body: str
    state: State
    head: str
    head_commit: str
    base: str
    is_draft: bool
    author: str
    """Empty where the account is gone."""


class PullRequests:
    """The pull requests from branches of a repository into others of it. What GitHub refuses raises GitHubError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_ones(self) -> list[PullRequest]:
        """All that are open, the newest first; those from forks are not among them."""
        with self._asking("GET", "pulls", READ):
            return _ours(self._connection.repository.get_pulls(state="open"))

    def closed_ones(self, branch: str) -> list[PullRequest]:
        """Those from a branch that are closed or merged, the newest first."""
        owner, _, _ = self._connection.name.partition("/")
        with self._asking("GET", "pulls", READ):
            found = _ours(self._connection.repository.get_pulls(state="closed", head=f"{owner}:{branch}"))
        return [pull for pull in found if pull.head == branch]

    def create(self, title: str, body: str, head: str, base: str, *, draft: bool = False) -> PullRequest:
        """Open one, from a branch that is there into another, or find it opened."""
        try:
            with self._asking("POST", "pulls", WRITE):
                return _told(self._connection.repository.create_pull(base, head, title=title, body=body, draft=draft))
        except GitHubError as error:
            if error.status != 422:
                raise
            # An answer may get lost, and the question be asked twice.
            same = [one for one in self.open_ones() if (one.title, one.head, one.base) == (title, head, base)]
            if not same:
                raise
            return same[0]

    def edit(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> PullRequest:
        """Change what is given of one; it says what came of it."""
        given: dict[str, Any] = {"title": title, "body": body, "state": state}
        with self._asking("PATCH", f"pulls/{number}", WRITE):
            pull = self._connection.repository.get_pull(number)
            pull.edit(**{name: value for name, value in given.items() if value is not None})
            return _told(pull)

    def add(
        self, number: int, labels: Sequence[str] = (), assignees: Sequence[str] = (), reviewers: Sequence[str] = ()
    ) -> None:
        """Give one labels, assignees and reviewers beside those that it has; a reviewer with a slash is a team.

        Labels that the repository lacks are made. Those before what is refused are given.
        """
        if labels:
            with self._asking("POST", f"issues/{number}/labels", WRITE):
                # PyGithub sends a bare list, which GitHub's description does not have, and takes a redirect for a yes.
                told = self._connection.ask("POST", f"issues/{number}/labels", labels=list(labels))
                if not all("name" in label for label in told):
                    raise ValueError(told)
        if assignees:
            with self._asking("POST", f"issues/{number}/assignees", WRITE):
                issue = self._connection.repository.get_issue(number)
                issue.add_to_assignees(*assignees)
                there = {user.login.lower() for user in issue.assignees}
            _check_assigned([login for login in assignees if login.lower() not in there])
        if reviewers:
            asked = {
                "reviewers": [name for name in reviewers if "/" not in name],
                "team_reviewers": [name.rpartition("/")[2] for name in reviewers if "/" in name],
            }
            with self._asking("POST", f"pulls/{number}/requested_reviewers", WRITE):
                given = {kind: names for kind, names in asked.items() if names}
                told = self._connection.ask("POST", f"pulls/{number}/requested_reviewers", **given)
                if "requested_reviewers" not in told:
                    raise ValueError(told)

    def _asking(self, method: str, path: str, permission: str) -> AbstractContextManager[None]:
        return self._connection.asking(f"{method} {path}", permission, REFUSALS)


def _ours(pulls: "Iterable[github.PullRequest.PullRequest]") -> list[PullRequest]:
    """Those whose branch is in the repository that they are for."""
    ours = [pull for pull in pulls if pull.head.repo and pull.head.repo.id == pull.base.repo.id]
    return sorted(map(_told, ours), key=lambda pull: pull.number, reverse=True)


def _told(pull: "github.PullRequest.PullRequest") -> PullRequest:
    state: State = "merged" if pull.merged_at else "open" if pull.state == "open" else "closed"
    return PullRequest(
        number=pull.number,
        url=pull.html_url,
        title=pull.title,
        body=pull.body or "",
        state=state,
        head=pull.head.ref,
        head_commit=pull.head.sha,
        base=pull.base.ref,
        is_draft=bool(pull.draft),
        author=pull.user.login if pull.user else "",
    )


def _check_assigned(missing: Sequence[str]) -> None:
    if missing:
        raise GitHubError(
            201,
            f"GitHub did not assign {', '.join(f'`{login}`' for login in missing)}",
            "name people who may write to the repository, and give the token that right as well",
        )
