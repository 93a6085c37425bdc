"""Releases through GitHub's API, in front of a real repository."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assets_actions import git
from assets_actions.assets.tree import Entry
from assets_actions.commands.release import publishing
from assets_actions.commands.release.publishing import Draft
from assets_actions.commands.release.release_branch import Made
from assets_actions.errors import UserError
from assets_actions.github import connection, git_data
from assets_actions.release.plan import Plan
from tests.conftest import Ran, Repo, component, environment
from tests.github.stand_in import NAME, TOKEN, GitHub, nothing, refusal
from tests.registries.server import Answer, Drop, Fault, Request, Server


def release(repo: Repo, *arguments: str, code: int = 0) -> Ran:
    ran = repo.run("release-commit", "--mode", "api", *arguments)
    assert ran.code == code, ran.err
    assert TOKEN not in ran.out + ran.err
    assert "Traceback" not in ran.err
    return ran


def draft(
    repo: Repo, parent: str | None = None, tags: tuple[str, ...] = ("t/a/1",), content: bytes = b"new\n"
) -> Draft:
    """A draft that writes one file; the repository has a branch at least."""
    if "refs/heads/main" not in repo.remote_refs():
        repo.commit({"a": "b"})
    done = subprocess.run(
        ["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True, cwd=repo.path
    )
    blob = done.stdout.decode().strip()
    return drafted(parent, {"latest/new": Entry("100644", blob)}, {blob: content}, tags)


def drafted(
    parent: str | None,
    edits: Mapping[str, Entry | None],
    blobs: Mapping[str, bytes] | None = None,
    tags: Sequence[str] = (),
) -> Draft:
    """A release of these edits."""
    return Draft("release", Plan("", parent, (), 0, edits, blobs or {}), "Release\n", tags, {})


def after(what: Draft, parent: str) -> Draft:
    """The same release, of a branch that is at this commit."""
    return what._replace(plan=replace(what.plan, release=parent))


def by_api(repo: Repo, what: Draft) -> Made | None:
    return publishing.by_api(repo.path, "origin", what)


def state(repo: Repo) -> dict[str, str]:
    return repo.remote_refs()


@pytest.mark.usefixtures("server")
def test_a_release_through_the_api_is_the_one_that_git_makes(repo: Repo, new_repo: Callable[[str], Repo]) -> None:
    other = new_repo("other")
    first = {**component(), **environment(), "assets/adder/src/run.sh": "#!/bin/sh\n", "assets/adder/src/gone": "x"}
    for each in (repo, other):
        each.write(first)
        (each.path / "assets/adder/src/run.sh").chmod(0o755)
        (each.path / "assets/adder/src/link").symlink_to("add.py")
        (each.path / "assets/adder/src/ü ö\n").write_bytes(b"\0\xff\r\n")
        each.git("add", "--all")
        each.git("commit", "--quiet", "--message", "Same", "--date", "2026-01-01T00:00:00Z")
    env = {"GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z"}
    for each in (repo, other):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "--amend",
                        "--reset-author", "--no-edit"], cwd=each.path, check=True, env={**os.environ, **env})  # fmt: skip
        each.git("push", "--quiet", "origin", "HEAD:main")
    for change in ({}, {"assets/adder/spec.yaml": str(component(version="2")["assets/adder/spec.yaml"])}):
        if change:
            for each in (repo, other):
                each.write(change)
                each.git("rm", "--quiet", "assets/adder/src/gone")
                each.git("add", "--all")
                subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "2"],
                               cwd=each.path, check=True, env={**os.environ, **env})  # fmt: skip
                each.git("push", "--quiet", "origin", "HEAD:main")
        told = json.loads(release(repo, "--tag", "--format", "json").out)
        other.release("--tag")
        form = "--format=%T%n%B"
        ours, theirs = (each.git("log", form, "release", at=each.origin) for each in (repo, other))
        own = re.compile("^(Release-Tag|Plan-Digest): .*\n", re.MULTILINE)  # a plan names the commit it goes on from
        assert own.sub("", ours) == own.sub("", theirs)
        assert repo.remote_refs().keys() == other.remote_refs().keys()
        assert repo.remote_refs()["refs/heads/release"] == told["commit"]
        assert repo.released() == other.released()
    files = repo.released()
    assert files["latest/component/adder/src/run.sh"][0] == "100755"
    assert files["latest/component/adder/src/link"] == ("120000", b"add.py")
    assert files["latest/component/adder/src/ü ö\n"] == ("100644", b"\0\xff\r\n")
    assert "latest/component/adder/src/gone" not in files
    assert repo.git("cat-file", "tag", "component/adder/2", at=repo.origin).endswith("\n\nRelease component/adder/2")
    assert repo.git("rev-parse", "component/adder/2^{commit}", at=repo.origin) == told["commit"]
    assert repo.git("rev-list", "--count", "release", at=repo.origin) == "2"
    repo.git("fsck", "--strict", at=repo.origin)


def test_github_is_left_to_name_author_and_tagger_so_that_it_signs(repo: Repo, server: GitHub) -> None:
    repo.commit(component())
    release(repo, "--tag")
    (commit,) = server.asked("POST", "git/commits")
    assert commit.keys() == {"message", "tree", "parents"}
    (tag,) = server.asked("POST", "git/tags")
    assert "tagger" not in tag


def test_a_second_run_and_a_dry_run_ask_github_nothing(repo: Repo, server: GitHub) -> None:
    repo.commit(component())
    before = state(repo), repo.git("count-objects", "-v")
    assert "nothing written" in release(repo, "--tag", "--dry-run").out
    assert (state(repo), repo.git("count-objects", "-v")) == before
    assert server.requests == []
    release(repo, "--tag")
    number = len(server.requests)
    assert release(repo, "--tag").out.endswith("nothing to do\n")
    assert len(server.requests) == number


@pytest.mark.usefixtures("server")
def test_a_branch_may_have_any_name_that_git_takes(repo: Repo) -> None:
    for version in ("1", "2"):
        repo.commit(component(version=version))
        release(repo, "--release-branch", "rel/ü#1%2F&x=y")
    assert repo.git("rev-list", "--count", "rel/ü#1%2F&x=y", "--", at=repo.origin) == "2"


@pytest.mark.usefixtures("server")
def test_the_clone_need_not_have_the_commit(repo: Repo) -> None:
    repo.commit(component())
    release(repo)
    commit = state(repo)["refs/heads/release"]
    assert git.missing_commits(repo.path, [commit]) == [commit]


@pytest.mark.parametrize("arguments", [("--author-name", "A"), ("--author-email", "a@example.com")])
def test_an_author_is_refused(repo: Repo, arguments: tuple[str, str]) -> None:
    ran = release(repo, *arguments, code=2)
    assert f"the author cannot be `{arguments[1]}`" in ran.err
    assert "--mode git" in ran.err


def test_a_tree_of_500_assets_goes_in_steps_and_comes_out_whole(repo: Repo, server: GitHub) -> None:
    blob = git.commit_tree_of(repo.path, repo.commit(component())).entries["assets/adder/src/add.py"]
    edits: dict[str, Entry | None] = {f"latest/component/c{n}/{name}": blob for n in range(500) for name in "abc"}
    made = by_api(repo, drafted(None, edits))
    assert made
    trees = server.asked("POST", "git/trees")
    assert [len(tree["tree"]) for tree in trees] == [git_data.ENTRIES_AT_ONCE] * 3
    assert git.write_tree(repo.path, None, edits) == repo.git("rev-parse", "release^{tree}", at=repo.origin)
    again = drafted(made.commit, dict.fromkeys(list(edits)[1:]))
    repo.git("fetch", "--quiet", "origin", "release")
    assert by_api(repo, again)
    assert len(repo.released()) == 1


@pytest.mark.usefixtures("server")
def test_a_file_gives_way_to_a_folder_of_its_name_and_the_reverse(repo: Repo) -> None:
    first = repo.commit({"file": "x", "folder/x": "y", "keep": "z"})
    repo.git("push", "--quiet", "origin", "HEAD:release")
    entries = git.commit_tree_of(repo.path, first).entries
    edits = {"file": None, "file/now": entries["file"], "folder/x": None, "folder": entries["keep"]}
    assert by_api(repo, drafted(first, edits))
    assert {path: content for path, (_, content) in repo.released().items()} == {
        "file/now": b"x", "folder": b"z", "keep": b"z"
    }  # fmt: skip


def rival(repo: Repo) -> str:
    """A commit of somebody else's that can follow what is released."""
    tip = state(repo).get("refs/heads/release")
    empty = repo.git("hash-object", "-t", "tree", "-w", os.devnull, at=repo.origin)
    return repo.git("commit-tree", empty, *(("-p", tip) if tip else ()), "-m", "Rival", at=repo.origin)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_release_that_somebody_overtakes_is_planned_again(repo: Repo, server: GitHub, is_first: bool) -> None:
    repo.commit(component())
    if not is_first:
        release(repo, "--tag")
        repo.commit(component(version="2"))
    commit = rival(repo)

    def overtake(request: Request) -> None:
        if request.path.endswith("/git/commits"):
            repo.git("update-ref", "refs/heads/release", commit, at=repo.origin)
            server.meanwhile = nothing

    server.meanwhile = overtake
    told = json.loads(release(repo, "--tag", "--format", "json").out)
    assert repo.git("rev-parse", f"{told['commit']}^", at=repo.origin) == commit
    assert len(server.asked("POST", "git/commits")) == (2 if is_first else 3)


