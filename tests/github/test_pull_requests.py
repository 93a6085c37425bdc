"""Pull requests: the same on our stand-in and on the emulator that others have made."""

import pytest

from assets_actions.github.connection import GitHubError
from assets_actions.github.pull_requests import PullRequest, PullRequests
from tests.conftest import Repo
from tests.github.bare import BOT
from tests.github.conftest import connected
from tests.github.emulator import Emulator
from tests.github.stand_in import TOKEN, GitHub, refusal
from tests.github.tracker import Pull
from tests.registries.server import Answer, Fault, Request


def push(repo: Repo, branch: str, base: str = "main") -> str:
    """A branch with one more commit than its base; returns the commit."""
    if "refs/heads/main" not in repo.remote_refs():
        repo.commit({"README.md": "x"})
    repo.git("checkout", "--quiet", "--force", "-B", branch, f"origin/{base}")
    repo.write({f"files/{branch}": "1\n"})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", f"Add {branch}")
    repo.git("push", "--quiet", "--force", "origin", branch)
    return repo.git("rev-parse", "HEAD")


def delete(repo: Repo, branch: str) -> None:
    repo.git("push", "--quiet", "origin", f":{branch}")


def test_a_pull_request_is_opened_found_edited_merged_and_found_again(either: GitHub | Emulator, repo: Repo) -> None:
    commit = push(repo, "deprecate/é#1&x=%2F")
    pulls = PullRequests(connected(either))
    assert pulls.open_ones() == []
    made = pulls.create("Tïtle", "Body\n<!-- marker -->", "deprecate/é#1&x=%2F", "main", draft=True)
    author = BOT["name"] if isinstance(either, GitHub) else "octocat"
    assert made == PullRequest(
        1, made.url, "Tïtle", "Body\n<!-- marker -->", "open", "deprecate/é#1&x=%2F", commit, "main", True, author
    )
    assert made.url.endswith("/pull/1")
    assert pulls.open_ones() == [made]
    assert pulls.closed_ones("deprecate/é#1&x=%2F") == []
    edited = pulls.edit(1, title="Other", body="")
    assert edited == made._replace(title="Other", body="")
    merge = either.merge(1)
    assert repo.git("rev-parse", "main", f"{merge}^2", at=repo.origin).split() == [merge, commit]
    assert pulls.open_ones() == []
    assert pulls.closed_ones("deprecate/é#1&x=%2F") == [edited._replace(state="merged", is_draft=False)]
    assert pulls.closed_ones("deprecate") == []


def test_a_squashed_pull_request_is_merged(either: GitHub | Emulator, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(either))
    pulls.create("T", "B", "b", "main")
    commit = either.merge(1, squash=True)
    assert repo.git("rev-list", "--count", "main", at=repo.origin) == "2"
    assert repo.git("show", f"{commit}:files/b", at=repo.origin) == "1"
    assert [pull.state for pull in pulls.closed_ones("b")] == ["merged"]


def test_the_head_follows_the_branch_until_it_is_closed(either: GitHub | Emulator, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(either))
    pulls.create("T", "B", "b", "main")
    repo.git("commit", "--quiet", "--allow-empty", "--message", "More")
    repo.git("push", "--quiet", "origin", "b")
    commit = repo.git("rev-parse", "b")
    assert [pull.head_commit for pull in pulls.open_ones()] == [commit]
    either.close(1)
    repo.git("commit", "--quiet", "--allow-empty", "--message", "Late")
    repo.git("push", "--quiet", "origin", "b")
    assert [(pull.state, pull.head_commit) for pull in pulls.closed_ones("b")] == [("closed", commit)]


def test_what_was_pushed_to_the_base_is_merged_and_what_lost_its_branch_is_closed(
    either: GitHub | Emulator, repo: Repo
) -> None:
    push(repo, "one")
    push(repo, "two", base="one")
    push(repo, "gone")
    pulls = PullRequests(connected(either))
    for branch in ("one", "two", "gone"):
        pulls.create(branch, "B", branch, "main")
    assert [pull.title for pull in pulls.open_ones()] == ["gone", "two", "one"]
    repo.git("push", "--quiet", "origin", "two:main", ":gone")
    assert pulls.open_ones() == []
    states = [pull.state for branch in ("one", "two", "gone") for pull in pulls.closed_ones(branch)]
    assert states == ["merged", "merged", "closed"]


def test_a_branch_has_many_closed_pull_requests_the_newest_first(either: GitHub | Emulator, repo: Repo) -> None:
    pulls = PullRequests(connected(either))
    for number in (1, 2, 3):
        push(repo, "b")
        assert pulls.create(f"T{number}", "B", "b", "main").number == number
        either.close(number)
    assert [pull.number for pull in pulls.closed_ones("b")] == [3, 2, 1]


