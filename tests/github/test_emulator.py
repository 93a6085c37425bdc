"""Releases through an emulator of GitHub that others have made."""

import pytest

from assets_actions import git
from assets_actions.assets.tree import Entry
from assets_actions.errors import UserError
from assets_actions.github.connection import Connection
from assets_actions.github.git_data import ENTRIES_AT_ONCE, Repository
from tests.conftest import Repo
from tests.github.emulator import TOKEN, Emulator


@pytest.fixture
def remote(emulator: Emulator, repo: Repo) -> Repository:
    repo.commit({"README.md": "x"})
    return Repository(Connection(f"http://{emulator.host}", emulator.name, TOKEN))


def test_commit_branch_and_tags_are_written_and_followed_by_the_next(remote: Repository, repo: Repo) -> None:
    contents = [b"text\n", b"\0\xff", b"add.py"]
    git.write_blobs(repo.path, contents)
    blobs = [remote.write_blob(content) for content in contents]
    edits: dict[str, Entry | None] = {
        "latest/a/ü x": Entry("100644", blobs[0]),
        "latest/a/run.sh": Entry("100755", blobs[1]),
        "latest/b/link": Entry("120000", blobs[2]),
        **{f"latest/many/{number}": Entry("100644", blobs[0]) for number in range(ENTRIES_AT_ONCE)},
    }
    tree = remote.write_tree(None, edits)
    assert tree == git.write_tree(repo.path, None, edits)
    first = remote.write_commit(tree, None, "Release\n")
    assert remote.commit_of("heads/releases/new") is None
    assert remote.move_branch("releases/new", None, first)
    assert remote.commit_of("heads/releases/new") == first
    less: dict[str, Entry | None] = {
        "latest/a/run.sh": None,
        "latest/b/link": None,
        "latest/b/new": edits["latest/b/link"],
    }
    next_tree = remote.write_tree(tree, less)
    local = git.write_commit(repo.path, git.write_tree(repo.path, None, edits), None, "x", git.Identity("A", "a@b"))
    assert next_tree == git.write_tree(repo.path, local, less)
    second = remote.write_commit(next_tree, first, "Release\n")
    rival = remote.write_commit(next_tree, first, "Rival\n")
    assert remote.move_branch("releases/new", first, second)
    assert not remote.move_branch("releases/new", first, rival)
    assert not remote.move_branch("releases/new", None, rival)
    assert remote.commit_of("heads/releases/new") == second


def test_whatever_is_pushed_to_the_bare_repository_is_on_the_emulator(remote: Repository, repo: Repo) -> None:
    repo.write({"run.sh": "#!/bin/sh\n", "ü ö\n/a b": b"\0\xff\r\n"})
    (repo.path / "run.sh").chmod(0o755)
    (repo.path / "link").symlink_to("run.sh")
    repo.commit()
    repo.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message", "\n\n  É  \n\nTrailer: x\n\n\n")
    repo.git("push", "--quiet", "origin", "HEAD:refs/heads/a/b#1%2F")
    repo.git("push", "--quiet", "--force", "origin", "HEAD~2:main")
    for branch, commit in (("a/b#1%2F", "HEAD"), ("main", "HEAD~2")):
        assert remote.commit_of(f"heads/{branch}") == repo.git("rev-parse", commit)
    repo.git("push", "--quiet", "origin", ":a/b#1%2F")
    assert remote.commit_of("heads/a/b#1%2F") is None


def test_a_tag_stays_where_it_is(remote: Repository) -> None:
    main = remote.commit_of("heads/main")
    assert main
    tree = remote.write_tree(None, {"x": Entry("100644", remote.write_blob(b""))})
    other = remote.write_commit(tree, None, "Other\n")
    remote.write_tag("component/é/1", main)
    assert remote.commit_of("tags/component/é/1") == main
    remote.write_tag("component/é/1", main)
    with pytest.raises(UserError, match="leads to the commit"):
        remote.write_tag("component/é/1", other)
    assert remote.commit_of("tags/component/é/1") == main


def test_a_repository_that_is_not_there_is_told(emulator: Emulator) -> None:
    with pytest.raises(UserError, match="no such repository"):
        Repository(Connection(f"http://{emulator.host}", "octocat/none", TOKEN)).write_blob(b"x")
