"""The example that tests assets in a matrix of jobs, run."""

import os
import sys
from pathlib import Path

import pytest

from tests.actions.workflow_runner import ACTION, run_workflow
from tests.commands.test_test_assets import BAD, OK, asset
from tests.conftest import ROOT, Repo
from tests.testing.wheelhouse import offline

UV = Path(sys.executable).parent / "uv"


def test_the_tests_of_affected_assets_run_in_a_matrix(
    repo: Repo, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if UV.exists():
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/uv").symlink_to(UV)
        monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    untested = asset("plain")
    untested["assets/plain/asset.yaml"] = "type: component\nspec: spec.yaml\n"
    base = repo.commit({**asset("untouched", code=BAD), **untested, **asset("good")})
    head = repo.commit(
        {**asset("bad", code=BAD), "assets/good/test_good.py": f"\n{OK}", "assets/plain/spec.yaml": "# x\n"
         + untested["assets/plain/spec.yaml"]}
    )  # fmt: skip
    text = (ROOT / "workflows-examples/test-assets.yml").read_text()
    workflow = text.replace("OWNER/assets-actions/", f"{ACTION.partition('@')[0]}/")
    payload = {
        "number": 1,
        "pull_request": {"number": 1, "base": {"sha": base, "ref": "main"}, "head": {"sha": head, "ref": "change"}},
        "repository": {"default_branch": "main", "full_name": "octo/assets"},
    }
    (tmp_path / "runner").mkdir()
    ran = run_workflow(repo, workflow, tmp_path / "runner", offline(wheels), "pull_request", payload)
    assert ran.code == 1, ran.text
    assert [(level, where) for level, where, _ in ran.annotations] == [("error", "assets/bad/test_bad.py:10")], ran.text
    assert "not tested component/plain" in ran.text
    assert "untouched" not in ran.summary
    told = [
        f"| {status} | <code>component/{name}</code> |" in ran.summary
        for status, name in [("failed", "bad"), ("passed", "good")]
    ]
    assert told == [True, True], ran.summary
