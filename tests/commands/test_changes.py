"""validate on what changed: which files, and which assets they touch."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Repo, component, environment


def bad(name: str) -> dict[str, Any]:
    """A component with one finding, missing-category."""
    return {**component(name), f"assets/{name}/asset.yaml": "type: component\nspec: spec.yaml\n"}


def assets(ran: Ran) -> list[str]:
    assert ran.code in (0, 1), ran.err
    return sorted(finding["asset"] for finding in ran.json["findings"])


def check(repo: Repo, *arguments: str) -> list[str]:
    return assets(repo.run("validate", "--format", "json", "--select", "category", *arguments))


@pytest.fixture
def two(repo: Repo) -> Repo:
    """Two components, each with a finding; committed."""
    repo.commit({**bad("one"), **bad("two")})
    return repo


def test_only_what_changed_since_the_histories_parted_is_looked_at(two: Repo) -> None:
    two.git("switch", "--quiet", "--create", "work")
    assert check(two, "--changed-since", "origin/main") == []
    two.write({"assets/one/src/add.py": "print(2)\n"})
    assert check(two, "--changed-since", "origin/main") == ["component/one"]
    two.git("commit", "--quiet", "--all", "--message", "Change")
    assert check(two, "--changed-since", "main") == ["component/one"]
    # What others did to main meanwhile is not this branch's.
    two.git("switch", "--quiet", "main")
    two.commit({"assets/two/src/add.py": "print(3)\n"})
    two.git("switch", "--quiet", "work")
    assert check(two, "--changed-since", "origin/main") == ["component/one"]


def test_new_removed_renamed_and_staged_files_are_changes(two: Repo) -> None:
    two.write({"assets/one/src/new.py": ""})
    assert check(two, "--changed-since", "HEAD") == ["component/one"]
    two.git("add", "--all")
    assert check(two, "--changed-since", "HEAD") == ["component/one"]
    two.git("reset", "--quiet", "--hard")
    two.git("mv", "assets/two/src/add.py", "assets/two/src/sum.py")
    assert check(two, "--changed-since", "HEAD") == ["component/two"]


def test_a_file_touches_every_asset_that_releases_it(repo: Repo) -> None:
    files: dict[str, Any] = {"assets/shared/lib.py": "", "assets/shared/tests/t.py": "", "assets/other/x.txt": ""}
    for name in ("one", "two"):
        files |= bad(name)
        files[f"assets/{name}/asset.yaml"] += "release_paths: [../shared, '!../shared/tests']\n"
    repo.commit(files)
    repo.write({"assets/shared/lib.py": "1\n"})
    assert check(repo, "--changed-since", "HEAD") == ["component/one", "component/two"]
    repo.git("checkout", "--quiet", ".")
    repo.write({"assets/shared/tests/t.py": "1\n"})
    assert check(repo, "--changed-since", "HEAD") == []
    repo.git("checkout", "--quiet", ".")
    repo.write({"assets/other/x.txt": "1\n"})
    assert check(repo, "--changed-since", "HEAD") == []


def test_a_test_and_a_file_of_the_build_context_touch_their_asset(repo: Repo) -> None:
    files = environment("sklearn-1.7")
    config = "assets/sklearn-1.7/asset.yaml"
    files[config] = files[config].replace("categories: [Training]\n", "")
    files[config] += "release_paths: ['!context/notes.md']\ntest:\n  pytest:\n    tests_dir: ../checks\n"
    files |= {"assets/checks/test_it.py": "", "assets/sklearn-1.7/context/notes.md": ""}
    repo.commit(files)
    assert check(repo) == ["environment/sklearn-1.7"]
    repo.write({"assets/checks/test_it.py": "1\n"})
    assert check(repo, "--changed-since", "HEAD") == ["environment/sklearn-1.7"]
    repo.git("checkout", "--quiet", ".")
    repo.write({"assets/sklearn-1.7/context/Dockerfile": "FROM x\n"})
    assert check(repo, "--changed-since", "HEAD") == ["environment/sklearn-1.7"]


def test_a_removed_file_touches_the_asset_that_names_it(repo: Repo) -> None:
    repo.commit(component("one") | component("two"))
    (repo.path / "assets/one/src/add.py").unlink()
    ran = repo.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert [finding["rule"] for finding in ran.json["findings"]] == ["missing-file"]
    assert ran.json["summary"]["assets"] == 1


def test_what_one_asset_breaks_in_others_is_found_everywhere(repo: Repo) -> None:
    user = component("user")
    user["assets/user/spec.yaml"] += "environment: azureml:sklearn-1.7@latest\n"
    repo.commit({**user, **environment("sklearn-1.7"), **component("one")})
    repo.git("rm", "-rq", "assets/sklearn-1.7")
    copy = {path.replace("assets/one/", "assets/copy/"): text for path, text in component("one").items()}
    repo.write(copy)
    ran = repo.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert {(f["rule"], f["asset"]) for f in ran.json["findings"]} == {
        ("missing-dependency", "component/user"),
        ("duplicate-asset", "component/one"),
    }


def test_a_file_of_no_asset_is_looked_at_where_it_changed(repo: Repo) -> None:
    repo.commit({**component(), "assets/a/spec.yaml": "x: 1\n", "assets/b/spec.yaml": "x: 1\n"})
    repo.write({"assets/b/spec.yaml": "x: 2\n"})
    ran = repo.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert [(f["rule"], f["file"]) for f in ran.json["findings"]] == [("spec-without-config", "assets/b/spec.yaml")]


def test_a_change_of_the_settings_touches_everything(two: Repo) -> None:
    two.write({".github/assets-actions.yml": "release_branch: r\n"})
    assert check(two, "--changed-since", "HEAD") == ["component/one", "component/two"]


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        (b"", []),
        (b"\n", []),
        (b"assets/one/src/add.py\n", ["component/one"]),
        (b"./assets/one/src/add.py\r\nassets/two/spec.yaml", ["component/one", "component/two"]),
        (b"assets/one/src/add.py\0assets/two/spec.yaml\0", ["component/one", "component/two"]),
        (b"README.md\n", []),
    ],
)
def test_a_list_of_files_is_what_changed_and_an_empty_one_is_no_file(
    two: Repo, tmp_path: Path, listed: bytes, wanted: list[str]
) -> None:
    (tmp_path / "list").write_bytes(listed)
    assert check(two, "--changed-files", str(tmp_path / "list")) == wanted
    done = subprocess.run(
        ["python", "-m", "assets_actions", "validate", "--select", "category", "--changed-files", "-"],
        cwd=two.path, input=listed, capture_output=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )  # fmt: skip
    assert (done.returncode == 1) == bool(wanted)


@pytest.mark.parametrize("name", ["a b", "a,b", 'a"b', "a\\b", "$(id)", "ünï", "-x", "a\nb", os.fsdecode(b"x\xff")])
def test_names_of_any_kind_are_listed_with_nul_or_as_git_quotes_them(two: Repo, tmp_path: Path, name: str) -> None:
    two.write({f"assets/one/src/{name}.py": "1\n"})
    two.git("add", "--all")
    for switch in ("-z", "--no-color"):
        done = subprocess.run(
            ["git", "diff", "--cached", "--name-only", switch], cwd=two.path, check=True, capture_output=True
        )
        (tmp_path / "list").write_bytes(done.stdout)
        assert check(two, "--changed-files", str(tmp_path / "list")) == ["component/one"]


def test_a_list_that_names_files_elsewhere_is_refused(two: Repo, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("/etc/passwd\n")
    ran = two.run("validate", "--changed-files", str(tmp_path / "list"))
    assert ran.code == 2
    assert "`/etc/passwd` does not lie in the repository" in ran.err
    assert two.run("validate", "--changed-files", "gone").code == 2
    assert "exclude each other" in two.run("validate", "--changed-files", "x", "--changed-since", "y").err


def clone(repo: Repo, tmp_path: Path, *switches: str) -> Repo:
    path = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", *switches, f"file://{repo.origin}", str(path)], check=True)
    return Repo(path, repo.origin)


def test_a_shallow_clone_fetches_the_history_that_it_lacks(two: Repo, tmp_path: Path) -> None:
    for number in range(120):
        two.git("commit", "--quiet", "--allow-empty", "--message", f"{number}")
    two.git("switch", "--quiet", "--create", "work", "HEAD~100")
    two.commit({"assets/one/src/add.py": "print(2)\n"})
    two.git("push", "--quiet", "--force", "origin", "main", "work")
    shallow = clone(two, tmp_path, "--depth=1", "--branch=work")
    assert check(shallow, "--changed-since", "origin/main") == ["component/one"]
    assert check(shallow, "--changed-since", "main") == ["component/one"]


def test_a_base_that_cannot_be_had_is_an_error_and_never_a_pass(two: Repo, tmp_path: Path) -> None:
    ran = two.run("validate", "--changed-since", "origin/gone")
    assert ran.code == 2
    assert "there is no `origin/gone` here, nor at the remote `origin`" in ran.err
    assert two.run("validate", "--changed-since", "--output=/tmp/x").code == 2
    two.git("switch", "--quiet", "--orphan", "apart")
    two.git("commit", "--quiet", "--allow-empty", "--message", "x")
    ran = two.run("validate", "--changed-since", "main", "--assets-dir", ".")
    assert ran.code == 2
    assert "no common history" in ran.err
    shallow = clone(two, tmp_path, "--depth=1", "--branch=main")
    shallow.git("remote", "set-url", "origin", "/nonexistent")
    assert shallow.run("validate", "--changed-since", "origin/other").code == 2


def test_outside_of_git_nothing_can_be_told_to_have_changed(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "plain", tmp_path).write(component())
    ran = repo.run("validate", "--changed-since", "main")
    assert ran.code == 2
    assert "in a git repository alone" in ran.err