def test_a_tag_that_was_made_meanwhile_lets_the_release_be_planned_again(repo: Repo, server: GitHub) -> None:
    what = draft(repo)
    repo.git("push", "--quiet", "origin", "HEAD:refs/tags/t/a/1")
    assert by_api(repo, what) is None
    assert server.requests == []


def test_a_tag_that_appears_at_the_last_moment_never_moves(repo: Repo, server: GitHub) -> None:
    what = draft(repo, tags=("t/a/1", "t/b/1"))
    elsewhere = state(repo)["refs/heads/main"]

    def tag(request: Request) -> None:
        if request.path.endswith("/git/refs") and b"t/b/1" in request.body:
            repo.git("update-ref", "refs/tags/t/b/1", elsewhere, at=repo.origin)

    server.meanwhile = tag
    with pytest.raises(UserError, match="`t/b/1` leads to the commit") as caught:
        by_api(repo, what)
    assert "`release` has the release commit" in caught.value.message
    assert "the next run makes the tags that are missing" in str(caught.value.fix)
    assert state(repo)["refs/tags/t/b/1"] == elsewhere
    assert "refs/tags/t/a/1" in state(repo)


@pytest.mark.usefixtures("server")
def test_missing_tags_are_made_later_and_those_that_are_there_stay(repo: Repo) -> None:
    made = by_api(repo, draft(repo, tags=("t/a/1",)))
    assert made
    before = state(repo)
    again = publishing.tag_by_api(repo.path, "origin", made.commit, ["t/a/1", "t/é/1"])
    assert again.keys() == {"t/é/1"}
    assert state(repo).items() > before.items()
    assert repo.git("rev-parse", "refs/tags/t/é/1^{commit}", at=repo.origin) == made.commit
    with pytest.raises(UserError, match="leads to the commit"):
        publishing.tag_by_api(repo.path, "origin", before["refs/heads/main"], ["t/a/1"])
    assert state(repo)["refs/tags/t/a/1"] == before["refs/tags/t/a/1"]


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        *((kind, Drop()) for kind in ("blobs", "trees", "commits", "refs", "tags")),
        ("trees", refusal(502, "Server Error")),
        ("trees", refusal(429, "slow", **{"Retry-After": "0"})),
        ("trees", refusal(403, "You have exceeded a secondary rate limit.", **{"Retry-After": "0"})),
    ],
)
def test_what_fails_once_is_tried_again(repo: Repo, server: GitHub, kind: str, effect: Answer | Drop) -> None:
    server.faults = [Fault(effect, path=f"/git/{kind}", times=1)]
    made = by_api(repo, draft(repo))
    assert made
    assert server.faults[0].hits == 1
    assert state(repo)["refs/heads/release"] == made.commit
    assert "refs/tags/t/a/1" in state(repo)


