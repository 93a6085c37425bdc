"""Issues: the same on our stand-in and on the emulator that others have made."""

from collections.abc import Callable

import pytest

from assets_actions.github.connection import GitHubError
from assets_actions.github.issues import Issue, Issues
from assets_actions.github.pull_requests import PullRequests
from tests.conftest import Repo
from tests.github.conftest import connected
from tests.github.emulator import STRANGERS_TOKEN, Emulator
from tests.github.stand_in import GitHub
from tests.github.test_pull_requests import Forgetful, push


def test_an_issue_is_opened_found_and_edited(either: GitHub | Emulator, repo: Repo) -> None:
    repo.commit({"a": "b"})
    issues = Issues(connected(either))
    assert issues.open_ones() == []
    made = issues.create("Tïtle", "| a |\n", ["bug", "new one"])
    assert made == Issue(1, made.url, "Tïtle", "| a |\n", True)
    assert made.url.endswith("/issues/1")
    assert issues.open_ones() == [made]
    assert issues.edit(1, "New") == made._replace(body="New")
    other = issues.create("Other", "")
    assert issues.open_ones() == [other, made._replace(body="New")]
    either.close(1)
    assert issues.open_ones() == [other]
    assert list(issues.closed_ones()) == [made._replace(body="New", is_open=False)]
    assert issues.edit(1, "Newer", reopen=True) == made._replace(body="Newer")
    assert list(issues.closed_ones()) == []


def test_pull_requests_are_no_issues(either: GitHub | Emulator, repo: Repo) -> None:
    push(repo, "b")
    PullRequests(connected(either)).create("T", "B", "b", "main")
    assert Issues(connected(either)).open_ones() == []


def test_the_emulator_tells_labels(emulator: Emulator, repo: Repo) -> None:
    repo.commit({"a": "b"})
    Issues(connected(emulator)).create("T", "B", ["bug", "new one"])
    assert emulator.labels(1) == ["bug", "new one"]
    assert [issue["title"] for issue in emulator.issues()] == ["T"]


def test_an_issue_of_a_stranger_is_not_trusted(emulator: Emulator, repo: Repo) -> None:
    repo.commit({"a": "b"})
    emulator.open_issue("Theirs", "<!-- marker -->", STRANGERS_TOKEN)
    emulator.open_issue("Ours", "<!-- marker -->")
    found = Issues(connected(emulator)).open_ones()
    assert [(issue.title, issue.is_trusted) for issue in found] == [("Ours", True), ("Theirs", False)]


@pytest.mark.parametrize(
    ("author", "is_trusted"),
    [("octo", True), ("ada", True), ("mallory", False), ("an-app[bot]", True), ("unknown", False), (None, False)],
)
def test_who_is_trusted(server: GitHub, author: str | None, is_trusted: bool) -> None:
    server.tracker.open("T", author=author)
    (issue,) = Issues(connected(server)).open_ones()
    assert issue.is_trusted == is_trusted
    assert issue.body == ""


def test_all_pages_are_read_and_nothing_but_pages(server: GitHub, repo: Repo) -> None:
    push(repo, "b")
    PullRequests(connected(server)).create("T", "B", "b", "main")
    for number in range(200):
        server.tracker.open(f"T{number}")
    server.requests.clear()
    assert [issue.number for issue in Issues(connected(server)).open_ones()] == list(range(201, 1, -1))
    assert len(server.requests) == 3


@pytest.mark.usefixtures("server")
def test_an_issue_is_not_opened_twice_where_the_answer_was_lost(repo: Repo) -> None:
    with Forgetful(repo) as forgetful:
        issues = Issues(connected(forgetful))
        with pytest.raises(GitHubError, match="does not answer"):
            issues.create("T", "B")
        assert [issue.title for issue in issues.open_ones()] == ["T"]


def test_a_repository_without_issues_is_told(server: GitHub) -> None:
    server.tracker.has_issues = False
    issues = Issues(connected(server))
    assert issues.open_ones() == []
    asked: list[Callable[[], Issue]] = [lambda: issues.create("T", "B"), lambda: issues.edit(1, "B")]
    for ask in asked:
        with pytest.raises(GitHubError, match=r"has no issues\n.*410 Issues are disabled for this repo") as caught:
            ask()
        assert "Settings" in str(caught.value.fix)


def test_a_text_that_is_too_long_is_told(server: GitHub) -> None:
    with pytest.raises(GitHubError, match="longer than GitHub takes"):
        Issues(connected(server)).create("T", "x" * 65537)
