"""The project's own workflow that uses its actions, executed as it stands on this repository's files."""

import re
import shutil
from pathlib import Path

from tests.actions.workflow_runner import OWNER, PROJECT, REF, run_workflow
from tests.conftest import ROOT, Repo

WORKFLOW = ROOT / ".github/workflows/ci.yml"


def test_our_actions_pass_our_own_workflow_on_the_sample_repository(repo: Repo, tmp_path: Path) -> None:
    for name in PROJECT:
        (repo.path / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, repo.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, repo.path / name)
    workflow = re.sub(r"(uses: )\$(/\S+)", rf"\1{OWNER}\2@{REF}", WORKFLOW.read_text())
    workflow = workflow.replace("[ubuntu-latest, macos-latest, windows-latest]", "[ubuntu-latest]")
    place = tmp_path / "runner"
    place.mkdir()
    ran = run_workflow(repo, workflow, place, job="actions")
    assert ran.code == 0, ran.text
    assert ran.result("broken") == ran.result("wrong") == "failure"
    assert ran.outputs("release")["tags"] == '["environment/sklearn-1.7/3"]'
    assert "expected: 0 1" in ran.text
    typo = [place for level, place, _ in ran.annotations if level == "error"]
    assert typo[0] == "assets/evaluators/answer_length/asset.yaml:1"
