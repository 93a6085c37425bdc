"""validate on what changed: which files, and which assets they touch."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets_actions.commands import validate
from assets_actions.commands.base import open_repository
from assets_actions.commands.validation import changes
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


def test_settings_behind_a_link_and_the_baseline_they_name_touch_everything(two: Repo) -> None:
    two.run("validate", "--write-baseline", "cfg/base.json")
    two.write({"cfg/s.yml": "rules:\n  baseline: cfg/base.json\n", ".github/x": ""})
    (two.path / ".github/assets-actions.yml").symlink_to("../cfg/s.yml")
    two.commit()
    assert check(two, "--changed-since", "HEAD") == []
    two.write({"cfg/base.json": '{"version": 1, "findings": []}'})
    assert check(two, "--changed-since", "HEAD") == ["component/one", "component/two"]
    two.commit()
    two.write({"cfg/s.yml": "release_branch: r\n"})
    assert check(two, "--changed-since", "HEAD") == ["component/one", "component/two"]
    two.commit()
    two.write({"cfg/s.yml": "release_branch: q\n"})
    assert check(two, "--changed-since", "HEAD", "--settings", "cfg/s.yml") == ["component/one", "component/two"]


def test_a_removed_asset_config_leaves_its_spec_behind_and_that_is_found(two: Repo) -> None:
    (two.path / "assets/one/asset.yaml").unlink()
    ran = two.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert [(f["rule"], f["file"]) for f in ran.json["findings"]] == [("spec-without-config", "assets/one/spec.yaml")]


@pytest.mark.parametrize(
    "context", ["{dir: .., dockerfile: Dockerfile}", "{dir: ..}", '{dir: "\\x2e\\x2e"}', '{dir: ".."}']
)
def test_a_folder_is_found_however_its_path_is_written(repo: Repo, context: str) -> None:
    files = environment("sklearn-1.7")
    old = "assets/sklearn-1.7/"
    files = {path.replace(old, f"{old}meta/"): text for path, text in files.items() if "context/" not in path}
    config = f"{old}meta/environment.yaml"
    files[config] = files[config].replace("context:\n    dir: context\n", f"context: {context}\n")
    files[f"{old}Dockerfile"] = "FROM scratch\n"
    repo.commit(files)
    repo.write({f"{old}Dockerfile": "FROM scratch\nRUN pip install --extra-index-url https://x a\n"})
    ran = repo.run("validate", "--format", "json", "--select", "build-context", "--changed-since", "HEAD")
    assert [f["rule"] for f in ran.json["findings"]] == ["disallowed-index"]


def test_a_link_that_leads_elsewhere_now_is_a_change(repo: Repo) -> None:
    files = component()
    files["assets/adder/asset.yaml"] += "test:\n  pytest:\n    pip_requirements: req.txt\n"
    repo.write({**files, "assets/adder/real.txt": ""})
    link = repo.path / "assets/adder/req.txt"
    link.symlink_to("real.txt")
    repo.commit()
    link.unlink()
    link.symlink_to("/etc/passwd")
    ran = repo.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert [f["rule"] for f in ran.json["findings"]] == ["outside-repository"]


@pytest.mark.parametrize("names", [("readme.md", "README.md"), ("README.md", "readme.md")])
def test_a_name_that_differs_in_case_alone_is_found_whichever_is_new(repo: Repo, names: tuple[str, str]) -> None:
    repo.commit({**component(), f"assets/{names[0]}": ""})
    repo.write({f"assets/{names[1]}": ""})
    ran = repo.run("validate", "--format", "json", "--changed-since", "HEAD")
    assert [f["rule"] for f in ran.json["findings"]] == ["case-collision"]


def test_a_changed_file_that_is_not_checked_out_is_an_error_and_never_a_pass(two: Repo) -> None:
    two.git("switch", "--quiet", "--create", "work")
    two.commit({"assets/one/src/add.py": "print(2)\n"})
    two.git("sparse-checkout", "set", "assets/two")
    ran = two.run("validate", "--changed-since", "main")
    assert ran.code == 2
    assert "1 changed file not checked out (a sparse checkout): assets/one/src/add.py" in ran.err
    assert check(two, "--changed-since", "HEAD") == []


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


@pytest.mark.parametrize(
    "name", ["a b", "a,b", 'a"b', "a\\b", "$(id)", "ünï", 'ü"', "a\u2028b", "-x", "a\nb", os.fsdecode(b"x\xff")]
)
def test_names_of_any_kind_are_listed_with_nul_or_as_git_quotes_them(two: Repo, tmp_path: Path, name: str) -> None:
    two.write({f"assets/one/src/{name}.py": "1\n"})
    two.git("add", "--all")
    for quote, switch in (("true", "-z"), ("true", "--no-color"), ("false", "--no-color")):
        command = ["git", "-c", f"core.quotePath={quote}", "diff", "--cached", "--name-only", switch]
        done = subprocess.run(command, cwd=two.path, check=True, capture_output=True)
        (tmp_path / "list").write_bytes(done.stdout)
        assert check(two, "--changed-files", str(tmp_path / "list")) == ["component/one"]
        listed = changes.files(open_repository(validate.Inputs(repo=two.path)), None, str(tmp_path / "list"), "origin")
        assert listed == {f"assets/one/src/{name}.py"}


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
