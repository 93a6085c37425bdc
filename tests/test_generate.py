"""What is generated is fresh, and fits what GitHub expects of an action."""

import re
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
        (run,) = [step for step in load(path)["runs"]["steps"] if step["id"] == "run"]
        assert run["env"]["ASSETS_ACTIONS_INPUTS"] == "${{ toJSON(inputs) }}"

    def test_outputs_are_those_of_the_step_that_runs_it(self, path: Path) -> None:
        for name, output in load(path)["outputs"].items():
            assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"

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
