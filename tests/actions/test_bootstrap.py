"""An action sets itself up, whatever the job has set for its own Python."""

import venv
from pathlib import Path

import pytest

from tests.actions.test_injection import step
from tests.conftest import Repo, component

BARE = {"ASSETS_ACTIONS_PYTHON": "", "ASSETS_ACTIONS_LOCK": "requirements-core.lock"}


@pytest.mark.online
def test_what_the_job_tells_pip_to_do_with_its_own_packages_is_not_done_with_ours(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    (tmp_path / "constraints.txt").write_text("pydantic<2\n")
    (tmp_path / "pip.conf").write_text("[install]\nuser = yes\n")
    own = {"CONFIG_FILE": "pip.conf", "CONSTRAINT": "constraints.txt", "REQUIREMENT": "constraints.txt", "TARGET": "x"}
    env = {f"PIP_{name}": str(tmp_path / value) for name, value in own.items()}
    ran = step(repo, tmp_path / "step", "validate", {}, env={**BARE, **env, "PIP_USER": "1", "PIP_DRY_RUN": "1"})
    if "No matching distribution" in ran.log:
        pytest.skip("no package index in reach")
    assert ran.code == 0, ran.log
    assert ran.outputs["assets"] == "1"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["bare/bin/python", "missing"])
def test_a_python_without_the_dependencies_is_told_of(repo: Repo, tmp_path: Path, name: str) -> None:
    venv.create(tmp_path / "bare")
    ran = step(repo, tmp_path / "step", "validate", {}, env={"ASSETS_ACTIONS_PYTHON": str(tmp_path / name)})
    assert ran.code == 2
    assert [command.message.partition(".")[0] for command in ran.commands] == [
        "ASSETS_ACTIONS_PYTHON is no Python that has the dependencies"
    ]


def test_names_and_results_are_utf8_whatever_the_encoding_of_the_system(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"assets/ünï/asset.yaml": "type: code\nspec: gone.yaml\n"})
    system = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    ran = step(repo, tmp_path / "step", "validate", {}, env=system)
    assert ran.code == 1
    assert [command.properties["file"] for command in ran.commands] == ["assets/ünï/asset.yaml"]
    assert "1 asset · 1 error" in ran.log
