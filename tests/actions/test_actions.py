"""Each composite action, executed by a workflow runner on the sample repository."""

import json
from pathlib import Path

import pytest

from assets_actions import sample
from assets_actions.commands import release_commit
from tests.actions.stand_ins import CHECKOUT
from tests.actions.workflow_runner import ACTION, OWNER, REF, WorkflowRun, run_workflow
from tests.conftest import Repo


def job(*steps: str) -> str:
    """A workflow of one job: checkout, then these steps."""
    head = f"on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: {CHECKOUT} # v7.0.1\n"
    return head + "".join(steps)


def step(id_: str, uses: str | None = None, /, **inputs: str) -> str:
    """A step that uses the action of the command that its id names, or another action."""
    uses = uses or f"{OWNER}/.github/actions/{id_}@{REF}"
    given = "".join(f"          {name.replace('_', '-')}: {json.dumps(value)}\n" for name, value in inputs.items())
    return f"      - id: {id_}\n        uses: {uses}\n" + (f"        with:\n{given}" if given else "")


@pytest.fixture
def demo(tmp_path: Path) -> Repo:
    """The sample repository: released once, then changed; its pins are committed, as a workflow needs them."""
    made = sample.make(tmp_path / "sample")
    release_commit.run(release_commit.Inputs(repo=made.repo, pins=made.pins_before, tag=True))
    sample.change(made)
    repo = Repo(made.repo, made.origin)
    repo.commit({"pins.json": made.pins.read_text()})
    return repo


def run(repo: Repo, tmp_path: Path, *steps: str) -> WorkflowRun:
    place = tmp_path / "runner"
    place.mkdir()
    return run_workflow(repo, job(*steps), place)


def test_validate_passes_on_good_assets(demo: Repo, tmp_path: Path) -> None:
    ran = run(demo, tmp_path, step("validate"))
    assert ran.code == 0, ran.log
    assert ran.outputs("validate") == {"assets": "9", "errors": "0", "warnings": "0"}
    assert ran.annotations == []
    assert "9 assets · 0 errors · 0 warnings" in ran.text
    assert "### Validation" in ran.summary


def test_validate_annotates_each_finding_at_its_line_and_fails_the_step(demo: Repo, tmp_path: Path) -> None:
    demo.write({"assets/evaluators/answer_length/asset.yaml": "type: evaluater\nspec: spec.yaml\n"})
    demo.write({"assets/ünï, $(touch pwned) `code`/asset.yaml": "type: code\nspec: gone.yaml\n"})
    ran = run(demo, tmp_path, step("validate"))
    assert (ran.code, ran.result("validate")) == (1, "failure")
    assert ran.outputs("validate")["errors"] == "2"
    (typo, hostile) = ran.annotations
    assert hostile[:2] == ("error", "assets/ünï, $(touch pwned) `code`/asset.yaml:2")
    assert "`gone.yaml` does not exist" in hostile[2]
    assert typo[:2] == ("error", "assets/evaluators/answer_length/asset.yaml:1")
    assert "did you mean `evaluator`?" in typo[2]
    assert "| error | <code>assets/evaluators/answer&#95;length/asset.yaml:1</code> |" in ran.summary


def test_pin_versions_writes_what_the_tags_resolve_to(demo: Repo, tmp_path: Path) -> None:
    show = "      - run: cat assets/environments/sklearn-1.7/context/requirements.txt\n"
    ran = run(demo, tmp_path, step("pin-versions", pins="pins.json", write="true"), show)
    assert ran.code == 0, ran.log
    outputs = ran.outputs("pin-versions")
    assert (outputs["template-tags"], outputs["pins"], outputs["unresolved"]) == ("5", "4", "0")
    assert len(json.loads(outputs["files"])) == 3
    assert "mlflow-skinny==3.5.1" in ran.text


def test_detect_changes_tells_the_plan(demo: Repo, tmp_path: Path) -> None:
    ran = run(
        demo, tmp_path, step("detect-changes", pins="pins.json", output="plan.json"), "      - run: cat plan.json\n"
    )
    assert ran.code == 0, ran.log
    outputs = ran.outputs("detect-changes")
    counts = {"new": "2", "updated": "4", "removed": "1", "blocked": "0", "unchanged": "3", "has-changes": "true"}
    assert {name: outputs[name] for name in counts} == counts
    assert "environment/sklearn-1.7/2" in json.loads(outputs["released"])
    assert "| updated | <code>environment/sklearn-1.7</code> | 1 → 2 |" in ran.summary
    assert '"schema_version": 1' in ran.text


