"""The working tree as a tree."""

import os
from pathlib import Path

import pytest

from assets_actions import worktree
from assets_actions.assets.tree import EXECUTABLE, FILE, SUBMODULE, SYMLINK, Entry
from assets_actions.errors import UserError
from tests.conftest import Repo

NAMES = ["a b", "new\nline", "ünï", os.fsdecode(b"\xff"), ".dot/x", "-dash"]


def fill(directory: Path) -> None:
    for name in NAMES:
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(name.encode("utf-8", "surrogateescape"))
    (directory / "run").write_text("#!/bin/sh\n")
    (directory / "run").chmod(0o755)
    (directory / "link").symlink_to("run")
    (directory / "folder link").symlink_to(".dot")
    (directory / "dangling").symlink_to("nowhere")


WANTED = {name: Entry(FILE) for name in NAMES} | {"run": Entry(EXECUTABLE)}
WANTED |= dict.fromkeys(["link", "folder link", "dangling"], Entry(SYMLINK))


def test_files_of_any_name_and_kind_are_seen_tracked_or_not(repo: Repo) -> None:
    fill(repo.path)
    assert worktree.scan(repo.path, in_git=True).entries == WANTED
    repo.commit()
    tree = worktree.scan(repo.path, in_git=True)
    assert tree.entries == WANTED
    assert tree.read(["new\nline", "link"]) == {"new\nline": b"new\nline", "link": b"run"}


def test_a_plain_directory_is_seen_alike(tmp_path: Path) -> None:
    fill(tmp_path)
    assert worktree.scan(tmp_path, in_git=False).entries == WANTED


def test_git_tells_what_is_executable_where_it_does_not_go_by_the_file_system(repo: Repo) -> None:
    fill(repo.path)
    repo.commit()
    repo.git("config", "core.fileMode", "false")
    (repo.path / "run").chmod(0o644)
    (repo.path / "a b").chmod(0o755)
    (repo.path / "new").write_text("x")
    assert worktree.scan(repo.path, in_git=True).entries == {**WANTED, "new": Entry(FILE)}


def test_submodules_pipes_and_ignored_files_are_no_files(repo: Repo) -> None:
    repo.write({".gitignore": "ignored\n", "ignored": "x", "gone": "x"})
    commit = repo.commit()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    (repo.path / "gone").unlink()
    os.mkfifo(repo.path / "gone")
    assert worktree.scan(repo.path, in_git=True).entries == {".gitignore": Entry(FILE), "module": Entry(SUBMODULE)}


def test_writing_replaces_contents_and_keeps_modes(tmp_path: Path) -> None:
    fill(tmp_path)
    worktree.write(tmp_path, {"run": b"new", "new\nline": b"\0"})
    assert (tmp_path / "run").read_bytes() == b"new"
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "new\nline").read_bytes() == b"\0"


def test_files_that_are_as_the_index_has_them_have_their_blobs_id(repo: Repo) -> None:
    repo.commit({"same": "1", "changed": "1", "gone": "1"})
    repo.write({"changed": "22", "new": "1"})
    (repo.path / "gone").unlink()
    blobs = {path: entry.blob for path, entry in worktree.scan(repo.path, True, blobs=True).entries.items()}
    assert blobs == {"same": repo.git("rev-parse", "HEAD:same"), "changed": "", "new": ""}
    assert set(worktree.scan(repo.path, True).sizes.items()) == {("same", 1), ("changed", 2), ("new", 1)}


def test_files_are_written_out_with_their_modes_and_links_and_none_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    entries = {
        "a b/run": Entry(EXECUTABLE),
        "link": Entry(SYMLINK),
        "module": Entry(SUBMODULE),
        os.fsdecode(b"\xff"): Entry(FILE),
    }
    worktree.write_out(tmp_path / "copy", entries, [b"x", os.fsencode(outside), b"", b"y"])
    copy = tmp_path / "copy"
    assert os.access(copy / "a b/run", os.X_OK)
    assert os.readlink(copy / "link") == str(outside)
    assert list((copy / "module").iterdir()) == []
    assert (copy / os.fsdecode(b"\xff")).read_bytes() == b"y"
    with pytest.raises(FileExistsError):
        worktree.write_out(copy, {}, [])


@pytest.mark.parametrize("path", ["link/a", "link/deep/a", "../a", "x/../../a", "/a", "x//a"])
def test_nothing_is_written_out_behind_a_link_or_elsewhere(tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    entries = {"link": Entry(SYMLINK), path: Entry(FILE)}
    with pytest.raises(UserError, match="lies behind a symbolic link, or outside"):
        worktree.write_out(tmp_path / "copy", entries, [os.fsencode(outside), b"x"])
    assert list(outside.iterdir()) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy", "outside"]
