"""What a refused push says, by real pushes to real repositories; GitHub's texts come from their hooks, word for word."""

import shlex
from typing import NamedTuple

import pytest

from assets_actions import git
from assets_actions.commands.release.refusals import REFUSALS, explain
from tests.conftest import Ran, Repo, component
from tests.registries.server import Answer, Request, Server


class Case(NamedTuple):
    text: str
    what: str
    fix: str


BRANCH = "error: GH013: Repository rule violations found for refs/heads/release.\n\n"
GITHUB = {
    "signatures": Case(
        BRANCH + "- Commits must have verified signatures.\n  Found 1 violation:\n\n  027faa7121ee9df79db623e1a284\n",
        "signed commits only",
        "--mode api",
    ),
    "tag rule": Case(
        "error: GH013: Repository rule violations found for refs/tags/component/adder/1.\n"
        "Review all repository rules at https://github.com/o/r/rules?ref=refs%2Ftags%2Fcomponent\n\n"
        "- Cannot create ref due to creations being restricted.\n",
        "forbids the release tags",
        "without --tag",
    ),
    "branch rule": Case(
        BRANCH + "- Changes must be made through a pull request.\n",
        "a rule of the repository forbids the push",
        "Settings → Rules",
    ),
    "secret": Case(
        BRANCH + "- GITHUB PUSH PROTECTION\n    - Push cannot contain secrets\n", "contains a secret", "revoke"
    ),
    "protected": Case(
        "error: GH006: Protected branch update failed for refs/heads/release.\n\n"
        "- You're not authorized to push to this branch. Visit https://docs.github.com/ for more information.\n",
        "the release branch is protected",
        "Settings → Branches",
    ),
    "large": Case(
        "error: Trace: 4d8e35248ebbf5e8\nerror: See https://gh.io/lfs for more information.\n"
        "error: File latest/data/x/def.mov is 117.80 MB; this exceeds GitHub's file size limit of 100.00 MB\n"
        "error: GH001: Large files detected. You may want to try Git Large File Storage - https://git-lfs.github.com.\n",
        "larger than GitHub takes",
        "Git LFS",
    ),
    "workflow": Case(
        "refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows`"
        " permission\n",
        "workflow files",
        "permission `workflows`",
    ),
    "unknown": Case(
        "the check timed out: Connection refused\n", "a hook of the remote declined the push", "says why above"
    ),
}


def hook(repo: Repo, name: str, script: str) -> None:
    file = repo.origin / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def refused(repo: Repo, *arguments: str) -> Ran:
    """What a release says that is refused, and leaves no trace."""
    before = repo.remote_refs(), git.local_refs(repo.path)
    ran = repo.run("release-commit", "--tag", *arguments)
    assert ran.code == 2, ran.out
    assert "Traceback" not in ran.err
    assert (repo.remote_refs(), git.local_refs(repo.path)) == before
    return ran


@pytest.mark.parametrize("case", GITHUB)
def test_a_refusal_by_github_says_what_to_do_and_quotes_it(repo: Repo, case: str) -> None:
    text, what, fix = GITHUB[case]
    repo.commit(component())
    hook(repo, "pre-receive", f"printf %s {shlex.quote(text)} >&2; exit 1")
    ran = refused(repo)
    headline, *quoted, last = ran.err.splitlines()
    assert what in headline
    assert last.startswith("  fix: ")
    assert fix in last
    told = "\n".join(quoted)
    assert all(line.strip() in told for line in text.splitlines())


def test_where_many_tags_are_refused_those_to_blame_are_quoted(repo: Repo) -> None:
    for number in range(30):
        repo.write(component(f"c{number}"))
    repo.commit()
    hook(repo, "update", 'case "$1" in refs/tags/component/c7/1) echo "not seven" >&2; exit 1;; esac')
    ran = refused(repo)
    assert "not seven" in ran.err
    assert "component/c7/1 (hook declined)" in ran.err
    assert "c8" not in ran.err


def test_a_remote_that_takes_nothing_as_a_whole_is_refused(repo: Repo) -> None:
    repo.commit(component())
    repo.git("config", "receive.advertiseAtomic", "false", at=repo.origin)
    assert "the remote cannot take branch and tags as a whole" in refused(repo).err


def test_a_remote_without_room_says_so(repo: Repo) -> None:
    repo.commit(component())
    repo.git("config", "receive.maxInputSize", "1", at=repo.origin)
    assert "a limit of the remote is reached" in refused(repo).err


