"""What teams do by hand: rebuild, roll back, burn a version."""

from pathlib import Path

import pytest
import yaml

from tests.conftest import Repo, component, environment

ID = "environment/env-1"
DOCKERFILE = "assets/env-1/context/Dockerfile"


def image(label: str) -> dict[str, str | bytes]:
    return {DOCKERFILE: f"FROM scratch\nLABEL v={label}\n"}


def released(repo: Repo) -> tuple[str, str]:
    """The version and the label that the release branch holds."""
    files = repo.released()
    spec, dockerfile = (files[f"latest/{ID}/{name}"][1] for name in ("spec.yaml", "context/Dockerfile"))
    return yaml.safe_load(spec)["version"], dockerfile.decode().strip().rpartition("=")[2]


def three_versions(repo: Repo) -> None:
    repo.commit({**environment(), **component()})
    for label in ("one", "two", "three"):
        repo.commit(image(label))
        repo.release("--tag")
    assert released(repo) == ("3", "three")


def message(repo: Repo) -> str:
    return repo.git("log", "-1", "--format=%B", "release", at=repo.origin)


def test_an_asset_is_rebuilt_as_its_next_version_without_an_edit(repo: Repo) -> None:
    three_versions(repo)
    planned = repo.run("detect-changes", "--rebuild", ID)
    assert f"updated   {ID}  3 → 4   rebuilt by hand" in planned.out
    result = repo.release("--tag", "--rebuild", ID).json
    assert result["tags"] == [f"{ID}/4"]
    assert released(repo) == ("4", "three")
    assert f"updated {ID} 4 (was 3): rebuilt by hand" in message(repo)
    assert {status for status, _ in repo.plan().values()} == {"unchanged"}