def test_a_closed_pull_request_is_reopened(either: GitHub | Emulator, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(either))
    made = pulls.create("T", "B", "b", "main")
    assert pulls.edit(1, state="closed").state == "closed"
    assert pulls.edit(1, state="open") == made
    assert pulls.open_ones() == [made]


@pytest.mark.parametrize(("is_gone", "why"), [(True, "has been deleted"), (False, "was force-pushed or recreated")])
def test_a_pull_request_whose_branch_is_gone_or_another_cannot_be_reopened(
    either: GitHub | Emulator, repo: Repo, is_gone: bool, why: str
) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(either))
    pulls.create("T", "B", "b", "main")
    either.close(1)
    delete(repo, "b")
    if not is_gone:
        repo.git("commit", "--quiet", "--amend", "--message", "Another")
        repo.git("push", "--quiet", "origin", "HEAD:b")
    with pytest.raises(GitHubError, match=f"cannot be reopened\nPATCH pulls/1: 422 .*The b branch {why}") as caught:
        pulls.edit(1, state="open")
    assert "open another" in str(caught.value.fix)


@pytest.mark.parametrize(
    ("head", "base", "what"),
    [
        ("b", "main", "has an open pull request already\nPOST pulls: 422 .*already exists for .*:b"),
        ("same", "main", "nothing to merge\nPOST pulls: 422 .*No commits between main and same"),
        ("gone", "main", "is not on GitHub\nPOST pulls: 422 .*head: invalid"),
        ("other", "gone", "is not on GitHub\nPOST pulls: 422 .*base: invalid"),
    ],
)
def test_a_pull_request_that_cannot_be_is_refused(
    either: GitHub | Emulator, repo: Repo, head: str, base: str, what: str
) -> None:
    for branch in ("b", "other"):
        push(repo, branch)
    repo.git("push", "--quiet", "origin", "origin/main:refs/heads/same")
    pulls = PullRequests(connected(either))
    pulls.create("T", "B", "b", "main")
    with pytest.raises(GitHubError, match=what) as caught:
        pulls.create("New", "B", head, base)
    assert caught.value.status == 422
    assert caught.value.fix
    assert len(pulls.open_ones()) == 1


def test_labels_assignees_and_reviewers_are_added_to_those_that_are_there(server: GitHub, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(server))
    pulls.create("T", "B", "b", "main")
    number = len(server.requests)
    pulls.add(1)
    assert len(server.requests) == number
    pulls.add(1, labels=["bug", "new one"], assignees=["octo"], reviewers=["octo/release"])
    pulls.add(1, labels=["bug", "ü"], assignees=["ada", "octo"], reviewers=["ada"])
    thread = server.tracker.threads[1]
    assert thread.labels == ["bug", "new one", "ü"]
    assert thread.assignees == ["octo", "ada"]
    assert thread.pull
    assert thread.pull.reviewers == ["octo/release", "ada"]


def test_the_emulator_agrees_on_labels_assignees_and_reviewers(emulator: Emulator, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(emulator))
    pulls.create("T", "B", "b", "main")
    pulls.add(1, labels=["one"], assignees=["ada"], reviewers=["mallory"])
    pulls.add(1, labels=["two"], assignees=["octocat"], reviewers=["ada"])
    assert emulator.labels(1) == ["one", "two"]
    assert emulator.assignees[1] == ["ada", "octocat"]
    (pull,) = emulator.pull_requests()
    assert {user["login"] for user in pull["requested_reviewers"]} == {"ada", "mallory"}
    assert emulator.comments(1) == []
    assert emulator.issues() == []


@pytest.mark.parametrize(
    ("given", "what", "fix"),
    [
        ({"assignees": ["ada", "mallory"]}, "did not assign `mallory`", "write to the repository"),
        ({"assignees": ["nobody"]}, "no pull request or issue", "GITHUB_REPOSITORY"),
        ({"reviewers": ["mallory"]}, "no access to the repository", "people and teams that have"),
        ({"reviewers": ["octo/unknown"]}, "no access to the repository", "people and teams that have"),
        ({"reviewers": [BOT["name"]]}, "its author cannot review it", "leave the author out"),
    ],
)
def test_who_cannot_be_assigned_or_asked_is_told(
    server: GitHub, repo: Repo, given: dict[str, list[str]], what: str, fix: str
) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(server))
    pulls.create("T", "B", "b", "main")
    with pytest.raises(GitHubError, match=what) as caught:
        pulls.add(1, **given)
    assert fix in str(caught.value.fix)