def test_a_tag_in_the_way_of_a_folder_of_tags_is_told(repo: Repo) -> None:
    repo.commit(component())
    repo.git("push", "--quiet", "origin", "HEAD:refs/tags/component/adder")
    assert "a branch or tag of the remote is in the way" in refused(repo).err


@pytest.mark.parametrize(
    ("remote", "what"),
    [
        ("/nowhere", "there is no such repository"),
        ("http://127.0.0.1:9/o/r.git", "the remote cannot be reached"),
        ("http://no-such-host.invalid/o/r.git", "the remote cannot be reached"),
    ],
)
def test_a_remote_that_is_not_there_is_told_before_anything_is_planned(repo: Repo, remote: str, what: str) -> None:
    repo.commit(component())
    ran = refused(repo, "--remote", remote)
    assert what in ran.err
    assert remote in ran.err


class Refusing(Server):
    """A git server on HTTP that gives everybody the same answer."""

    def __init__(self, effect: Answer) -> None:
        super().__init__()
        self.effect = effect

    def answer(self, request: Request) -> Answer:  # noqa: ARG002
        return self.effect


def plain(status: int, text: str = "", **headers: str) -> Answer:
    return Answer(status, {"Content-Type": "text/plain", **headers}, text.encode())


@pytest.mark.parametrize(
    ("effect", "what", "fix"),
    [
        (plain(403, "Permission to o/r.git denied to github-actions[bot]."), "may not write", "contents: write"),
        (plain(403, "Write access to repository not granted."), "may not write", "contents: write"),
        (plain(403, "This repository was archived so it is read-only."), "archived", "unarchive"),
        (plain(403, "The 'o' organization has enabled or enforced SAML SSO."), "single sign-on", "authorize"),
        (plain(401, "", **{"WWW-Authenticate": 'Basic realm="GitHub"'}), "asks for a login", "persist-credentials"),
        (plain(404, "Repository not found."), "no such repository", "new address"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("setting", ["url", "pushurl"])
def test_a_push_that_the_server_does_not_even_begin_is_explained(
    repo: Repo, setting: str, effect: Answer, what: str, fix: str
) -> None:
    """With `url`, already when the release branch is asked for; with `pushurl`, at the push alone."""
    repo.commit(component())
    with Refusing(effect) as server:
        repo.git("config", f"remote.origin.{setting}", f"http://user:s3cret@{server.host}/o/r.git")
        ran = refused(repo)
    assert what in ran.err
    assert fix in ran.err.splitlines()[-1]
    assert "s3cret" not in ran.err


def test_a_connection_that_breaks_off_is_told(repo: Repo) -> None:
    repo.commit(component())
    hook(repo, "pre-receive", "kill -9 $PPID")
    assert "the connection to the remote broke off" in refused(repo).err


def test_a_push_that_arrived_though_its_answer_was_lost_is_a_release(repo: Repo) -> None:
    repo.commit(component())
    hook(repo, "post-receive", "kill -9 $PPID")
    result = repo.release("--tag").json
    assert repo.remote_refs()["refs/heads/release"] == result["commit"]
    assert result["tags"] == ["component/adder/1"]


def test_what_nobody_knows_is_said_as_git_said_it() -> None:
    error = explain(git.GitError("fatal: https://me:pass@example.com/r: \x1b[31mwho knows"))
    assert error.message == "fatal: https://example.com/r: \x1b[31mwho knows"


def test_each_refusal_is_reached_by_a_text_of_its_own() -> None:
    texts = [
        *(text for text, _, _ in GITHUB.values()), "This repository was archived so it is read-only.", "SAML SSO",
        "Permission to o/r.git denied to deploy key", "fatal: could not read Username for 'https://github.com'",
        "Host key verification failed.", "fatal: unable to access 'x': Could not resolve host: x",
        "fatal: the receiving end does not support --atomic push", "fatal: repository 'x' not found",
        "error: remote unpack failed: unpack-objects abnormal exit", "cannot lock ref 'refs/tags/x'",
        "! [remote rejected] x (pre-receive hook declined)", "fatal: the remote end hung up unexpectedly",
    ]  # fmt: skip
    assert {explain(git.GitError(text)).message.partition("\n")[0] for text in texts} >= {r.what for r in REFUSALS}
