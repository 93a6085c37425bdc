"""A run that is killed half-way leaves nothing that the next one does not complete, and nothing twice."""

import os
import signal
import subprocess
import sys
from typing import Literal

import pytest

from assets_actions.deprecation.marker import UNFINISHED, find_mark
from tests.conftest import IDENTITY, ROOT, Repo
from tests.github.stand_in import GitHub
from tests.lifecycle.conftest import NEW, OLD
from tests.registries.server import Answer, Request

When = Literal["before", "after"]
PEOPLE = ("--label", "deprecation", "--reviewer", "ada", "--assignee", "ada", "--as-of", "2026-11-24")
DEPRECATE = ("deprecate-pr", "--asset", OLD, "--replacement", NEW, *PEOPLE)


def killed(server: GitHub, repo: Repo, number: int, when: When, *arguments: str) -> bool:
    """Run a command, and kill it when its n-th writing request has come, before or after that is done; whether it was."""
    env = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "assets_actions", *arguments],
        cwd=repo.path,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    left = number
    truly = type(server).answer

    def answer(request: Request) -> Answer:
        nonlocal left
        left -= request.method != "GET"
        is_time = left == 0 and request.method != "GET"
        if is_time and when == "before":
            process.send_signal(signal.SIGKILL)
            process.wait()
            return Answer(500)
        told = truly(server, request)
        if is_time:
            process.send_signal(signal.SIGKILL)
            process.wait()
        return told

    server.answer = answer  # type: ignore[method-assign]
    _, said = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def until_done(server: GitHub, repo: Repo, when: When, *arguments: str) -> int:
    """Run a command again and again, killed at its first request that writes, then its second…; how often it was."""
    for number in range(1, 12):
        if not killed(server, repo, number, when, *arguments):
            return number - 1
    raise AssertionError("it never comes to an end")


def check_pull_request(server: GitHub, number: int) -> None:
    """It is there once, and complete."""
    assert [n for n, one in server.tracker.threads.items() if one.pull and one.state == "open"] == [number]
    one = server.tracker.threads[number]
    mark = find_mark(one.body or "")
    assert mark
    assert mark.digest != UNFINISHED
    assert (one.labels, one.assignees) == (["deprecation"], ["ada"])
    assert one.pull
    assert one.pull.reviewers == ["ada"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_every_step_is_completed_by_the_next_run(server: GitHub, two: Repo, when: When) -> None:
    assert until_done(server, two, when, *DEPRECATE) == 4
    check_pull_request(server, 1)
    server.merge(1)
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    assert until_done(server, two, when, "sweep", *PEOPLE) == (4 if when == "after" else 5)
    check_pull_request(server, 2)
    assert until_done(server, two, when, "remove-pr", "--asset", OLD, *PEOPLE) == 0
    assert len([one for one in server.tracker.threads.values() if not one.pull]) == 1
    server.merge(2)
    two.git("pull", "--quiet", "origin", "main")
    two.release("--tag")
    assert not any(path.startswith(f"latest/{OLD}/") for path in two.released())
