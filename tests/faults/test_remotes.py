"""A remote that refuses, breaks off or runs full is left as it was or as it should be, and the next run completes it."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.faults.conftest import Template, Trial, check_done_or_not, copied, local_state
from tests.faults.history import refs
from tests.faults.killing import Kill
from tests.faults.server import Fault

CUTS = 5


@pytest.fixture
def trial(template: Template, tmp_path: Path) -> Iterator[Trial]:
    with copied(template.directory, tmp_path / "trial") as trial:
        yield trial


def release(template: Template, trial: Trial, *faults: Fault) -> tuple[Ran, bool]:
    """A release that these faults befall, and whether it was complete after it; whatever came, the next run completes it."""
    before, mine = refs(trial.origin), local_state(trial.clone)
    trial.server.faults = list(faults)
    ran = trial.job.run("release-commit", "--tag")
    trial.server.settle()
    assert "Traceback" not in ran.err
    trial.server.faults = []
    return ran, check_done_or_not(template, trial, before, mine)


def hook(trial: Trial, name: str, script: str) -> Path:
    file = trial.origin / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("pre-receive", "echo no >&2; exit 1"),
        ("update", 'if [ "$1" = refs/tags/environment/e7/2 ]; then echo no >&2; exit 1; fi'),
        ("update", 'if [ "$1" = refs/heads/release ]; then echo no >&2; exit 1; fi'),
        ("reference-transaction", '[ "$1" != prepared ]'),
    ],
    ids=["all", "one tag", "the branch", "at the last moment"],
)
def test_a_remote_that_rejects_takes_nothing(template: Template, trial: Trial, name: str, script: str) -> None:
    before = refs(trial.origin)
    file = hook(trial, name, script)
    ran = trial.job.run("release-commit", "--tag")
    assert ran.code == 2
    assert "fix: " in ran.err
    assert refs(trial.origin) == before
    file.unlink()
    assert release(template, trial)[1]


def test_a_remote_that_knows_no_atomic_push_is_refused(template: Template, trial: Trial) -> None:
    before = refs(trial.origin)
    config = trial.origin / "config"
    was = config.read_text()
    config.write_text(f"{was}[receive]\n\tadvertiseAtomic = false\n")
    ran = trial.job.run("release-commit", "--tag")
    assert (ran.code, refs(trial.origin)) == (2, before)
    assert "cannot take branch and tags as a whole" in ran.err
    config.write_text(was)
    assert release(template, trial)[1]


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_connection_that_breaks_at_any_byte_leaves_all_or_nothing(
    template: Template, tmp_path: Path, way: str
) -> None:
    with copied(template.directory, tmp_path / "whole") as trial:
        ran, _ = release(template, trial, Fault(up=1 << 40))
        assert ran.code == 0, ran.err
        trial.server.settle()  # it counts once both ends have hung up
        ((up, down),) = trial.server.passed
    total = up if way == "up" else down
    dice = random.Random(way)  # noqa: S311 (no secret)
    complete = []
    for cut in sorted({0, 1, total - 1, total, *(dice.randrange(total) for _ in range(CUTS))}):
        with copied(template.directory, tmp_path / f"cut{cut}") as trial:
            ran, arrived = release(template, trial, Fault(up=cut) if way == "up" else Fault(down=cut))
            # Who was cut off asks the remote. It may be at work still, so that what arrived is not there yet.
            assert (ran.code, arrived) in ((0, True), (2, False), (2, True)), (cut, total, ran.err)
            assert ran.code == 0 or "fix: run it again" in ran.err
            complete.append(arrived)
    assert {True, False} <= {*complete}, "some cuts come too early, some too late to matter"


@pytest.mark.skipif(not shutil.which("strace"), reason="strace, which lets a system call fail, is missing")
def test_a_disk_that_is_full_on_the_remote_leaves_all_or_nothing(template: Template, tmp_path: Path) -> None:
    strace = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=write,pwrite64,openat,mkdir"]
    complete = []
    for call, when in (("write", 1), ("write", 8), ("write", 40), ("openat", 40), ("mkdir", 3), ("write", 10_000)):
        with copied(template.directory, tmp_path / f"{call}{when}") as trial:
            full = [*strace, "-e", f"inject={call}:error=ENOSPC:when={when}+"]
            ran, arrived = release(template, trial, Fault(wrapper=full))
            assert (ran.code, arrived) in ((0, True), (2, False), (2, True)), ran.err
            complete.append(arrived)
    assert {True, False} <= {*complete}, "it was full too early, and never"


@pytest.mark.skipif(not shutil.which("strace"), reason="strace, which lets a system call fail, is missing")
def test_a_disk_that_is_full_here_stops_the_release_with_an_error(template: Template, tmp_path: Path) -> None:
    codes = []
    for (victim, call), when in sorted(template.points.files.items()):
        # Of our own process, writes are also what it says, to whom a disk makes no difference.
        if call not in ("write", "pwrite64", "mkdir") or (victim, call) == (0, "write"):
            continue
        with copied(template.directory, tmp_path / f"{victim}{call}") as trial:
            before, mine = refs(trial.origin), local_state(trial.clone)
            ran = trial.job.run("release-commit", "--tag", kill=Kill(victim, call, when, "alone", "error=ENOSPC"))
            trial.server.settle()
            assert ran.code in (0, 2), (victim, call, ran.err)
            assert "Traceback" not in ran.err
            if ran.code:
                assert ran.err.startswith("error: ")
            check_done_or_not(template, trial, before, mine)
            codes.append(ran.code)
    assert codes.count(2) > 3
