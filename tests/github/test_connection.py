"""What holds for all that is asked of GitHub: where it goes, how often, and what its refusals mean."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from assets_actions.errors import UserError
from assets_actions.github import connection
from assets_actions.github.connection import TRIES, Connection, GitHubError
from assets_actions.github.issues import Issues
from assets_actions.github.pull_requests import PullRequests
from tests.conftest import Repo
from tests.github.conftest import connected
from tests.github.stand_in import NAME, TOKEN, GitHub, refusal
from tests.registries.server import Answer, Drop, Fault, Request, Server

SECONDARY = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. "
    "Please retry your request again later."
)
ASKED: dict[str, tuple[str, Callable[[Connection], object]]] = {
    "pull requests": ("pull-requests: read", lambda c: PullRequests(c).open_ones()),
    "closed ones": ("pull-requests: read", lambda c: PullRequests(c).closed_ones("b")),
    "a new pull request": ("pull-requests: write", lambda c: PullRequests(c).create("T", "B", "b", "main")),
    "a pull request": ("pull-requests: write", lambda c: PullRequests(c).edit(1, title="T")),
    "labels": ("pull-requests: write", lambda c: PullRequests(c).add(1, labels=["bug"])),
    "assignees": ("pull-requests: write", lambda c: PullRequests(c).add(1, assignees=["ada"])),
    "reviewers": ("pull-requests: write", lambda c: PullRequests(c).add(1, reviewers=["ada"])),
    "issues": ("issues: read", lambda c: Issues(c).open_ones()),
    "a new issue": ("issues: write", lambda c: Issues(c).create("T", "B")),
    "an issue": ("issues: write", lambda c: Issues(c).edit(2, "B")),
}


@pytest.fixture
def busy(server: GitHub, repo: Repo) -> GitHub:
    """A repository with a pull request, an issue, and a branch that has no pull request."""
    repo.commit({"a": "b"})
    for branch in ("a", "b"):
        repo.git("checkout", "--quiet", "-B", branch, "main")
        repo.git("commit", "--quiet", "--allow-empty", "--message", branch)
        repo.git("push", "--quiet", "origin", branch)
    PullRequests(connected(server)).create("One", "B", "a", "main")
    Issues(connected(server)).create("Two", "B")
    server.requests.clear()
    return server


@pytest.mark.parametrize(
    ("effect", "what", "fix"),
    [
        (refusal(401, "Bad credentials"), "does not take the token", "GITHUB_TOKEN"),
        (refusal(403, "Resource not accessible by personal access token"), "may not do this", "`permissions: NEEDED`"),
        (refusal(403, "Resource not accessible by integration",
                 X_Accepted_GitHub_Permissions="a_b=read,contents=write; issues=write"),
         "may not do this", "`permissions: a-b: read, contents: write`"),
        (refusal(403, "Resource protected by organization SAML enforcement. You must grant your Personal Access token"
                 " access to this organization."), "single sign-on", "authorize"),
        (refusal(403, "Repository was archived so is read-only."), "archived", "unarchive"),
        (refusal(404, "Not Found"), "hidden from this token", "GITHUB_REPOSITORY"),
        (refusal(403, "API rate limit exceeded for installation ID 1.", X_RateLimit_Reset="4102444800"),
         "rate limit for this token is used up until 2100-01-01 00:00 UTC", "wait, and run it again"),
        (refusal(403, SECONDARY, Retry_After="3600", X_RateLimit_Reset="4102444800"),
         "rate limit for this token is used up for 3600 s", "wait, and run it again"),
        (refusal(429, SECONDARY, Retry_After="3600"), "rate limit", "wait, and run it again"),
        (refusal(500, f"Server Error {TOKEN}"), "not available", "later"),
        (refusal(400, "Problems parsing JSON", {"field": "x", "code": "missing"}, 1), "GitHub refuses", "report it"),
        (Answer.json({"message": "M", "errors": "some"}, 400), "400 M; some", "report it"),
        (Answer(200, {}, b"<html>a proxy</html>"), "does not answer as it should", "GITHUB_API_URL"),
        (Answer(200, {}, b'{"message": 1}'), "does not answer as it should", "GITHUB_API_URL"),
        (Answer(200, {}, b"[1]"), "does not answer as it should", "GITHUB_API_URL"),
        (Answer.json([{"html_url": 1, "number": "x", "state": TOKEN}]), "does not answer as it should", "GITHUB_API_URL"),
        (Drop(), "cannot be reached", "network"),
    ],
)  # fmt: skip
def test_each_error_says_what_and_why_and_what_to_do(busy: GitHub, effect: Answer | Drop, what: str, fix: str) -> None:
    before = repr(busy.tracker.threads)
    for asked, (needed, ask) in ASKED.items():
        busy.faults = [Fault(effect)]
        with pytest.raises(GitHubError) as caught:
            pytest.fail(f"{asked}: {ask(connected(busy))}")
        assert what in caught.value.message, asked
        assert fix.replace("NEEDED", needed) in str(caught.value.fix)
        assert TOKEN not in caught.value.message
        assert busy.faults[0].hits <= TRIES
        if isinstance(effect, Answer) and effect.status in (401, 403, 404, 429):
            assert busy.faults[0].hits == 1
    assert repr(busy.tracker.threads) == before


@pytest.mark.parametrize(
    "effect",
    [
        refusal(429, SECONDARY, Retry_After="0"),
        refusal(403, SECONDARY, Retry_After="0"),
        refusal(503, "Unavailable", Retry_After="0"),
        refusal(502, "Server Error"),
        Drop(),
    ],
)
def test_what_fails_once_is_asked_again_but_for_a_new_issue_that_may_be_there(
    busy: GitHub, effect: Answer | Drop
) -> None:
    is_unsure = isinstance(effect, Drop) or effect.status >= 500
    for asked, (_, ask) in ASKED.items():
        busy.faults = [Fault(effect, times=1)]
        busy.requests.clear()
        if asked == "a new issue" and is_unsure:
            with pytest.raises(GitHubError):
                ask(connected(busy))
            assert len(busy.requests) == 1
        else:
            ask(connected(busy))
            assert len(busy.requests) == 2, asked


def test_a_rate_limit_is_waited_for_as_long_as_it_is_told(busy: GitHub) -> None:
    busy.faults = [Fault(refusal(403, SECONDARY, Retry_After="1"), times=1)]
    start = time.monotonic()
    Issues(connected(busy)).create("T", "B")
    assert 1 <= time.monotonic() - start < 5
    assert len(busy.tracker.threads) == 3


class Enterprise(GitHub):
    """A server of its own, whose API is below a path."""

    @property
    def address(self) -> str:
        return f"http://{self.host}/api/v3/repos/{NAME}"

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "GITHUB_API_URL": f"http://{self.host}/api/v3"}

    def answer(self, request: Request) -> Answer:
        assert request.path.startswith("/api/v3/")
        return super().answer(request._replace(path=request.path.removeprefix("/api/v3")))


def test_github_enterprise_is_asked_below_its_path(busy: GitHub, repo: Repo) -> None:
    with Enterprise(repo) as enterprise:
        pulls, issues = PullRequests(connected(enterprise)), Issues(connected(enterprise))
        made = pulls.create("T", "B", "b", "main")
        pulls.add(1, labels=["bug"], assignees=["ada"], reviewers=["ada", "octo/release"])
        assert pulls.edit(1, title="New") == made._replace(title="New")
        for number in range(2, 252):
            enterprise.tracker.open(f"T{number}")
        assert len(issues.open_ones()) == 250
    assert busy.requests == []


class Elsewhere(Server):
    """Another host, which must not learn the token."""

    def answer(self, request: Request) -> Answer:  # noqa: ARG002
        return Answer.json([])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_next_page_elsewhere_is_not_asked_for(busy: GitHub, host: str) -> None:
    with Elsewhere() as elsewhere:
        there = f"http://{host}:{elsewhere.host.partition(':')[2]}/repos/{NAME}/issues?page=2"
        issue = {"number": 1, "html_url": "https://github.invalid/1", "title": "T", "user": None, "body": None}
        busy.faults = [Fault(Answer.json([issue], 200, {"Link": f'<{there}>; rel="next"'}))]
        with pytest.raises(GitHubError, match="does not answer as it should"):
            Issues(connected(busy)).open_ones()
        assert elsewhere.requests == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_repository_that_moved_is_told_and_the_token_goes_nowhere(busy: GitHub, status: int) -> None:
    with Elsewhere() as elsewhere:
        location = f"http://localhost:{elsewhere.host.partition(':')[2]}/repositories/1"
        busy.faults = [Fault(refusal(status, "Moved Permanently", Location=location))]
        for asked, (_, ask) in ASKED.items():
            with pytest.raises(GitHubError, match="does not answer as it should") as caught:
                pytest.fail(f"{asked}: {ask(connected(busy))}")
            assert "GITHUB_REPOSITORY" in str(caught.value.fix)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("address", "api", "name"),
    [
        ("https://github.com/o/r", "https://api.github.com", "o/r"),
        ("https://github.com/o/r.git/", "https://api.github.com", "o/r"),
        ("https://user:pass@GitHub.com/o/r.git", "https://api.github.com", "o/r"),
        ("git@github.com:o/r.git", "https://api.github.com", "o/r"),
        ("ssh://git@github.com:22/o/r.git", "https://api.github.com", "o/r"),
        ("https://octo.ghe.com/o/r", "https://api.octo.ghe.com", "o/r"),
        ("https://git.example.com/o/r", "https://git.example.com/api/v3", "o/r"),
        ("https://git.example.com:8443/o/r", "https://git.example.com:8443/api/v3", "o/r"),
        ("github.com:o/r", "https://api.github.com", "o/r"),
        ("ssh://git@ssh.github.com:443/o/r.git", "https://api.github.com", "o/r"),
        ("C:/o/r.git", "https://api.github.com", None),
        ("/srv/o/r.git", "https://api.github.com", None),
        ("../r.git", "https://api.github.com", None),
        ("file:///srv/o/r.git", "https://api.github.com", None),
    ],
)
def test_the_repository_is_told_from_the_remotes_address(address: str, api: str, name: str | None) -> None:
    assert connection.name_of(address, api) == name


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://git.example.com/o/r", "https://api.github.com"),
        ("https://github.com/o/r", "https://git.example.com/api/v3"),
        ("https://github.com.example.com/o/r", "https://api.github.com"),
        ("https://github.com@example.com/o/r", "https://api.github.com"),
        ("https://github.com/o", "https://api.github.com"),
        ("https://github.com/o/r/x", "https://api.github.com"),
        ("git@github.example.com:o/r", "https://api.github.com"),
    ],
)
def test_a_remote_elsewhere_is_not_written_to_on_this_github(address: str, api: str) -> None:
    with pytest.raises(UserError, match="is no repository of") as caught:
        connection.name_of(address, api)
    assert caught.value.fix


def test_nothing_that_speaks_to_github_is_imported_before_it_is_asked() -> None:
    code = (
        "import sys; from assets_actions.github import connection, git_data, issues, pull_requests; "
        "assert not {'github', 'requests', 'urllib3'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
