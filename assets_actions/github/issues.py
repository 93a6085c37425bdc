"""Issues of a repository: found, opened and edited."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from .connection import Connection, Refusal

if TYPE_CHECKING:
    import github.Issue

REFUSALS = (
    Refusal(410, "", "the repository has no issues", "switch them on under Settings → General → Features"),
    Refusal(422, "is too long", "a text is longer than GitHub takes", "shorten it"),
)
TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")


class Issue(NamedTuple):
    """What is known of an issue."""

    number: int
    url: str
    title: str
    body: str
    is_trusted: bool
    """Written by a bot, or by somebody whom the repository's owner has let in."""


class Issues:
    """The issues of a repository, pull requests left out. What GitHub refuses raises GitHubError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_ones(self) -> list[Issue]:
        """All that are open, the newest first."""
        with self._asking("GET", "issues", "issues: read"):
            # The address tells pull requests; PyGithub would ask for each issue once more to tell whether it is one.
            issues = [
                one for one in self._connection.repository.get_issues(state="open") if "/pull/" not in one.html_url
            ]
            return sorted(map(_told, issues), key=lambda issue: issue.number, reverse=True)

    def create(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open one.

        Where the answer got lost it may have been opened: look for it before it is asked for again.
        """
        with self._asking("POST", "issues"):
            return _told(self._connection.repository.create_issue(title, body, labels=list(labels)))

    def edit(self, number: int, body: str) -> Issue:
        """Give one another text."""
        with self._asking("PATCH", f"issues/{number}"):
            issue = self._connection.repository.get_issue(number)
            issue.edit(body=body)
            return _told(issue)

    def _asking(self, method: str, path: str, permission: str = "issues: write") -> AbstractContextManager[None]:
        return self._connection.asking(f"{method} {path}", permission, REFUSALS)


def _told(issue: "github.Issue.Issue") -> Issue:
    if not issue.html_url:
        raise ValueError("an issue without an address")
    author = issue.user
    is_bot = author is not None and author.type == "Bot"
    return Issue(
        number=issue.number,
        url=issue.html_url,
        title=issue.title,
        body=issue.body or "",
        is_trusted=is_bot or issue.author_association in TRUSTED,
    )
