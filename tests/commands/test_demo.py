"""The demonstration, and the sample that it makes."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assets_actions.commands.demo import NEXT_STEPS
from tests.conftest import ROOT, Repo, assets_actions


def test_it_runs_the_whole_pipeline_on_real_input(tmp_path: Path) -> None:
    ran = assets_actions("demo", str(tmp_path / "demo"), cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "9 assets · 0 errors · 0 warnings" in ran.out
    assert (
        "environment/sklearn-1.7                 1 → 2   context/Dockerfile: openmpi4.1.0-ubuntu22.04 20251017.v1 → 20251101.v1"
        in ran.out
    )
    assert "9 assets · 2 new · 4 updated · 1 removed · 3 unchanged · pushed" in ran.out
    assert ran.out.count("nothing to do") == 1
    repo = Repo(tmp_path / "demo/repo", tmp_path / "demo/origin.git")
    released = repo.released()
    assert released["latest/environment/pytorch-2.8-cuda12/context/entrypoint.sh"][0] == "100755"
    assert b"{{latest-" not in b"".join(content for path, (_, content) in released.items() if "context/" in path)
    assert "refs/tags/component/train_model/0.3.0" in repo.remote_refs()
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("command", "what"), NEXT_STEPS, ids=[command[:30] for command, _ in NEXT_STEPS])
def test_what_it_says_to_try_next_does_what_it_says(tmp_path: Path, command: str, what: str) -> None:
    assert assets_actions("demo", str(tmp_path / "demo"), cwd=tmp_path).code == 0
    command = command.replace(
        "assets-actions", f"env PYTHONPATH={shlex.quote(str(ROOT))} {sys.executable} -m assets_actions"
    )
    done = subprocess.run(command, shell=True, cwd=tmp_path / "demo/repo", capture_output=True, text=True, check=False)  # noqa: S602
    assert done.returncode in (0, 1), done.stderr
    shown = {
        "the release commit": "latest/",
        "two released components": "2 blocked",
        "a typing error": "did you mean `type`?",
        "what last month's": "2 updated",
    }
    assert next(text for start, text in shown.items() if what.startswith(start)) in done.stdout


def test_it_never_writes_into_what_is_there_already(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/mine").write_text("x")
    ran = assets_actions("demo", "demo", cwd=tmp_path)
    assert ran.code == 2
    assert "`demo` is there already" in ran.err
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["mine"]


def test_it_is_the_same_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's git configuration may do anything to a commit; not to those of the sample."""
    config = tmp_path / "gitconfig"
    config.write_text(
        "[core]\n\tautocrlf = true\n\thooksPath = /nonexistent\n[commit]\n\tgpgsign = true\n[init]\n\tdefaultBranch = x\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    ran = assets_actions("demo", str(tmp_path / "demo"), cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert b"\r" not in (tmp_path / "demo/repo/README.md").read_bytes()


def test_as_json_it_gives_each_steps_own(tmp_path: Path) -> None:
    ran = assets_actions("demo", str(tmp_path / "demo"), "--format", "json", cwd=tmp_path)
    commands = [step["command"].split()[1] for step in ran.json["steps"]]
    assert commands == ["validate", "pin-versions", "detect-changes", "release-commit", "release-commit"]
    assert ran.json["steps"][2]["result"]["summary"]["updated"] == 4
