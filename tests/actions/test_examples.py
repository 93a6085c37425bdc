"""The example workflows: well-formed, and run."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.actions.workflow_runner import ACTION, WorkflowRun, run_workflow
from tests.conftest import ROOT, Repo
from tests.github.conftest import server
from tests.github.stand_in import TOKEN, GitHub
from tests.lifecycle.conftest import DAY, NEW, OLD, two

__all__ = ["server", "two"]

EXAMPLES = sorted((ROOT / "workflows-examples").glob("*.yml"))
OURS = "OWNER/assets-actions/"


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
class TestEach:
    def test_what_it_gives_to_our_actions_are_inputs_that_these_have(self, path: Path) -> None:
        ours = [step for step in steps(path) if step.get("uses", "").startswith(OURS)]
        assert ours
        for step in ours:
            folder, _, ref = step["uses"].removeprefix(OURS).partition("@")
            action = yaml.safe_load((ROOT / folder / "action.yml").read_text())
            assert ref == "v1"
            assert step.get("with", {}).keys() <= action["inputs"].keys()
            assert {name for name, spec in action["inputs"].items() if spec["required"]} <= step.get("with", {}).keys()

    def test_no_expression_stands_in_a_script(self, path: Path) -> None:
        assert not any("${{" in step.get("run", "") for step in steps(path))

    def test_the_schema_of_workflows_is_kept(self, path: Path) -> None:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_an_auditor_of_workflows_finds_nothing(self, path: Path) -> None:
        zizmor = str(Path(sys.executable).parent / "zizmor")
        text = path.read_text().replace("v1", "0" * 40)  # whoever copies it pins what they use
        command = [zizmor, "--offline", "--strict-collection", "--persona=auditor", "--format=json", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert json.loads(done.stdout) == [], done.stderr


def run(repo: Repo, server: GitHub, tmp_path: Path, name: str, event: str, inputs: dict[str, str]) -> WorkflowRun:
    workflow = (ROOT / "workflows-examples" / name).read_text().replace(OURS, f"{ACTION.partition('@')[0]}/")
    place = tmp_path / "runner"
    place.mkdir(exist_ok=True)
    env = {key: value for key, value in server.environment.items() if key != "GITHUB_TOKEN"}
    return run_workflow(repo, workflow, place, env, event, {"inputs": inputs}, TOKEN)


def test_the_form_opens_the_pull_request_that_deprecates(two: Repo, server: GitHub, tmp_path: Path) -> None:
    inputs = {
        "asset": OLD,
        "replacement": NEW,
        "delete-on": DAY,
        "reason": "end-of-life",
        "details": "$(id) `x` ${{ y }}",
    }
    ran = run(two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", inputs)
    assert ran.code == 0, ran.text
    pull = server.tracker.threads[1]
    assert pull.title == "Deprecate environment/env-1: use env-2 instead"
    assert "reached its end of life: $(id) <code>x</code> ${{ y }}" in (pull.body or "")
    assert "https://github.invalid/octo/assets/pull/1" in ran.summary
    message = two.git("log", "-1", "--format=%an", "assets-actions/deprecate/environment/env-1", at=two.origin)
    assert message == "github-actions[bot]"


def test_what_is_asked_for_wrongly_is_an_annotation(two: Repo, server: GitHub, tmp_path: Path) -> None:
    inputs = {"asset": "environment/none", "replacement": NEW, "reason": "other"}
    ran = run(two, server, tmp_path, "deprecate-environment.yml", "workflow_dispatch", inputs)
    assert ran.code == 1
    assert [(level, "there is no asset `environment/none`" in text) for level, _, text in ran.annotations] == [
        ("error", True)
    ]
    assert server.tracker.threads == {}


def test_the_weekly_sweep_opens_what_is_due_and_its_issue(two: Repo, server: GitHub, tmp_path: Path) -> None:
    ran = two.run("deprecate-pr", "--asset", OLD, "--replacement", NEW, "--format", "json")
    server.merge(ran.json["pull_request"]["number"])
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    swept = run(two, server, tmp_path, "lifecycle-sweep.yml", "schedule", {})
    assert swept.code == 0, swept.text
    assert [(one.title, one.labels) for one in server.tracker.threads.values()][1:] == [
        ("Remove environment/env-1", ["deprecation"]),
        ("Deprecated assets", ["deprecation"]),
    ]
    assert "### Deprecated assets" in swept.summary
