"""What is generated is fresh, and fits what GitHub expects of an action."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets_actions.commands import ACTIONS
from assets_actions.generate import ROOT, generated

ACTION_FILES = sorted(path for path in generated() if path.name == "action.yml")


def load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


@pytest.mark.parametrize("path", generated(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_generated_file_is_stale(path: Path) -> None:
    assert path.read_text() == generated()[path], "run: python -m assets_actions.generate"


def test_every_command_that_is_an_action_has_one_and_there_are_no_others() -> None:
    folders = {path.parent.name for path in (ROOT / ".github/actions").glob("*/action.yml")}
    assert folders == set(ACTIONS)


@pytest.mark.parametrize("path", ACTION_FILES, ids=lambda path: str(path.relative_to(ROOT)))
class TestActions:
    """What the local runner would let pass and GitHub would not, and what neither would notice."""

    def test_inputs_reach_the_program_as_data_alone(self, path: Path) -> None:
        for step in load(path)["runs"]["steps"]:
            assert "${{" not in step["run"]
            assert step["env"]["ASSETS_ACTIONS_INPUTS"] == "${{ toJSON(inputs) }}"

    def test_every_step_names_its_shell_and_has_an_id_of_its_own(self, path: Path) -> None:
        steps = load(path)["runs"]["steps"]
        assert all(step["shell"] == "bash" for step in steps)
        assert len({step["id"] for step in steps}) == len(steps)

    def test_expressions_name_steps_and_outputs_that_exist(self, path: Path) -> None:
        action = load(path)
        for name, output in action["outputs"].items():
            assert output["value"] == f"${{{{ steps.{action['runs']['steps'][0]['id']}.outputs.{name} }}}}"

    def test_everything_is_described(self, path: Path) -> None:
        action = load(path)
        for spec in (action, *action["inputs"].values(), *action["outputs"].values()):
            assert spec["description"].endswith(".")

    def test_names_are_what_workflows_can_refer_to(self, path: Path) -> None:
        action = load(path)
        for name in (*action["inputs"], *action["outputs"]):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_the_root_action_takes_what_any_of_them_takes_and_gives_each_output_one_meaning() -> None:
    root = load(ROOT / "action.yml")
    for command in ACTIONS:
        action = load(ROOT / f".github/actions/{command}/action.yml")
        assert action["inputs"].keys() <= root["inputs"].keys()
        for name, output in action["outputs"].items():
            assert root["outputs"][name]["description"] == output["description"]


def test_the_schema_of_actions_is_kept() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
        *map(str, ACTION_FILES),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_auditor_of_actions_finds_nothing() -> None:
    zizmor = str(Path(sys.executable).parent / "zizmor")
    command = [
        zizmor,
        "--offline",
        "--strict-collection",
        "--persona=auditor",
        "--format=json",
        *map(str, ACTION_FILES),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == [], done.stderr
