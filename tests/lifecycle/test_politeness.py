"""Pull requests of ours among people: found, brought up to date, left alone; and what GitHub and others refuse."""

import json
import subprocess
from typing import Any

import pytest

from assets_actions.deprecation.marker import find_mark
from tests.conftest import Ran, Repo, component
from tests.github.bare import BOT
from tests.github.stand_in import GitHub, refusal
from tests.github.tracker import Pull, Thread
from tests.lifecycle.conftest import DAY, NEW, OLD, described
from tests.registries.server import Fault, Request

BRANCH = "assets-actions/deprecate/environment/env-1"
ASKED = ("deprecate-pr", "--asset", OLD, "--replacement", NEW, "--as-of", "2026-11-24")


def ask(repo: Repo, *more: str) -> Any:
    ran = repo.run(*ASKED, *more, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.json


def refused(repo: Repo, *more: str, env: dict[str, str] | None = None) -> str:
    ran = repo.run(*ASKED, *more, env=env)
    assert ran.code == 2, ran.out
    assert "Traceback" not in ran.err
    return ran.err


def thread(server: GitHub, number: int = 1) -> Thread:
    return server.tracker.threads[number]


def pull(server: GitHub, number: int = 1) -> Pull:
    found = thread(server, number).pull
    assert found
    return found


def test_labels_reviewers_assignees_and_the_draft_are_as_asked_for(server: GitHub, two: Repo) -> None:
    people = ("--reviewer", "ada", "--reviewer", "octo/release", "--assignee", "ada")
    made = ask(two, "--draft", "--label", "deprecation", "--label", "bug", *people)
    assert (made["pull_request"]["number"], made["changed"], made["branch"]) == (1, True, BRANCH)
    assert thread(server).labels == ["deprecation", "bug"]
    assert thread(server).assignees == ["ada"]
    assert (pull(server).reviewers, pull(server).is_draft) == (["ada", "octo/release"], True)
    assert pull(server).base == "main"


def test_the_text_tells_all_there_is_to_know(server: GitHub, two: Repo) -> None:
    files = component("user")
    files["assets/user/spec.yaml"] += "environment: azureml:env-1:1\n"
    two.commit(files)
    ask(two, "--reason", "vulnerability", "--details", "CVE-1 in @evil <b>zlib</b>", "--allow-dependents")
    body = thread(server).body or ""
    assert thread(server).title == "Deprecate environment/env-1: use env-2 instead"
    for part in (
        "**Why:** it has a vulnerability: CVE-1 in &#64;evil &lt;b&gt;zlib&lt;/b&gt;",
        "### Still used by\n\n- <code>component/user</code>: <code>assets/user/spec.yaml:6",
        "| after that release | a pull request removes it from <code>main</code>",
        f"| {DAY} | it is archived",
        "### Before this is merged\n\n- [ ] ",
    ):
        assert part in body


def test_running_again_touches_nothing_that_people_have_done(server: GitHub, two: Repo) -> None:
    ask(two, "--label", "deprecation", "--reviewer", "ada")
    one = thread(server)
    one.title, one.body = "Mine now", (one.body or "").replace("- [ ]", "- [x]")
    one.labels, pull(server).reviewers = [], []
    before = one.body
    assert ask(two, "--label", "deprecation", "--reviewer", "ada")["changed"] is False
    assert (one.title, one.body, one.labels, pull(server).reviewers) == ("Mine now", before, [], [])
    assert ask(two, "--delete-on", "2027-04-01")["changed"] is True
    assert (one.title, "- [x]" in one.body, "2027-04-01" in one.body) == ("Mine now", False, True)
    assert len(server.tracker.threads) == 1


def test_a_pull_request_that_somebody_gave_another_text_or_base_is_left_as_it_is(server: GitHub, two: Repo) -> None:
    ask(two, "--label", "deprecation")
    ours, refs = thread(server).body, two.remote_refs()
    thread(server).body, thread(server).labels = "Mine", []
    asked = ask(two, "--label", "deprecation", "--delete-on", "2027-04-01")
    assert (asked["changed"], asked["pull_request"]["number"]) == (False, 1)
    assert (thread(server).body, thread(server).labels) == ("Mine", [])
    thread(server).body = ours
    two.git("push", "--quiet", "origin", "main:refs/heads/next")
    assert "#1 is about this already, for `main`" in two.run(*ASKED, "--base", "next").out
    assert two.remote_refs() == {**refs, "refs/heads/next": refs["refs/heads/main"]}
    assert len(server.tracker.threads) == 1


@pytest.mark.usefixtures("server")
def test_the_day_that_is_proposed_stays_until_another_is_asked_for(two: Repo) -> None:
    assert ask(two)["delete_on"] == DAY
    later = two.run(*ASKED[:-1], "2026-12-15", "--format", "json")
    assert (later.json["delete_on"], later.json["changed"]) == (DAY, False)
    assert ask(two, "--in-months", "4")["delete_on"] == "2027-03-24"


@pytest.mark.usefixtures("server")
def test_a_persons_commits_on_the_branch_are_never_overwritten(two: Repo) -> None:
    ask(two)
    two.git("fetch", "--quiet", "origin", BRANCH)
    two.git("switch", "--quiet", "--detach", "FETCH_HEAD")
    two.write({"assets/env-1/spec.yaml": (two.path / "assets/env-1/spec.yaml").read_text() + "# mine\n"})
    two.git("commit", "--quiet", "--all", "--message", "Mine")
    two.git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
    two.git("switch", "--quiet", "main")
    theirs = two.remote_refs()[f"refs/heads/{BRANCH}"]
    assert "others have committed to the branch" in refused(two)
    assert two.remote_refs()[f"refs/heads/{BRANCH}"] == theirs
    two.git("push", "--quiet", "origin", "+main:refs/heads/elsewhere", f":{BRANCH}")


@pytest.mark.usefixtures("server")
def test_a_branch_that_somebody_has_merged_the_base_into_is_as_it_should_be(two: Repo) -> None:
    ask(two)
    two.commit({"README.md": "More.\n"})
    two.git("fetch", "--quiet", "origin", BRANCH)
    two.git("switch", "--quiet", "--detach", "FETCH_HEAD")
    two.git("merge", "--quiet", "--no-edit", "main")
    two.git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
    two.git("switch", "--quiet", "main")
    theirs = two.remote_refs()
    assert ask(two)["changed"] is False
    assert "others have committed to the branch" in refused(two, "--delete-on", "2027-04-01")
    assert two.remote_refs() == theirs


def test_a_branch_of_somebody_elses_of_this_name_is_left_alone(server: GitHub, two: Repo) -> None:
    two.git("push", "--quiet", "origin", f"main:refs/heads/{BRANCH}")
    assert "others have committed to the branch" in refused(two)
    assert server.tracker.threads == {}


@pytest.mark.parametrize("depth", ["--depth=1", "--no-single-branch"])
def test_what_was_merged_and_taken_back_may_be_proposed_again(server: GitHub, two: Repo, depth: str) -> None:
    server.merge(ask(two)["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.git("revert", "--no-edit", "--mainline=1", "HEAD")
    two.git("push", "--quiet", "origin", "main")
    clone = Repo(two.path.parent / "clone", two.origin)
    two.git("clone", "--quiet", depth, f"file://{two.origin}", str(clone.path))
    asked = ask(clone)
    assert (asked["changed"], asked["pull_request"]["number"]) == (True, 2)
    assert server.bare.git("log", "--format=%s", f"main..{BRANCH}") == thread(server, 2).title
    assert clone.run(*ASKED, "--no-pr").code == 0


def test_a_pull_request_that_was_closed_stays_closed_unless_asked(server: GitHub, two: Repo) -> None:
    ask(two)
    server.close(1)
    said = refused(two)
    assert "#1, the pull request for this, was closed: https://github.invalid/octo/assets/pull/1" in said
    assert "fix: give --reopen" in said
    assert thread(server).state == "closed"
    assert ask(two, "--reopen")["pull_request"]["number"] == 1
    assert thread(server).state == "open"


def test_one_that_cannot_be_reopened_is_proposed_anew(server: GitHub, two: Repo) -> None:
    ask(two)
    server.close(1)
    two.git("push", "--quiet", "origin", f":{BRANCH}")
    assert ask(two, "--reopen")["pull_request"]["number"] == 2
    assert (thread(server, 1).state, thread(server, 2).state) == ("closed", "open")


def test_a_sweep_shows_what_it_would_propose_and_warns_of_what_does_not_start_by_itself(
    server: GitHub, two: Repo
) -> None:
    server.merge(ask(two)["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    asked = len(server.requests)
    shown = two.run("sweep", "--dry-run")
    assert shown.code == 0, shown.err
    assert "delete assets/env-1/spec.yaml\n" in shown.out
    assert "Removes <code>environment/env-1</code>, which is deprecated, from <code>main</code>." in shown.out
    assert "its removal is due\n1 deprecated asset" in shown.out
    assert len(server.requests) == asked
    assert "delete " not in two.run("sweep", "--no-pr", "--base", "origin/main").out
    warned = two.run("sweep")
    assert "warning: workflows do not start by themselves" in warned.out
    assert "workflows do not start" not in "".join(one.body or "" for one in server.tracker.threads.values())
    assert two.run("sweep", "--format", "json").json["warnings"] == []


def test_a_sweep_leaves_a_removal_alone_that_was_closed_and_goes_on(server: GitHub, two: Repo) -> None:
    server.merge(ask(two)["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    first = two.run("sweep", "--format", "json")
    assert first.json["assets"][0]["done"].startswith("its removal is proposed: ")
    number = max(n for n, one in server.tracker.threads.items() if one.pull)
    server.close(number)
    again = two.run("sweep", "--format", "json")
    assert (again.code, again.json["assets"][0]["done"].startswith("its removal was closed by hand: #")) == (0, True)
    assert thread(server, number).state == "closed"


def test_a_forks_pull_request_with_our_mark_is_not_taken_for_ours(server: GitHub, two: Repo) -> None:
    ask(two)
    mark = find_mark(thread(server).body or "")
    server.close(1)
    two.git("push", "--quiet", "origin", f":{BRANCH}")
    theirs = Pull(BRANCH, "main", two.git("rev-parse", "main"), is_from_a_fork=True)
    server.tracker.open("Theirs", f"{mark}", author="mallory", pull=theirs)
    assert ask(two, "--reopen")["pull_request"]["number"] == 3


def test_what_a_workflow_runs_token_opens_starts_no_workflows_and_that_is_told(server: GitHub, two: Repo) -> None:
    made = ask(two)
    assert thread(server).author == BOT["name"]
    assert any("workflows do not start by themselves" in warning for warning in made["warnings"])
    assert ask(two)["warnings"] == []


def test_another_push_at_that_moment_is_not_lost(server: GitHub, two: Repo) -> None:
    ask(two)

    def somebody(request: Request) -> None:
        if request.method == "GET" and "/pulls" in request.path:
            server.bare.git("update-ref", f"refs/heads/{BRANCH}", two.git("rev-parse", "main"))

    server.meanwhile = somebody
    assert "others have committed to the branch" in refused(two, "--delete-on", "2027-04-01")
    assert two.remote_refs()[f"refs/heads/{BRANCH}"] == two.git("rev-parse", "main")


@pytest.mark.parametrize(
    ("permission", "said"), [("contents", None), ("pull_requests", "pull-requests: write"), ("issues", None)]
)
def test_a_missing_permission_is_named(server: GitHub, two: Repo, permission: str, said: str | None) -> None:
    server.permissions[permission] = "read"
    if said is None:
        assert ask(two, "--label", "x")["pull_request"]["number"] == 1
    else:
        assert said in refused(two)


def test_the_issue_of_a_sweep_needs_its_own_permission(server: GitHub, two: Repo) -> None:
    server.merge(ask(two)["pull_request"]["number"])
    server.permissions["issues"] = "read"
    ran = two.run("sweep")
    assert (ran.code, "issues: write" in ran.err) == (2, True)
    assert two.run("sweep", "--no-issue").code == 0


def test_what_github_refuses_is_told_with_what_to_do(server: GitHub, two: Repo) -> None:
    server.tracker.may_open_pulls = False
    assert "under Settings → Actions → General, allow GitHub Actions to create pull requests" in refused(two)
    server.tracker.may_open_pulls = True
    assert "name people and teams that have" in refused(two, "--reviewer", "mallory")
    assert find_mark(thread(server).body or "") is not None
    assert ask(two, "--reviewer", "ada")["changed"] is True
    assert pull(server).reviewers == ["ada"]


def test_a_rate_limit_is_waited_for_as_told_or_told(server: GitHub, two: Repo) -> None:
    limit = refusal(403, "You have exceeded a secondary rate limit.", Retry_After="1")
    server.faults.append(Fault(limit, "/pulls", times=1))
    assert ask(two)["pull_request"]["number"] == 1
    server.faults.append(Fault(refusal(429, "slow down", Retry_After="3600"), "/pulls"))
    assert "rate limit" in refused(two)


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        (
            "error: GH013: Repository rule violations found for refs/heads/x",
            "let the app or user that proposes bypass it",
        ),
        ("error: GH006: Protected branch update failed", "or leave `assets-actions/**` out of it"),
        ("- Commits must have verified signatures.", "leave `assets-actions/**` out of what demands signatures"),
        ("error: GH013: Repository rule violations - Push cannot contain secrets", "remove the secret from the asset"),
        ("refusing to allow a GitHub App to create or update workflow `x`", "a token with the permission `workflows`"),
    ],
)
def test_a_protected_branch_is_explained(server: GitHub, two: Repo, said: str, fix: str) -> None:
    hook = two.origin / "hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\nexit 1\n")
    hook.chmod(0o755)
    err = refused(two)
    assert said in err
    assert fix in err.split("fix: ")[1]
    assert "--mode" not in err
    assert "release branch" not in err
    assert server.tracker.threads == {}
    hook.unlink()
    assert ask(two)["changed"] is True


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "to open a pull request a token is needed"),
        ({"GITHUB_TOKEN": "wrong"}, "GitHub does not take the token"),
        ({"GITHUB_API_URL": "http://example.com/api/v3"}, "is no address to send a token to"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9/api/v3"}, "cannot be reached"),
        ({"GITHUB_REPOSITORY": "octo/none"}, "there is no such repository"),
    ],
)
def test_where_github_is_and_who_asks_must_be_told(server: GitHub, two: Repo, env: dict[str, str], said: str) -> None:
    err = refused(two, env=env)
    assert said in err
    assert server.environment["GITHUB_TOKEN"] not in err


def test_the_base_is_the_remotes_default_branch_or_the_one_that_is_named(server: GitHub, two: Repo) -> None:
    two.git("push", "--quiet", "origin", "main:refs/heads/next")
    assert "`origin` has no branch `none`" in refused(two, "--base", "none")
    ask(two, "--base", "next")
    assert pull(server).base == "next"


def test_what_a_clone_of_one_branch_lacks_is_fetched_as_the_error_says(two: Repo) -> None:
    clone = Repo(two.path.parent / "single", two.origin)
    two.git("clone", "--quiet", "--depth=1", f"file://{two.origin}", str(clone.path))
    ran = clone.run("sweep", "--no-pr")
    assert ran.code == 2
    command = ran.err.split("fix: ")[1].partition(";")[0].split()
    clone.git(*command[1:])
    assert clone.run("sweep", "--no-pr").code == 0


def test_a_shallow_clone_of_another_branch_will_do(server: GitHub, two: Repo) -> None:
    ask(two)
    two.commit(described("env-1", "Other words."))
    clone = Repo(two.path.parent / "shallow", two.origin)
    command = ["git", "clone", "--quiet", "--depth=1", "--branch=release", f"file://{two.origin}", str(clone.path)]
    subprocess.run(command, check=True)
    again = ask(clone)
    assert again["changed"] is True
    assert "DEPRECATED: Please use env-2 instead. Other words." in server.bare.git(
        "show", f"{BRANCH}:assets/env-1/spec.yaml"
    )


@pytest.mark.usefixtures("server")
def test_in_a_workflow_run_the_pull_request_is_an_output_and_in_the_summary(two: Repo) -> None:
    (two.path.parent / "out").write_text("")
    (two.path.parent / "summary").write_text("")
    env = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(two.path.parent / "out"),
        "GITHUB_STEP_SUMMARY": str(two.path.parent / "summary"),
    }
    ran: Ran = two.run(*ASKED, env=env)
    assert ran.code == 0, ran.err
    outputs = (two.path.parent / "out").read_text()
    assert "https://github.invalid/octo/assets/pull/1" in outputs
    assert "https://github.invalid/octo/assets/pull/1" in (two.path.parent / "summary").read_text()
    assert json.dumps(DAY).strip('"') in outputs
