"""Questions to the real git."""

import os
import subprocess
from pathlib import Path

import pytest

from assets_actions import git
from assets_actions.assets.tree import Entry
from tests.conftest import Repo


def test_blobs_of_any_size_and_content_are_read_in_one_go(repo: Repo) -> None:
    contents = {f"f{n}": bytes([n % 256]) * n * 1000 for n in range(40)} | {"empty": b"", "newlines": b"\n\n\n"}
    repo.commit(dict(contents))
    tree = git.commit_tree_of(repo.path, git.commit_of(repo.path, "HEAD"))
    assert tree.read(contents) == contents
    assert list(git.read_blobs(repo.path, [])) == []


def test_a_blob_that_is_missing_is_an_error(repo: Repo) -> None:
    with pytest.raises(git.GitError, match="missing"):
        list(git.read_blobs(repo.path, ["1" * 40]))


@pytest.mark.parametrize("told", [b"", b"%s blob 9", b"%s blob 9\n", b"%s blob 9\n1234", b"%s blob 9\n123456789"])
def test_git_that_is_killed_while_it_tells_a_blob_is_an_error_and_no_endless_wait(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bytes
) -> None:
    blob = "1" * 40
    (tmp_path / "told").write_bytes(told.replace(b"%s", blob.encode()))
    (tmp_path / "git").write_text(f"#!/bin/sh\ncat {tmp_path}/told\nkill -KILL $$\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for limit in (None, 2):
        with pytest.raises(git.GitError, match="git ended before it had told"):
            list(git.read_blobs(repo.path, [blob], limit))


def test_no_commit_has_no_files(repo: Repo) -> None:
    assert git.commit_tree_of(repo.path, None).entries == {}
    assert git.commit_of(repo.path, "HEAD") is None


@pytest.mark.parametrize("name", ["--help", "-n", "x y", "HEAD^{tree}", "", "$(id)", "HEAD\nHEAD"])
def test_a_name_that_is_no_commit_names_none(repo: Repo, name: str) -> None:
    repo.commit({"a": "b"})
    assert git.commit_of(repo.path, name) is None


def test_a_tree_is_written_without_touching_index_or_working_tree(repo: Repo) -> None:
    first = repo.commit({"file": "x", "folder/x": "x", "keep": "x", "gone": "x"})
    entries = git.commit_tree_of(repo.path, first).entries
    git.write_blobs(repo.path, [b"new", b"\0\xff\n"])
    tree = git.write_tree(
        repo.path,
        first,
        {
            "file": None,
            "file/now/folder": entries["file"],
            "folder/x": None,
            "folder": entries["keep"],
            "gone": None,
            "new\nname": entries["keep"]._replace(mode="100755"),
        },
    )
    assert repo.git("ls-tree", "-r", "--name-only", "-z", tree).split("\0")[:-1] == [
        "file/now/folder",
        "folder",
        "keep",
        "new\nname",
    ]
    assert repo.git("status", "--porcelain") == ""
    assert not list(Path(repo.path / ".git").glob("*.lock"))


def test_the_trailers_are_those_of_the_last_commit_that_has_the_one_asked_for(repo: Repo) -> None:
    first = repo.commit({"a": "1"}, f"One\n\nbody: is none\n\nSource-Commit: {'a' * 40}\nBurned: a: b\nBurned: c\n")
    repo.commit({"a": "2"}, "Two\n\nSource-Commit: is mentioned here\nand no trailer\n")
    repo.commit({"a": "3"}, "By hand")
    trailers = [("Source-Commit", "a" * 40), ("Burned", "a: b"), ("Burned", "c")]
    assert git.last_trailers(repo.path, "HEAD", "Source-Commit") == (first, trailers)
    assert git.last_trailers(repo.path, "HEAD", "Nothing") is None


def test_files_are_removed_where_hashes_are_longer(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", tmp_path / "repo.git")
    repo.path.mkdir()
    repo.git("init", "--quiet", "--bare", "--object-format=sha256", str(repo.origin))
    repo.git("init", "--quiet", "--object-format=sha256")
    repo.git("remote", "add", "origin", str(repo.origin))
    commit = repo.commit({"keep": "x", "gone": "x"})
    assert repo.git("ls-tree", "--name-only", git.write_tree(repo.path, commit, {"gone": None})) == "keep"
    repo.git("rm", "--quiet", "gone")
    repo.commit()
    assert next(git.changes(repo.path, "HEAD", "Source")).entries == {"gone": None}


@pytest.mark.parametrize(
    "setting",
    [
        "grep.patternType=fixed",
        "trailer.separators==",
        "i18n.logOutputEncoding=ISO-8859-1",
        "i18n.commitEncoding=ISO-8859-1",
        "log.showRoot=false",
        "diff.orderFile=/nonexistent",
    ],
)
def test_what_was_released_is_read_the_same_whatever_the_users_settings(repo: Repo, setting: str) -> None:
    repo.git("config", *setting.split("=", 1))
    blob = repo.commit({"a": "1"}) and repo.git("rev-parse", "HEAD:a")
    tree = git.tree_of(repo.path, "HEAD")
    commit = git.write_commit(
        repo.path, tree, None, f"Release\n\nSource: {tree}\nBurned: é\n", git.Identity("É", "e@example.com")
    )
    assert git.last_trailers(repo.path, commit, "Source") == (commit, [("Source", tree), ("Burned", "é")])
    assert [(one.trailer, one.entries) for one in git.changes(repo.path, commit, "Burned")] == [
        ("é", {"a": Entry("100644", blob)})
    ]
    assert git.changed_files(repo.path, commit, commit) == []
    assert "encoding" not in repo.git("cat-file", "commit", commit)


def test_replaced_objects_are_read_as_every_other_clone_has_them(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"a": "2"})
    repo.git("replace", second, first)
    repo.git("replace", repo.git("rev-parse", f"{second}^{{tree}}:a"), repo.git("rev-parse", f"{first}:a"))
    assert git.commit_tree_of(repo.path, second).read(["a"]) == {"a": b"2"}
    assert git.parents(repo.path, second) == [first]


def test_no_other_half_of_a_split_index_is_left(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("config", "core.splitIndex", "true")
    git.write_tree(repo.path, commit, {"a": None})
    git.filtered_files(repo.path, commit, "lfs")
    assert not list((repo.path / ".git").glob("sharedindex.*"))


def test_messages_with_a_line_are_those_of_all_commits_since_another(repo: Repo) -> None:
    first = repo.commit({"a": "1"}, "One\n\nKey: 1")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.git("commit", "--quiet", "--allow-empty", "--message", "Two\n\nKey: 2\n\nand more")
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c": "1"}, "Three: no Key: 3")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge", "side")
    assert git.messages(repo.path, "HEAD", first, "Key") == ["Two\n\nKey: 2\n\nand more\n"]
    assert len(git.messages(repo.path, "HEAD", None, "Key")) == 2


def test_refs_are_told_by_the_commits_they_name(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("tag", "light/1")
    repo.git("tag", "--annotate", "--message", "x", "heavy/1")
    repo.git("push", "--quiet", "--tags", "origin")
    wanted = {"refs/tags/heavy/1": commit, "refs/tags/light/1": commit}
    assert git.local_refs(repo.path, "refs/tags/") == wanted
    assert git.remote_refs(repo.path, "origin", "refs/tags/*") == wanted


def test_a_remote_that_is_not_there_is_an_error_that_says_so(repo: Repo) -> None:
    with pytest.raises(git.GitError, match="no-such"):
        git.remote_refs(repo.path, "no-such")


def test_git_that_is_not_installed_is_said(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(git.GitError, match="the git program was not found"):
        git.top_level(repo.path)


def test_a_push_is_all_or_nothing_never_forced_and_takes_nothing_else_along(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"a": "2"})
    repo.git("config", "push.followTags", "true")
    repo.git("tag", "--annotate", "--message", "private", "private")
    tags = git.write_tags(repo.path, {"t/a/1": second, "t/b/1": second}, git.Identity("Ö", "o@example.com"))
    git.push(repo.path, "origin", "x", second, tags)
    pushed = repo.remote_refs()
    assert pushed.keys() == {"refs/heads/main", "refs/heads/x", "refs/tags/t/a/1", "refs/tags/t/b/1"}
    with pytest.raises(git.GitError):
        git.push(repo.path, "origin", "x", first, git.write_tags(repo.path, {"t/c/1": first}, git.Identity("A", "a@b")))
    assert repo.remote_refs() == pushed
    assert git.local_refs(repo.path, "refs/assets-actions/") == {}


@pytest.mark.parametrize("setting", ["only", "check", "on-demand"])
def test_a_push_arrives_whatever_the_user_says_of_submodules(repo: Repo, setting: str) -> None:
    commit = repo.commit({"a": "1"})
    repo.git("config", "push.recurseSubmodules", setting)
    git.push(repo.path, "origin", "x", commit, {})
    assert repo.remote_refs()["refs/heads/x"] == commit


def test_a_push_clears_away_what_a_killed_one_has_left_and_nothing_of_one_that_goes_on(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    ended = subprocess.Popen(["true"])
    ended.wait()
    going_on = f"refs/assets-actions/{os.getppid()}/t/a/1"
    for name in (going_on, f"refs/assets-actions/{ended.pid}/t/b/1", f"refs/assets-actions/{commit}/t/c/1"):
        repo.git("update-ref", name, commit)
    git.push(repo.path, "origin", "x", commit, git.write_tags(repo.path, {"t/d/1": commit}, git.Identity("A", "a@b")))
    assert git.local_refs(repo.path, "refs/assets-actions/").keys() == {going_on}
    assert repo.remote_refs().keys() == {"refs/heads/main", "refs/heads/x", "refs/tags/t/d/1"}


def test_a_thousand_tags_are_pushed_at_once(repo: Repo) -> None:
    commit = repo.commit({"a": "1"})
    tags = {f"environment/{'long-name-' * 8}{number}/1": commit for number in range(1000)}
    git.push(repo.path, "origin", "x", commit, git.write_tags(repo.path, tags, git.Identity("A", "a@b")))
    assert len(repo.remote_refs()) == 1002


@pytest.mark.parametrize("remote", ["--upload-pack=touch pwned", "-x", "--exec=touch pwned"])
def test_a_remote_is_never_an_option(repo: Repo, remote: str) -> None:
    commit = repo.commit({"a": "1"})
    for question in (
        lambda: git.remote_refs(repo.path, remote),
        lambda: git.fetch(repo.path, remote, "main"),
        lambda: git.push(repo.path, remote, "x", commit, {}),
    ):
        with pytest.raises(git.GitError):
            question()
    assert not (repo.path / "pwned").exists()


def test_a_hooks_variables_lead_nowhere_else(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = repo.commit({"a": "1"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    assert git.commit_of(repo.path, "HEAD") == commit
    assert git.last_change(repo.path, "HEAD", "a") == commit
    assert list(git.tracked_files(repo.path)) == ["a"]


def test_a_large_blob_is_read_up_to_the_limit(repo: Repo) -> None:
    repo.commit({"a": b"x" * 3_000_000, "b": "y" * 10, "c": "z"})
    tree = git.commit_tree_of(repo.path, git.commit_of(repo.path, "HEAD"))
    assert [len(content) for content in tree.stream(["a", "b", "c"], 10)] == [11, 10, 1]
    stream = tree.stream(["a", "b"])
    assert len(next(stream)) == 3_000_000
    del stream


def test_changes_are_told_commit_by_commit_with_their_trailers_whatever_the_paths_and_the_settings(repo: Repo) -> None:
    first = repo.commit({"x/a": "1", "x/new\n:line": "1", "y": "1"}, "One\n\nSource: abc\nSource: def")
    repo.git("mv", "x/a", "x/b")
    second = repo.commit({"y": "2"})
    repo.commit({"y": "3"})
    repo.git("config", "log.follow", "true")
    repo.git("config", "diff.renames", "copies")
    changes = list(git.changes(repo.path, "HEAD", "Source", "x"))
    assert [(one.commit, one.trailer) for one in changes] == [(second, None), (first, "abc")]
    assert changes[0].entries.keys() == {"x/a", "x/b"}
    assert changes[0].entries["x/a"] is None
    assert changes[0].entries["x/b"] == changes[1].entries["x/a"]
    assert changes[1].entries.keys() == {"x/a", "x/new\n:line"}
    assert changes[0].at == int(repo.git("log", "-1", "--format=%ct", second))
    assert [one.entries.keys() for one in git.changes(repo.path, "HEAD", "Source", "x/b")] == [{"x/b"}]
    assert git.last_change(repo.path, "HEAD", "x") == second
    assert git.last_change(repo.path, "HEAD", "*") is None
    assert sorted(git.changed_files(repo.path, first, "HEAD")) == ["x/a", "x/b", "y"]


def test_a_merge_changes_what_its_first_parent_lacks(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"b": "1"})
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge", "side")
    merge = repo.git("rev-parse", "HEAD")
    assert git.last_change(repo.path, "HEAD", "b") == merge
    assert next(git.changes(repo.path, "HEAD", "Source", "b")).commit == merge


def test_a_history_that_cannot_be_read_is_an_error(repo: Repo) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(git.GitError, match="cannot be read"):
        list(git.changes(repo.path, "1" * 40, "Source"))


def test_where_a_history_was_cut_off_is_known(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1"})
    last = repo.commit({"a": "2"})
    assert git.cut_commits(repo.path) == frozenset()
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "clone"))
    assert git.cut_commits(tmp_path / "clone") == {last}


def test_the_url_of_a_remote_is_known_and_a_url_is_its_own(repo: Repo) -> None:
    assert git.remote_url(repo.path, "origin") == str(repo.origin)
    assert git.remote_url(repo.path, "https://host.example/o/r") == "https://host.example/o/r"


def test_history_comes_by_the_branches_where_a_commit_is_not_at_the_remote(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.commit({"a": "2"})
    shallow = Repo(repo.path.parent / "shallow", repo.origin)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(shallow.path))
    shallow.git("commit", "--quiet", "--allow-empty", "--message", "here alone")
    head = shallow.git("rev-parse", "HEAD")
    assert git.cut_off(shallow.path, "HEAD") == {shallow.git("rev-parse", "HEAD~1")}
    git.fetch_history(shallow.path, "origin", head)
    assert git.cut_off(shallow.path, "HEAD") == set()
    assert shallow.git("rev-list", "--count", "HEAD") == "3"


def test_a_tag_that_leads_to_no_files_is_told(repo: Repo) -> None:
    repo.commit({"a": "1"})
    blob = repo.git("rev-parse", "HEAD:a")
    with pytest.raises(git.GitError, match=f"leads to {blob}, which is no commit") as refused:
        git.commit_tree_of(repo.path, blob)
    assert refused.value.fix == "correct the branch or tag"
    with pytest.raises(git.GitError, match=f"leads to {'1' * 40}, which .* is missing"):
        git.commit_tree_of(repo.path, "1" * 40)
    with pytest.raises(git.GitError, match="Not a valid object name gone"):
        git.commit_tree_of(repo.path, "gone")
