"""detect-changes --since, and the outputs that both of its questions give a workflow."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assets_actions.assets.config import AssetType
from assets_actions.commands import detect_changes
from tests.conftest import Ran, Repo, component, environment

USER = {
    "assets/user/spec.yaml": "type: command\nname: user\nversion: '1'\ncode: src\nenvironment: azureml:env-1@latest\n"
}


@pytest.fixture
def changed(repo: Repo) -> Repo:
    """A branch that changes an environment, which a component uses, and removes another component."""
    repo.commit({**component("user"), **USER, **component("gone"), **component("other"), **environment("env-1")})
    repo.git("switch", "--quiet", "--create", "work")
    repo.git("rm", "-rq", "assets/gone")
    repo.write({"assets/env-1/context/Dockerfile": "FROM x\n"})
    repo.git("commit", "--quiet", "--all", "--message", "Change")
    return repo


def outputs(repo: Repo, *arguments: str) -> tuple[Ran, dict[str, str]]:
    """A run as a step of a workflow, and its outputs."""
    file = repo.path.parent / "outputs"
    file.unlink(missing_ok=True)
    env = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(file)}
    ran = repo.run("detect-changes", "--format", "json", *arguments, env=env)
    lines = file.read_text().splitlines() if file.exists() else []
    return ran, {line.partition("<<")[0]: value for line, value in zip(lines[::3], lines[1::3], strict=True)}


def test_what_a_branch_affects_is_shown_and_that_it_affects_something_is_no_failure(changed: Repo) -> None:
    ran = changed.run("detect-changes", "--since", "origin/main")
    assert ran.code == 0
    assert ran.out == (
        "modified   environment/env-1   assets/env-1/context/Dockerfile\n"
        "removed    component/gone      assets/gone/asset.yaml, assets/gone/spec.yaml, assets/gone/src/add.py\n"
        "dependent  component/user      environment/env-1 → component/user\n"
        f"3 assets · 1 modified · 1 removed · 1 dependent · 1 unaffected · since {changed.git('rev-parse', 'main')[:12]}\n"
    )
    other = changed.run("detect-changes", "--since", "main", "--source", "main")
    assert other.out.startswith("4 assets · 4 unaffected · since")


def test_a_workflow_gets_counts_lists_by_type_and_a_matrix_of_what_is_affected(changed: Repo) -> None:
    ran, given = outputs(changed, "--since", "main")
    wanted = {
        "added": "0", "modified": "1", "removed": "1", "dependent": "1", "unaffected": "1", "has-changes": "true",
        "has-jobs": "true", "components": '["component/user"]', "environments": '["environment/env-1"]', "models": "[]",
    }  # fmt: skip
    assert {name: given[name] for name in wanted} == wanted
    jobs = [["component/user"], ["environment/env-1"]]
    assert ran.json["shards"] == jobs
    assert [json.loads(job["assets"]) for job in json.loads(given["matrix"])["include"]] == jobs
    ran, given = outputs(changed, "--since", "main", "--max-jobs", "1")
    assert ran.json["shards"] == [["component/user", "environment/env-1"]]
    ran, given = outputs(changed, "--since", "main", "--matrix-type", "model", "--matrix-type", "prompt")
    assert (given["has-jobs"], json.loads(given["matrix"])) == ("false", {"include": []})
    assert given["has-changes"] == "true"
    _, given = outputs(changed, "--since", "HEAD")
    assert (given["has-changes"], given["has-jobs"]) == ("false", "false")


def test_a_workflow_gets_the_same_of_what_would_be_released(changed: Repo) -> None:
    ran, given = outputs(changed, "--matrix-type", "environment")
    assert ran.code == 0
    assert given["components"] == '["component/other", "component/user"]'
    assert given["new"] == "3"
    assert ran.json["shards"] == [["environment/env-1"]]
    assert json.loads(given["matrix"])["include"] == [{"shard": 1, "shards": 1, "assets": '["environment/env-1"]'}]
    changed.release()
    _, given = outputs(changed)
    assert (given["has-jobs"], given["has-changes"], given["components"]) == ("false", "false", "[]")


def test_there_is_a_list_for_every_type_of_asset() -> None:
    names = set(detect_changes.Outputs.model_fields)
    assert {f"{type_}s" if f"{type_}s" in names else str(type_) for type_ in AssetType} <= names


def test_a_thousand_assets_make_256_jobs_at_most(repo: Repo) -> None:
    files: dict[str, Any] = {}
    for number in range(600):
        files |= component(f"c{number}")
    repo.commit({"README.md": ""})
    repo.git("switch", "--quiet", "--create", "work")
    repo.commit(files)
    ran, given = outputs(repo, "--since", "HEAD~1")
    assert ran.code == 0, ran.err
    jobs = json.loads(given["matrix"])["include"]
    assert len(jobs) == 256
    assert sorted(id_ for job in jobs for id_ in json.loads(job["assets"])) == json.loads(given["components"])


def test_an_asset_that_cannot_be_read_is_a_finding_and_never_unaffected(changed: Repo) -> None:
    changed.write({"assets/other/spec.yaml": "name: [\n"}).git("commit", "--quiet", "--all", "--message", "x")
    ran, given = outputs(changed, "--since", "main")
    assert ran.code == 1
    assert ran.json["findings"][0]["file"] == "assets/other/spec.yaml"
    assert json.loads(given["matrix"]) == {"include": []}


def test_settings_affect_what_assets_there_are_and_no_asset_otherwise(changed: Repo) -> None:
    changed.write({".github/assets-actions.yml": "rules: {ignore: [name]}\n"})
    changed.git("add", "--all")
    changed.git("commit", "--quiet", "--message", "settings")
    assert changed.run("detect-changes", "--since", "HEAD~1").out.startswith("3 assets · 3 unaffected")
    changed.write({".github/assets-actions.yml": "assets_dirs: [more]\n"})
    changed.git("mv", "assets/user", "more")
    changed.git("commit", "--quiet", "--all", "--message", "move")
    ran = changed.run("detect-changes", "--since", "HEAD~1", "--format", "json")
    assert {asset["id"]: asset["status"] for asset in ran.json["assets"]} == {
        "component/other": "removed", "component/user": "modified", "environment/env-1": "removed",
    }  # fmt: skip
    changed.write({".github/assets-actions.yml": "nonsense: 1\n"}).git("commit", "--quiet", "--all", "--message", "bad")
    changed.write({".github/assets-actions.yml": "assets_dirs: [more]\n"})
    changed.git("commit", "--quiet", "--all", "--message", "mended")
    assert changed.run("detect-changes", "--since", "HEAD~1").out.startswith("1 asset · 1 unaffected")


@pytest.mark.parametrize("name", ["a b", 'a"b', "$(id)", "-x", "a\nb", "`x`", "ünï", os.fsdecode(b"x\xff")])
def test_files_of_any_name_are_told(changed: Repo, name: str) -> None:
    changed.commit({f"assets/other/src/{name}": "1"})
    ran = changed.run("detect-changes", "--since", "HEAD~1", "--format", "json")
    (reason,) = ran.json["assets"][0]["reasons"]
    assert reason == {"path": f"assets/other/src/{name}", "change": "added"}


def test_a_file_that_becomes_a_folder_or_a_link_or_executable_touches_its_asset(changed: Repo) -> None:
    file: Path = changed.path / "assets/other/src/add.py"

    def told() -> list[dict[str, str]]:
        changed.git("add", "--all")
        changed.git("commit", "--quiet", "--message", "x")
        (asset,) = changed.run("detect-changes", "--since", "HEAD~1", "--format", "json").json["assets"]
        assert asset["id"] == "component/other"
        reasons: list[dict[str, str]] = asset["reasons"]
        return reasons

    path = "assets/other/src/add.py"
    file.chmod(0o755)
    assert told() == [{"path": path, "change": "mode"}]
    file.unlink()
    file.symlink_to("nowhere")
    assert told() == [{"path": path, "change": "modified"}]
    file.unlink()
    changed.write({f"{path}/x": ""})
    assert told() == [{"path": path, "change": "removed"}, {"path": f"{path}/x", "change": "added"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "main", "--pins", "x"), "since compares two commits of the source"),
        (("--since", "main", "--no-fetch"), "since compares two commits of the source"),
        (("--since", "main", "--release-branch", "x"), "since compares two commits of the source"),
        (("--max-jobs", "0"), "--max-jobs: Input should be greater than or equal to 1"),
        (("--max-jobs", "257"), "--max-jobs: Input should be less than or equal to 256"),
        (("--matrix-type", "env"), "--matrix-type: Input should be"),
        (("--since", ""), "there is no ``"),
        (("--since", "--output=x"), ""),
        (("--since=--upload-pack=touch x",), "there is no `--upload-pack=touch x`"),
    ],
)
def test_what_makes_no_sense_is_refused(changed: Repo, arguments: tuple[str, ...], message: str) -> None:
    ran = changed.run("detect-changes", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert not (changed.path / "x").exists()