def test_release_commit_pushes_branch_and_tags(demo: Repo, tmp_path: Path) -> None:
    before = demo.remote_refs()
    ran = run(
        demo, tmp_path, step("release-commit", pins="pins.json", tag="true"), step("detect-changes", pins="pins.json")
    )
    assert ran.code == 0, ran.log
    outputs = ran.outputs("release-commit")
    after = demo.remote_refs()
    assert outputs["commit"] == after["refs/heads/release"] != before["refs/heads/release"]
    assert {f"refs/tags/{tag}" for tag in json.loads(outputs["tags"])} == after.keys() - before.keys()
    author = demo.git("log", "-1", "--format=%an <%ae>%n%B", "release", at=demo.origin)
    assert author.startswith(
        "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>\nRelease 6 assets: "
    )
    assert "\nWorkflow-Run: https://" in author
    assert ran.outputs("detect-changes")["has-changes"] == "false"


def test_a_blocked_asset_fails_the_step_at_the_line_to_mend(demo: Repo, tmp_path: Path) -> None:
    demo.commit({"assets/data/customers_sample/data/customers.csv": "changed\n"})
    ran = run(demo, tmp_path, step("release-commit", pins="pins.json"))
    assert ran.code == 1
    assert ran.outputs("release-commit")["blocked"] == "1"
    assert ran.outputs("release-commit")["commit"] == demo.remote_refs()["refs/heads/release"]
    ((level, place, message),) = ran.annotations
    assert (level, place) == ("error", "assets/data/customers_sample/asset.yaml:2")
    assert "bump its version" in message


def test_status_tells_where_each_asset_stands(demo: Repo, tmp_path: Path) -> None:
    ran = run(demo, tmp_path, step("status", pins="pins.json"))
    assert ran.code == 0, ran.log
    assert "environment/sklearn-1.7" in json.loads(ran.outputs("status")["pending"])
    assert "environment/sklearn-1.7" in ran.text
    assert "| updated | environment/sklearn-1.7 |" in ran.summary


def test_render_spec_prints_what_is_published(demo: Repo, tmp_path: Path) -> None:
    ran = run(demo, tmp_path, step("render-spec", id="environment/sklearn-1.7", output="spec.yaml"),
              "      - run: cat spec.yaml\n")  # fmt: skip
    assert ran.code == 0, ran.log
    assert ran.outputs("render-spec")["version"] == "1"
    assert "{{" not in ran.text.partition("name: sklearn-1.7")[2].partition("tags:")[0]


def test_the_root_action_runs_any_command(demo: Repo, tmp_path: Path) -> None:
    ran = run(demo, tmp_path, step("any", ACTION, command="detect-changes", pins="pins.json", format="json"))
    assert ran.code == 0, ran.log
    assert ran.outputs("any")["updated"] == "4"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"command": "validat"}, "there is no command `validat`"),
        ({"command": "validate", "pins": "x"}, "there is no input `pins`"),
        ({"command": "release-commit", "tag": "perhaps"}, "input `tag`: Input should be a valid boolean"),
        ({"command": "pin-versions", "only": "all"}, "input `only`: Input should be 'images' or 'packages'"),
        ({"command": "detect-changes", "source": "$(touch pwned)`id`"}, "there is no commit `$(touch pwned)`id``"),
    ],
)
def test_bad_input_is_an_annotation_that_names_it(
    demo: Repo, tmp_path: Path, inputs: dict[str, str], message: str
) -> None:
    ran = run(demo, tmp_path, step("any", ACTION, **inputs), "      - if: always()\n        run: ls\n")
    assert ran.code == 1
    assert [(level, message in text) for level, _, text in ran.annotations] == [("error", True)]
    assert "pwned" not in ran.text.replace(message, "")


def test_modules_of_the_checked_out_repository_are_never_imported(demo: Repo, tmp_path: Path) -> None:
    trap = "raise SystemExit('trapped')\n"
    names = ("yaml.py", "pydantic.py", "json.py", "assets_actions/__init__.py", "sitecustomize.py", "venv.py", "pip.py")
    demo.commit(dict.fromkeys(names, trap))
    ran = run(demo, tmp_path, step("validate"))
    assert ran.code == 0, ran.log
    assert "trapped" not in ran.text


@pytest.mark.online
def test_the_bootstrap_installs_the_locked_dependencies_once(demo: Repo, tmp_path: Path) -> None:
    """As on a runner with nothing but Python: the package index is asked, once for both steps."""
    place = tmp_path / "runner"
    place.mkdir()
    (tmp_path / "temp").mkdir()
    ran = run_workflow(
        demo,
        job(step("validate"), step("detect-changes", pins="pins.json")),
        place,
        {"ASSETS_ACTIONS_PYTHON": "", "RUNNER_TEMP": str(tmp_path / "temp")},
    )
    if "could not be installed" in json.dumps(ran.log, ensure_ascii=False):
        pytest.skip("no package index in reach")
    assert ran.code == 0, ran.log
    assert [line["arg"] for line in ran.log if line.get("command") == "group"] == ["Setting up assets-actions"]
    assert ran.outputs("validate")["assets"] == "9"
