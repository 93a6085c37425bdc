"""Work in a copy of the process."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from assets_actions import parallel
from tests.conftest import ROOT


def test_a_task_is_done_in_another_process_and_its_result_comes_back() -> None:
    result = parallel.beside(lambda: (os.getpid(), {"a": [1]}))
    process, value = result()
    assert process != os.getpid()
    assert value == {"a": [1]}


def test_a_large_result_does_not_block() -> None:
    assert len(parallel.beside(lambda: b"x" * 5_000_000)()) == 5_000_000


def test_a_task_that_fails_in_the_copy_is_done_here_and_fails_here(capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getpid()

    def task() -> int:
        if os.getpid() != here:
            raise RuntimeError("in the copy")
        return 7

    assert parallel.beside(task)() == 7
    assert capfd.readouterr().err == ""
    with pytest.raises(ZeroDivisionError):
        parallel.beside(lambda: 1 // 0)()


def test_where_no_process_can_be_copied_the_task_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert parallel.beside(os.getpid)() == os.getpid()


def test_a_copy_that_nobody_waits_for_ends_and_lets_go_of_the_output() -> None:
    code = "import os\nfrom assets_actions import parallel\nparallel.beside(lambda: b'x' * 1_000_000)\nos._exit(2)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=20, check=False)
    assert done.returncode == 2


def test_what_the_system_forgets_of_ended_processes_is_not_missed() -> None:
    code = (
        "import os, signal\nfrom assets_actions import parallel\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "here = os.getpid()\nassert parallel.beside(os.getpid)() != here"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=20, check=False).returncode == 0


def test_half_a_result_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Torn(bytes):
        """Says that it is longer than it is, as a copy does that was killed while it wrote."""

        def __len__(self) -> int:
            return 99

    monkeypatch.setattr(pickle, "dumps", lambda *_: Torn(b"half"))
    assert parallel.beside(os.getpid)() == os.getpid()


def test_tasks_are_done_side_by_side_so_many_at_a_time_and_come_back_in_order() -> None:
    at_work: list[int] = []
    peak = 0
    seen: list[int] = []

    def task(number: int) -> int:
        nonlocal peak
        at_work.append(number)
        peak = max(peak, len(at_work))
        time.sleep(0.02 if number else 0.1)
        at_work.remove(number)
        return number

    tasks = [partial(task, number) for number in range(6)]
    results, interrupted = parallel.together(tasks, 2, seen.append, lambda: None)
    assert (results, interrupted, peak) == (list(range(6)), False, 2)
    assert sorted(seen) == list(range(6))
    assert seen[0] != 0, "each is told of when it is done"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_what_is_going_on_and_what_is_done_is_known(number: int) -> None:
    stopped = threading.Event()
    before = signal.getsignal(signal.SIGTERM)
    threading.Timer(0.1, os.kill, [os.getpid(), number]).start()
    results, interrupted = parallel.together(
        [lambda: 1, lambda: 2 if stopped.wait(10) else 3], 2, lambda _: None, stopped.set
    )
    assert (results, interrupted) == ([1, 2], True)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_task_that_raises_stops_the_others() -> None:
    stopped = threading.Event()

    def fail() -> bool:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        parallel.together([fail, lambda: stopped.wait(10)], 2, lambda _: None, stopped.set)