def test_a_version_that_was_never_tagged_is_rebuilt_as_another_one_all_the_same(repo: Repo) -> None:
    three_versions(repo)
    repo.commit(image("four"))
    repo.release()
    repo.release("--rebuild", ID)
    assert released(repo)[0] == "5"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rebuild", "environment/env-2"], "did you mean `environment/env-1`?"),
        (["--rebuild", "component/adder"], "component/adder has a version of its own"),
        (["--rollback", "environment/env-2", "--to", "1"], "did you mean `environment/env-1`?"),
        (["--rollback", ID, "--to", "9"], "there is no release tag `environment/env-1/9`"),
        (["--rollback", ID, "--to", "3"], "nothing to roll back"),
        (["--rollback", "component/adder", "--to", "1"], "there is nothing to roll back"),
        (["--rollback", ID], "rollback and to go together"),
        (["--burn", ID, "2"], "released and tagged already"),
        (["--burn", "environment/env-2", "2"], "did you mean `environment/env-1`?"),
        (["--burn", ID, "2 3"], "`2 3` is no version"),
        (["--burn", ID, "9", "--rebuild", ID], "exclude each other"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_by_hand_is_said_and_changes_nothing(repo: Repo, arguments: list[str], said: str) -> None:
    three_versions(repo)
    before = repo.remote_refs()
    ran = repo.run("release-commit", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert repo.remote_refs() == before


def test_a_rollback_releases_the_earlier_content_as_a_new_version_and_holds_it_until_the_source_changes(
    repo: Repo,
) -> None:
    three_versions(repo)
    result = repo.release("--tag", "--rollback", ID, "--to", "1").json
    assert (result["tags"], result["summary"]["updated"]) == ([f"{ID}/4"], 1)
    assert released(repo) == ("4", "one")
    assert message(repo).startswith(
        f"Roll back {ID} to 1, as 4\n\nupdated {ID} 4 (was 3): rolled back to what 1 held\n"
    )
    # What else changes is released; the asset itself waits, also after other releases.
    repo.commit({**component("subtracter"), "assets/env-1/README.md": "not released"})
    planned = repo.run("detect-changes")
    assert f"unchanged {ID}     4   held back: rolled back by hand" in planned.out
    repo.release("--tag")
    assert repo.plan()[ID] == ("unchanged", "4")
    assert released(repo) == ("4", "one")
    repo.commit(image("mended"))
    assert repo.plan()[ID] == ("updated", "5")
    repo.release("--tag")
    assert released(repo) == ("5", "mended")
    assert "Held" not in message(repo)


def test_a_fix_that_was_merged_before_the_rollback_is_released_after_it(repo: Repo) -> None:
    three_versions(repo)
    repo.commit(image("mended"))
    repo.release("--rollback", ID, "--to", "2")
    assert released(repo) == ("4", "two")
    assert repo.plan()[ID][0] == "updated"


def test_rebuilding_ends_holding_an_asset_back(repo: Repo) -> None:
    three_versions(repo)
    repo.release("--tag", "--rollback", ID, "--to", "1")
    repo.release("--tag", "--rebuild", ID)
    assert released(repo) == ("5", "three")
    assert "Held" not in message(repo)


def test_a_rollback_in_a_shallow_clone_fetches_what_it_needs(repo: Repo, tmp_path: Path) -> None:
    three_versions(repo)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.origin}", str(tmp_path / "shallow"))
    Repo(tmp_path / "shallow", repo.origin).release("--tag", "--rollback", ID, "--to", "2")
    assert released(repo) == ("4", "two")
    assert repo.plan()[ID] == ("unchanged", "4")


def test_an_asset_with_versions_of_its_own_is_not_rolled_back(repo: Repo) -> None:
    repo.commit(component(version="1"))
    repo.release("--tag")
    repo.commit(component(version="2"))
    repo.release("--tag")
    ran = repo.run("release-commit", "--rollback", "component/adder", "--to", "1")
    assert ran.code == 2
    assert "only automatic versions can be rolled back" in ran.err


def test_a_burned_version_is_never_used(repo: Repo) -> None:
    three_versions(repo)
    repo.commit(component(version="7"))
    before = repo.released()
    for id_, version in ((ID, "4"), (ID, "6"), ("component/adder", "7")):
        ran = repo.run("release-commit", "--burn", id_, version)
        assert ran.code == 0, ran.err
        assert message(repo).startswith(f"Burn {id_} {version}\n")
    assert repo.released() == before
    again = repo.run("release-commit", "--burn", ID, "4")
    assert (again.code, again.out) == (0, f"0 assets · 0 unchanged · {ID} 4 is burned already\n")
    repo.commit(image("four"))
    assert repo.plan() == {ID: ("updated", "7"), "component/adder": ("blocked", "7")}
    assert "this version was burned: bump it" in repo.run("detect-changes").out
    repo.release("--tag")
    repo.commit(component(version="8"))
    assert repo.plan()["component/adder"] == ("updated", "8")
    assert sorted(line for line in message(repo).splitlines() if line.startswith("Burned")) == [
        "Burned: component/adder/7", f"Burned: {ID}/4", f"Burned: {ID}/6",
    ]  # fmt: skip


def test_what_is_remembered_outlives_commits_of_others_on_the_branch(repo: Repo) -> None:
    three_versions(repo)
    repo.release("--burn", ID, "4")
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    repo.git("commit", "--quiet", "--allow-empty", "--message", "By hand")
    repo.git("push", "--quiet", "origin", "HEAD:release")
    repo.git("checkout", "--quiet", "main")
    repo.commit(image("four"))
    assert repo.plan()[ID] == ("updated", "5")


def test_a_dry_run_by_hand_writes_nothing(repo: Repo) -> None:
    three_versions(repo)
    before = repo.remote_refs()
    for arguments in (["--burn", ID, "4"], ["--rollback", ID, "--to", "1"], ["--rebuild", ID]):
        assert repo.run("release-commit", *arguments, "--dry-run").out.endswith("nothing written\n")
    assert repo.remote_refs() == before


def test_tags_that_a_release_commit_names_and_that_are_missing_are_added_by_the_next_run(repo: Repo) -> None:
    """As writing through GitHub's API leaves them when it is killed: it cannot make a commit and tags in one step."""
    repo.commit({**environment(), **component()})
    repo.release()
    repo.git("fetch", "--quiet", "origin", "release")
    repo.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    named = f"Release-Tag: {ID}/1\nRelease-Tag: component/adder/1"
    repo.git("commit", "--quiet", "--amend", "--message", f"{message(repo)}\n{named}")
    repo.git("push", "--quiet", "--force", "origin", "HEAD:release", f"HEAD:refs/tags/{ID}/1")
    commit = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "main")
    repo.commit({**image("two"), "assets/adder/src/add.py": "print(2)\n"})
    assert repo.plan() == {ID: ("updated", "2"), "component/adder": ("blocked", "1")}
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    ran = repo.run("release-commit")
    assert (ran.code, ran.out) == (0, "2 assets · 2 unchanged · pushed 1 tag\n")
    assert repo.git("rev-parse", "component/adder/1^{commit}", at=repo.origin) == commit
    assert repo.remote_refs()["refs/heads/release"] == commit
    assert repo.run("release-commit").out == "2 assets · 2 unchanged · nothing to do\n"


def test_a_version_too_long_to_be_counted_up_from_cannot_be_burned(repo: Repo) -> None:
    repo.commit(environment())
    repo.release("--tag")
    ran = repo.run("release-commit", "--burn", ID, "1" * 5000)
    assert (ran.code, "is no version" in ran.err) == (2, True)


def test_a_version_is_burned_of_an_asset_that_was_removed_and_never_tagged(repo: Repo) -> None:
    repo.commit({**environment(), **component()})
    repo.release()
    repo.git("rm", "-r", "--quiet", "assets/env-1")
    repo.commit()
    repo.release()
    assert repo.run("release-commit", "--burn", ID, "2").code == 0
    repo.commit(environment())
    assert repo.plan()[ID] == ("new", "3")


def test_what_a_tag_of_something_else_is_called_is_no_asset_to_burn_a_version_of(repo: Repo) -> None:
    repo.commit(component())
    repo.release()
    repo.git("tag", "v1")
    repo.git("tag", "nightly/1")
    repo.git("push", "--quiet", "origin", "v1", "nightly/1")
    for id_ in ("", "nightly"):
        ran = repo.run("release-commit", "--burn", id_, "2")
        assert (ran.code, "nothing was ever released as" in ran.err) == (2, True)