def test_all_pages_are_read_and_nothing_but_pages(server: GitHub, repo: Repo) -> None:
    push(repo, "b")
    head = repo.git("rev-parse", "b")
    for number in range(250):
        server.tracker.open(f"T{number}", pull=Pull("b", "main", head))
    pulls = PullRequests(connected(server))
    assert [pull.number for pull in pulls.open_ones()] == list(range(250, 0, -1))
    assert len(server.requests) == 3


def test_a_pull_request_from_a_fork_is_never_taken_for_ours(server: GitHub, repo: Repo) -> None:
    head = push(repo, "b")
    theirs = server.tracker.open("T", "<!-- marker -->", author="mallory", pull=Pull("b", "main", head))
    assert theirs.pull
    theirs.pull.is_from_a_fork = True
    pulls = PullRequests(connected(server))
    assert pulls.open_ones() == []
    made = pulls.create("T", "B", "b", "main")
    assert pulls.open_ones() == [made]
    theirs.state = "closed"
    assert pulls.closed_ones("b") == []


class Forgetful(GitHub):
    """It does what it is asked, and hangs up instead of telling so, once."""

    lost = 0

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method == "POST" and not self.lost:
            self.lost += 1
            raise ConnectionAbortedError
        return answer


@pytest.mark.usefixtures("server")
def test_a_pull_request_that_was_opened_though_the_answer_was_lost_is_found(repo: Repo) -> None:
    push(repo, "b")
    with Forgetful(repo) as forgetful:
        made = PullRequests(connected(forgetful)).create("T", "B", "b", "main")
        assert forgetful.lost == 1
        assert (made.number, made.body) == (1, "B")
        assert len(forgetful.tracker.threads) == 1


def test_what_the_repository_does_not_allow_is_told(server: GitHub, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(server))
    server.tracker.has_drafts = False
    with pytest.raises(GitHubError, match="its plan lacks them"):
        pulls.create("T", "B", "b", "main", draft=True)
    server.tracker.may_open_pulls = False
    with pytest.raises(GitHubError, match="workflow runs may not open pull requests") as caught:
        pulls.create("T", "B", "b", "main")
    assert "Settings → Actions → General" in str(caught.value.fix)
    server.permissions["pull_requests"] = "read"
    with pytest.raises(GitHubError, match="Resource not accessible by integration") as caught:
        pulls.create("T", "B", "b", "main")
    assert "`permissions: pull-requests: write`" in str(caught.value.fix)
    assert pulls.open_ones() == []


def test_a_number_that_is_none_is_told(either: GitHub | Emulator, repo: Repo) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(either))
    with pytest.raises(GitHubError, match="no pull request or issue of this number"):
        pulls.edit(7, title="T")
    with pytest.raises(GitHubError, match="no pull request or issue of this number"):
        pulls.add(7, labels=["bug"])


GIVEN = [
    (refusal(422, "Validation Failed", "Could not resolve to a node with the global id of 'T_kwDOA5iQ-M4As9wR'."),
     "may not see the team", "organization's members"),
    (refusal(422, "Reviews may only be requested from collaborators. One or more of the teams you specified is not a "
             "collaborator of the octo/assets repository."), "no access to the repository", "organization/team"),
    (refusal(403, "Must have admin rights to Repository.", X_Accepted_GitHub_Permissions="issues=write; pull_requests=write"),
     "may not do this", "`permissions: issues: write`"),
    (refusal(418, "\x1b[31mteapot"), "GitHub refuses", "report it"),
]  # fmt: skip


@pytest.mark.parametrize(("effect", "what", "fix"), GIVEN)
def test_each_refusal_of_what_is_given_says_what_and_why_and_what_to_do(
    server: GitHub, repo: Repo, effect: Answer, what: str, fix: str
) -> None:
    push(repo, "b")
    pulls = PullRequests(connected(server))
    pulls.create("T", "B", "b", "main")
    server.faults = [Fault(effect, path="/1/")]
    with pytest.raises(GitHubError, match=what) as caught:
        pulls.add(1, reviewers=["octo/release"])
    assert fix in str(caught.value.fix)
    assert TOKEN not in caught.value.message


def test_a_branch_that_is_not_utf_8_is_told(server: GitHub) -> None:
    with pytest.raises(GitHubError, match="is not UTF-8"):
        PullRequests(connected(server)).closed_ones("caf\udce9")
    assert server.requests == []


def test_a_text_that_is_too_long_is_told(server: GitHub, repo: Repo) -> None:
    push(repo, "b")
    with pytest.raises(GitHubError, match=r"longer than GitHub takes\nPOST pulls: 422 .*maximum is 65536"):
        PullRequests(connected(server)).create("T", "x" * 65537, "b", "main")
