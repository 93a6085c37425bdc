"""Issues of a repository: found, opened and edited."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, NamedTuple

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
    is_open: bool = True


class Issues:
    """The issues of a repository, pull requests left out. What GitHub refuses raises GitHubError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_ones(self) -> list[Issue]:
        """All that are open, the newest first."""
        return sorted(self._listed("open"), key=lambda issue: issue.number, reverse=True)

    def closed_ones(self) -> Iterator[Issue]:
        """Those that are closed, about the newest first; no more is asked for than is taken."""
        return self._listed("closed")

    def _listed(self, state: Literal["open", "closed"]) -> Iterator[Issue]:
        with self._asking("GET", "issues", "issues: read"):
            for one in self._connection.repository.get_issues(state=state):
                # The address tells pull requests; PyGithub would ask for each once more to tell whether it is one.
                if "/pull/" not in one.html_url:
                    yield _told(one)

    def create(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open one.

        Where the answer got lost it may have been opened: look for it before it is asked for again.
        """
        with self._asking("POST", "issues"):
            return _told(self._connection.repository.create_issue(title, body, labels=list(labels)))

    def edit(self, number: int, body: str, *, reopen: bool = False) -> Issue:
        """Give one another text, and open it again where it is to be."""
        with self._asking("PATCH", f"issues/{number}"):
            issue = self._connection.repository.get_issue(number)
            if reopen:
                issue.edit(body=body, state="open")
            else:
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
        is_open=issue.state == "open",
    )
