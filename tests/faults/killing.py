"""Run a release and kill it, or a git that it runs, at one system call that writes."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from tests.conftest import IDENTITY, ROOT, Ran

WRITES = (
    "write,pwrite64,writev,sendto,sendmsg,ftruncate,?rename,?renameat,renameat2,?link,linkat,?symlink,symlinkat,"
    "?unlink,unlinkat,?mkdir,mkdirat,?rmdir,?open,openat"
)
STRACE = ["strace", "-q", "-e", f"trace={WRITES}"]
PYTHON = 0
GIT = """#!/bin/sh
# Stands before git on PATH, and runs one git of a release under strace, or all of them.
read -r number <"$KILL_DIR/count"
number=$((number + 1))
echo $number >"$KILL_DIR/count"
case $KILL_AT in
all) exec {strace} -f --seccomp-bpf -o "$KILL_DIR/$number.trace" {git} "$@" ;;
$number) ;;
*) exec {git} "$@" ;;
esac
if [ "$KILL_FATE" = orphan ]; then
  echo "+++ killed by SIGKILL +++" >"$KILL_DIR/killed"
  kill -KILL $PPID
  exec {git} "$@"
fi
{strace} -f -o "$KILL_DIR/killed" -e "inject=$KILL_CALL:$KILL_HOW:when=$KILL_WHEN+" {git} "$@"
code=$?
[ "$KILL_FATE" = job ] && grep -q 'killed by' "$KILL_DIR/killed" && kill -KILL 0
exit $code
"""

Fate = Literal["alone", "job", "orphan"]
"""Whether the killed process dies alone, or its whole job does with it, or it is the parent of git that dies."""


class Kill(NamedTuple):
    """Which process is killed (0: our own, else the git that is run as number so and so), at which call, and with whom."""

    victim: int
    call: str
    when: int
    fate: Fate
    how: str = "signal=SIGKILL"
    """What happens at the call and, unless that ends the process, at all later ones."""


class Points(NamedTuple):
    """For each process of a release and each system call by which it writes, the numbers of those calls.

    `files`: the number of the first one that is not to its standard output or error: those are pipes, which no full
    disk fills, and of which git therefore takes no notice.
    """

    writes: Mapping[tuple[int, str], list[int]]
    files: Mapping[tuple[int, str], int]

    def choose(self, dice: random.Random) -> Kill:
        """A kill at random; a process that only answers, in many pieces, is no more likely than one that does more."""
        victim, call = dice.choice(sorted(self.writes))
        fates: list[Fate] = ["alone", "job"] if victim == PYTHON else ["alone", "alone", "job", "job", "orphan"]
        fate = dice.choice(fates)
        return Kill(victim, call, dice.choice(self.writes[victim, call]), fate)


@dataclass(frozen=True)
class Job:
    """A run of the command line as a job: a process group of its own, with what it needs to be killed by."""

    clone: Path
    directory: Path

    def run(self, *arguments: str, kill: Kill | None = None, trace: bool = False, timeout: float = 60) -> Ran:
        """Run it to its end, and to that of all processes that it has left behind."""
        self._prepare()
        env = {
            **os.environ,
            **IDENTITY,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.directory / "tmp"),
        }
        if kill or trace:
            env |= {
                "PATH": f"{self.directory}{os.pathsep}{env['PATH']}",
                "KILL_DIR": str(self.directory),
                "KILL_AT": str(kill.victim) if kill else "all",
            }
        if kill:
            env |= {"KILL_CALL": kill.call, "KILL_WHEN": str(kill.when), "KILL_FATE": kill.fate, "KILL_HOW": kill.how}
        command = [sys.executable, "-m", "assets_actions", *arguments]
        if trace:
            command = [*STRACE, "-o", str(self.directory / "0.trace"), *command]
        elif kill and kill.victim == PYTHON:
            inject = f"inject={kill.call}:{kill.how}:when={kill.when}+"
            command = [*STRACE, "-o", str(self.directory / "killed"), "-e", inject, *command]
        out, err = self.directory / "out", self.directory / "err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=self.clone, env=env, stdout=stdout, stderr=stderr, start_new_session=True
            )
        try:
            code = process.wait(timeout)
            if kill and kill.victim == PYTHON and kill.fate == "job":
                _kill_group(process.pid)
            _await_group(process.pid, timeout)
        finally:
            _kill_group(process.pid)
            process.wait()
        return Ran(code, out.read_text(errors="surrogateescape"), err.read_text(errors="surrogateescape"))

    @property
    def killed(self) -> str | None:
        """The last system call of what was killed; None where nothing was."""
        told = self.directory / "killed"
        lines = told.read_text(errors="replace").splitlines() if told.exists() else []
        return next(
            (" ".join(lines[max(n - 1, 0) : n + 1]) for n, line in enumerate(lines) if "killed by" in line), None
        )

    def points(self) -> Points:
        """Where a run can be killed, from the traces of one that was not."""
        traces = {int(file.stem): file for file in self.directory.glob("*.trace")}
        writes, files = ({victim: _writes(file, *fds) for victim, file in traces.items()} for fds in ((), ("1", "2")))
        return Points(
            {(victim, call): sorted(when) for victim, calls in writes.items() for call, when in calls.items()},
            {(victim, call): min(when) for victim, calls in files.items() for call, when in calls.items()},
        )

    def _prepare(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
        (self.directory / "tmp").mkdir(parents=True)
        (self.directory / "count").write_text("0\n")
        shim = self.directory / "git"
        git = shutil.which("git")
        shim.write_text(GIT.format(strace=" ".join(STRACE), git=git))
        shim.chmod(0o755)


def _writes(trace: Path, *without: str) -> dict[str, set[int]]:
    """The numbers of the system calls that write, as strace counts: of each name in each process by itself.

    Leaves out those to some file descriptors.
    """
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[str, set[int]] = defaultdict(set)
    for process, call, rest in re.findall(r"^(\d* *)(\w+)\((.*)", trace.read_text(errors="replace"), re.MULTILINE):
        counts[process, call] += 1
        is_kept = not call.startswith("open") or "O_CREAT" in rest
        if is_kept and rest.partition(",")[0] not in without:
            found[call].add(counts[process, call])
    return found


def _await_group(group: int, timeout: float) -> None:
    end = time.monotonic() + timeout
    while _lives(group):
        assert time.monotonic() < end, "a process outlived its job"
        time.sleep(0.005)


def _lives(group: int) -> bool:
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(its_group) == group and state != "Z":
                return True
    return False


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
