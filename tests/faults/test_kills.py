"""A release that is killed leaves the remote as it was or as it should be, and the next run completes it."""

import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.conftest import Template, check_done_or_not, copied, local_state
from tests.faults.history import refs
from tests.faults.killing import Kill

KILLS = int(os.environ.get("FAULTS_KILLS", "200"))
SEED = os.environ.get("FAULTS_SEED", "1")
WORKERS = 2

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace, which kills at a system call, is missing")


def try_one(template: Template, directory: Path, number: int) -> Kill:
    """Kill one release; whatever comes out, the message tells how to do it again."""
    dice = random.Random(f"{SEED}-{number}")  # noqa: S311 (no secret)
    while True:
        kill = template.points.choose(dice)
        with copied(template.directory, directory) as trial:
            before, mine = refs(trial.origin), local_state(trial.clone)
            ran = trial.job.run("release-commit", "--tag", kill=kill)
            trial.server.settle()
            killed = trial.job.killed
            if killed is None:  # not every run makes as many calls
                continue
            try:
                if kill.fate == "alone" and kill.victim:
                    assert ran.code in (0, 2)
                    assert "Traceback" not in ran.err
                check_done_or_not(template, trial, before, mine)
            except Exception as error:
                error.add_note(
                    f"FAULTS_SEED={SEED}, number {number}: {kill}\nkilled: {killed}\nexit {ran.code}: {ran.err}"
                )
                raise
            return kill


def test_a_release_that_is_killed_at_any_write_is_done_or_not_done_and_the_next_run_completes_it(
    template: Template, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        trials = [pool.submit(try_one, template, tmp_path / f"trial{n}", n) for n in range(KILLS)]
    failed = [error for trial in trials if (error := trial.exception())]
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {KILLS} kills", failed)  # type: ignore[type-var]
    victims = {trial.result().victim for trial in trials}
    assert KILLS < 200 or len(victims) > 8, "all that a release runs was killed"