def test_moving_a_branch_is_tried_again(repo: Repo, server: GitHub) -> None:
    what = draft(repo)
    repo.git("push", "--quiet", "origin", "HEAD:release")
    server.faults = [Fault(refusal(502, "Server Error"), path="/git/refs/heads", method="PATCH", times=1)]
    made = by_api(repo, after(what, state(repo)["refs/heads/release"]))
    assert made
    assert state(repo)["refs/heads/release"] == made.commit


def test_the_remotes_address_counts_for_more_than_where_the_workflow_runs(
    repo: Repo, server: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = draft(repo, tags=())
    repo.git("remote", "set-url", "origin", f"http://someone@{server.host}/{NAME}.git")
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo/other")
    assert by_api(repo, what)


class Forgetful(GitHub):
    """It does what it is asked, and hangs up instead of telling so, once."""

    lost = 0

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method in ("POST", "PATCH") and "/refs" in request.path and not self.lost:
            self.lost += 1
            raise ConnectionAbortedError
        return answer


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.usefixtures("server")
def test_a_branch_that_moved_though_the_answer_was_lost_is_released(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    what = draft(repo)
    if not is_first:
        repo.git("push", "--quiet", "origin", "HEAD:release")
        what = after(what, state(repo)["refs/heads/release"])
    with Forgetful(repo) as forgetful:
        monkeypatch.setenv("GITHUB_API_URL", forgetful.environment["GITHUB_API_URL"])
        made = by_api(repo, what)
        assert forgetful.lost == 1
    assert made
    assert state(repo)["refs/heads/release"] == made.commit


RULES = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"


@pytest.mark.parametrize(
    ("effect", "path", "what", "fix"),
    [
        (refusal(401, "Bad credentials"), "blobs", "does not take the token", "GITHUB_TOKEN"),
        (refusal(403, "Resource not accessible by integration"), "blobs", "may not do this", "contents: write"),
        (refusal(403, "Resource protected by organization SAML enforcement. You must grant your Personal Access token"
                 " access to this organization."), "blobs", "single sign-on", "authorize"),
        (refusal(403, "Repository was archived so is read-only."), "blobs", "archived", "unarchive"),
        (refusal(403, "API rate limit exceeded for installation ID 1.", **{"X-RateLimit-Reset": "4102444800"}),
         "blobs", "rate limit for this token is used up until 2100-01-01 00:00 UTC", "wait, and run it again"),
        (refusal(403, "You have exceeded a secondary rate limit.", **{"Retry-After": "0"}), "blobs", "rate limit", "again"),
        (refusal(404, "Not Found"), "blobs", "no such repository", "GITHUB_REPOSITORY"),
        (refusal(409, "Git Repository is empty."), "blobs", "no branch at all", "push a branch first"),
        (refusal(422, "Sorry, your request timed out.  It's likely that your input was too large to process."),
         "trees", "too much for GitHub's API", "--mode git"),
        (refusal(422, "GitRPC::BadObjectState"), "trees", "GitHub lacks files", "push the source commit"),
        (refusal(422, RULES), "refs", "a rule of the repository", "bypass"),
        (refusal(422, "Repository rule violations found\n\nCommits must have verified signatures.\n"), "refs",
         "GitHub did not sign", "GitHub App"),
        (refusal(422, "Required status check \"ci\" is expected."), "refs", "protection of a branch", "bypass"),
        (refusal(500, "Server Error"), "blobs", "not available", "later"),
        (Answer(503, {"Content-Type": "text/html"}, b"<html>Unicorn!</html>"), "blobs", "not available", "later"),
        (Answer(200, {}, b'{"sha": '), "blobs", "does not answer as it should", "GITHUB_API_URL"),
        (Answer(200, {}, b"<html>a proxy</html>"), "blobs", "does not answer as it should", "GITHUB_API_URL"),
        (refusal(418, "\x1b[31mteapot"), "blobs", "GitHub refuses", "report it"),
        (Drop(), "blobs", "cannot be reached", "network"),
    ],
)  # fmt: skip
def test_each_error_says_what_and_why_and_what_to_do_and_nothing_is_released(
    repo: Repo, server: GitHub, effect: Answer | Drop, path: str, what: str, fix: str
) -> None:
    asked = draft(repo)
    before = state(repo)
    server.faults = [Fault(effect, path=f"/git/{path}", method="POST")]
    with pytest.raises(UserError) as caught:
        by_api(repo, asked)
    assert what in caught.value.message
    assert fix in str(caught.value.fix)
    assert TOKEN not in caught.value.message
    assert state(repo) == before
    assert 1 <= server.faults[0].hits <= connection.TRIES


def test_a_refusal_reaches_the_user(repo: Repo, server: GitHub) -> None:
    repo.commit(component())
    server.faults = [Fault(refusal(403, "Resource not accessible by integration\x1b[2J"), path="/git/")]
    ran = release(repo, code=2)
    assert ran.err.startswith("error: the token may not do this\n")
    assert "Resource not accessible by integration" in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.usefixtures("server")
def test_an_empty_repository_takes_nothing(repo: Repo) -> None:
    what = draft(repo)
    repo.git("update-ref", "-d", "refs/heads/main", at=repo.origin)
    with pytest.raises(UserError, match="no branch at all"):
        by_api(repo, what)


@pytest.mark.usefixtures("server")
def test_a_source_that_was_not_pushed_is_told(repo: Repo) -> None:
    repo.commit({"a": "b"})
    repo.write(component())
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "Not pushed")
    ran = release(repo, code=2)
    assert "push the source commit" in ran.err
    assert "refs/heads/release" not in state(repo)


@pytest.mark.parametrize("kind", ["blobs", "trees"])
def test_nothing_else_is_released_than_what_is_planned(repo: Repo, server: GitHub, kind: str) -> None:
    what = draft(repo)
    server.faults = [Fault(Answer.json({"sha": "1" * 40, "url": ""}, 201), path=f"/git/{kind}")]
    with pytest.raises(UserError, match=r"another object .* nothing was released"):
        by_api(repo, what)
    assert server.asked("POST", "git/commits") == []


@pytest.mark.parametrize("where", ["path", "tag", "message"])
def test_what_is_not_utf_8_is_refused_before_anything_is_written(repo: Repo, server: GitHub, where: str) -> None:
    what = draft(repo)
    (entry,) = what.plan.edits.values()
    wrong = {
        "path": drafted(None, {"latest/caf\udce9": entry}),
        "tag": what._replace(tags=["caf\udce9"]),
        "message": what._replace(message="caf\udce9"),
    }[where]
    with pytest.raises(UserError, match="not UTF-8"):
        by_api(repo, wrong)
    assert server.requests == []


class Elsewhere(Server):
    """Another host, which must not learn the token."""

    def answer(self, request: Request) -> Answer:  # noqa: ARG002
        return Answer.json({"sha": "1" * 40, "object": {"type": "commit", "sha": "1" * 40}}, 201)


@pytest.mark.parametrize(
    ("status", "host"),
    [(301, "127.0.0.1"), (301, "localhost"), (302, "localhost"), (307, "localhost"), (308, "localhost")],
)
def test_a_redirect_does_not_carry_the_token_elsewhere(repo: Repo, server: GitHub, status: int, host: str) -> None:
    what = draft(repo)
    before = state(repo)
    with Elsewhere() as elsewhere:
        location = f"http://{host}:{elsewhere.host.partition(':')[2]}/repos/{NAME}/git/blobs"
        server.faults = [Fault(refusal(status, "Moved Permanently", Location=location), path="/git/blobs")]
        with pytest.raises(UserError, match="does not answer as it should") as caught:
            by_api(repo, what)
        assert elsewhere.requests == []
    assert "GITHUB_REPOSITORY" in str(caught.value.fix)
    assert state(repo) == before


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ({"GITHUB_TOKEN": ""}, "a token is needed"),
        ({"GITHUB_TOKEN": "a\nb"}, "no token has"),
        ({"GITHUB_TOKEN": "clé"}, "no token has"),
        ({"GITHUB_REPOSITORY": ""}, "which repository on GitHub the remote `origin` is cannot be told"),
        ({"GITHUB_REPOSITORY": "assets"}, "`assets` names no repository"),
        ({"GITHUB_REPOSITORY": "../x/y"}, "names no repository"),
        ({"GITHUB_REPOSITORY": "o/r\nx"}, "names no repository"),
        ({"GITHUB_API_URL": "http://api.example.com"}, "no address to send a token to"),
        ({"GITHUB_API_URL": "ftp://127.0.0.1"}, "no address to send a token to"),
        ({"GITHUB_API_URL": "https://"}, "no address to send a token to"),
        ({"GITHUB_API_URL": "https://h:port"}, "no address to send a token to"),
        ({"GITHUB_API_URL": "nonsense"}, "no address to send a token to"),
    ],
)
def test_what_the_environment_lacks_is_told(
    repo: Repo, server: GitHub, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], what: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=what) as caught:
        by_api(repo, draft(repo))
    assert caught.value.fix
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_the_token_of_the_command_line_tool_will_do(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GH_TOKEN", f"{TOKEN}\n")
    assert by_api(repo, draft(repo))


def test_the_commands_start_without_what_speaks_to_github(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    (tmp_path / "github.py").write_text("raise SystemExit('imported')")
    ran = repo.run(
        "release-commit",
        "--dry-run",
        "--mode",
        "api",
        env={"PYTHONPATH": f"{Path(connection.__file__).parents[2]}:{tmp_path}"},
    )
    assert ran.code == 0, ran.err


def test_tags_that_a_run_could_not_make_are_made_by_the_next_one_at_the_same_commit(repo: Repo, server: GitHub) -> None:
    repo.commit({**component(), **environment()})
    server.faults = [Fault(refusal(403, "Resource not accessible by integration"), path="/git/tags", method="POST")]
    ran = release(repo, "--tag", code=2)
    assert "but not all of its tags" in ran.err
    assert "the next run makes the tags that are missing" in ran.err
    commit = state(repo)["refs/heads/release"]
    assert not any(name.startswith("refs/tags/") for name in state(repo))
    server.faults = []
    repo.commit({"assets/env-1/context/Dockerfile": "FROM x\n"})
    assert repo.plan()["environment/env-1"] == ("updated", "2")
    told = json.loads(release(repo, "--tag", "--format", "json").out)
    assert sorted(told["tags"]) == ["component/adder/1", "environment/env-1/1", "environment/env-1/2"]
    leads = {tag: repo.git("rev-parse", f"{tag}^{{commit}}", at=repo.origin) for tag in told["tags"]}
    assert leads == {
        "component/adder/1": commit, "environment/env-1/1": commit, "environment/env-1/2": told["commit"],
    }  # fmt: skip
    assert release(repo, "--tag").out.endswith("nothing to do\n")
