"""What the history of the release branch tells of deprecated assets that are gone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assets_actions import git
from assets_actions.commands.release.release_history import removed_deprecated
from assets_actions.deprecation.gone import GoneAsset
from tests.commands.test_removals import KEEP, WAYS, fast_forward_after_an_update, merge, propose_removal, without
from tests.conftest import Repo, component, environment

TAGS = '  Deprecated: ""\n  DeleteOn: "2026-05-06"\n'
SAYS = "DEPRECATED: Please use environment/env-2 instead."


def deprecated(name: str = "env-1") -> dict[str, str | bytes]:
    files = environment(name)
    files[f"assets/{name}/spec.yaml"] += TAGS
    return {**files, f"assets/{name}/description.md": f"{SAYS}\n\nText.\n"}


def gone(repo: Repo, *, fetch: bool = True) -> list[GoneAsset]:
    repo.git("fetch", "--quiet", "origin", "release")
    return removed_deprecated(repo.path, "origin", repo.git("rev-parse", "FETCH_HEAD"), fetch=fetch)


def life(repo: Repo) -> str:
    """Two assets are released, deprecated and removed, with releases between; returns the release that removed one."""
    repo.commit({**component("a"), **environment("env-1"), **environment("env-2"), **environment("env-3")})
    repo.release("--tag")
    repo.commit({**deprecated("env-1"), **deprecated("env-2")})
    repo.release("--tag")
    without(repo, "env-2")
    repo.release("--tag")
    without(repo, "env-1")
    without(repo, "env-3")
    commit = repo.release("--tag").json["commit"]
    repo.commit(component("b"))
    repo.release("--tag")
    assert isinstance(commit, str)
    return commit


def test_deprecated_assets_that_are_gone_are_told_with_what_was_released_of_them_last(repo: Repo) -> None:
    commit = life(repo)
    first, second = gone(repo)
    assert (first.id, first.version, str(first.delete_on)) == ("environment/env-1", "2", "2026-05-06")
    assert first.description.startswith(SAYS)
    assert first.removal.commit == commit
    assert first.removal.at.isoformat() == repo.git("log", "-1", "--format=%cI", commit, at=repo.origin).replace(
        "Z", "+00:00"
    )
    assert second.id == "environment/env-2"


def test_one_that_came_back_is_not_gone_and_may_go_again(repo: Repo) -> None:
    repo.commit({**component("a"), **deprecated()})
    repo.release("--tag")
    without(repo, "env-1")
    repo.release("--tag")
    repo.commit({**deprecated(), "assets/env-1/context/new": "x"})
    repo.release("--tag")
    assert gone(repo) == []
    without(repo, "env-1")
    commit = repo.release("--tag").json["commit"]
    assert [(one.version, one.removal.commit) for one in gone(repo)] == [("2", commit)]


def test_one_that_was_not_deprecated_any_more_when_it_went_is_left_out(repo: Repo) -> None:
    repo.commit({**component("a"), **deprecated()})
    repo.release("--tag")
    repo.commit({**environment(), "assets/env-1/description.md": "Text"})
    repo.release("--tag")
    without(repo, "env-1")
    repo.release("--tag")
    assert gone(repo) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_removal_by_a_merged_pull_request_is_found(repo: Repo, way: Callable[[Repo], None]) -> None:
    repo.commit({**component("a"), **deprecated(), **KEEP})
    repo.release()
    without(repo, "env-1")
    propose_removal(repo)
    repo.commit(component("b"))
    repo.release()
    merge(repo, way)
    (found,) = gone(repo)
    assert (found.id, found.version) == ("environment/env-1", "1")
    by_itself = way is fast_forward_after_an_update
    assert found.removal.commit == repo.git("rev-parse", "removal" if by_itself else "release", at=repo.origin)


def test_history_that_a_shallow_clone_lacks_is_fetched_where_that_is_allowed(repo: Repo, tmp_path: Path) -> None:
    life(repo)
    expected = gone(repo)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow", repo.origin)
    shallow.git("fetch", "--quiet", "--depth=1", "origin", "release")
    commit = shallow.git("rev-parse", "FETCH_HEAD")
    assert removed_deprecated(shallow.path, "origin", commit, fetch=False) == []
    assert removed_deprecated(shallow.path, "origin", commit, fetch=True) == expected


def test_a_partial_clone_fetches_what_it_has_to_read_as_few_batches(repo: Repo, tmp_path: Path) -> None:
    life(repo)
    expected = gone(repo)
    repo.git("config", "uploadpack.allowFilter", "true", at=repo.origin)
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true", at=repo.origin)
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo.origin}", str(tmp_path / "part"))
    partial = Repo(tmp_path / "part", repo.origin)
    commit = partial.git("rev-parse", "origin/release")
    before = set(partial.path.glob(".git/objects/pack/*.pack"))
    assert removed_deprecated(partial.path, "origin", commit, fetch=True) == expected
    assert 0 < len(set(partial.path.glob(".git/objects/pack/*.pack")) - before) <= 4


def test_names_of_files_of_any_kind_are_passed_over(repo: Repo) -> None:
    repo.commit({**component("a"), **deprecated(), "assets/env-1/context/new\nline \udcff": "x"})
    repo.release("--tag")
    without(repo, "env-1")
    repo.release("--tag")
    assert [one.id for one in gone(repo)] == ["environment/env-1"]


def test_what_commits_removed_is_told_as_it_was(repo: Repo) -> None:
    repo.commit({"d/a": "1", "d/b": "2", "e": "3"})
    entry = git.commit_tree_of(repo.path, "HEAD").entries["d/a"]
    repo.git("rm", "--quiet", "d/a", "e")
    commit = repo.commit({"d/b": "changed"})
    repo.commit({"d/c": "added"})
    (changes,) = git.removals(repo.path, "HEAD", "d")
    assert (changes.commit, changes.entries) == (commit, {"d/a": entry})
