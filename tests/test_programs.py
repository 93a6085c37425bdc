"""Programs of others end when they should, and with all that they started."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_actions import programs
from assets_actions.programs import Programs, Ran, environment, interruptible, left_behind


@pytest.fixture
def running() -> Iterator[Programs]:
    with interruptible() as found:
        yield found


def run(running: Programs, tmp_path: Path, code: str, limit: float | None = None) -> Ran:
    return running.run([sys.executable, "-c", code], tmp_path, dict(os.environ), tmp_path / "log", limit)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_for(path: Path) -> str:
    for _ in range(500):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.02)
    raise AssertionError(f"{path} was never written")


def test_what_a_program_writes_is_kept_in_a_file_and_its_end_at_hand(running: Programs, tmp_path: Path) -> None:
    ran = run(running, tmp_path, "import sys; print('out', flush=True); sys.stderr.write('err'); sys.exit(7)")
    assert (ran.code, ran.timed_out, ran.log) == (7, False, "out\nerr")
    assert (tmp_path / "log").read_text() == "out\nerr"


def test_nothing_is_read_from_our_own_input(running: Programs, tmp_path: Path) -> None:
    assert run(running, tmp_path, "print(repr(input()))").code == 1


def test_endless_output_fills_neither_memory_nor_disk(
    running: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "LONGEST_LOG", 1 << 20)
    monkeypatch.setattr(programs, "LONGEST_TAIL", 1 << 16)
    ran = run(running, tmp_path, "for n in range(400_000): print(n, 'x' * 20)\nprint('end')")
    assert ran.code == 0
    assert ran.log.endswith("end\n")
    assert len(ran.log) < 1 << 18
    assert 1 << 20 <= (tmp_path / "log").stat().st_size < 2 << 20


def test_what_takes_too_long_is_interrupted_and_can_say_where_it_was(running: Programs, tmp_path: Path) -> None:
    ran = run(running, tmp_path, "import time\ntry: time.sleep(60)\nfinally: print('was asleep')", 0.5)
    assert ran.timed_out
    assert "was asleep" in ran.log
    assert ran.seconds < 5


def test_what_does_not_listen_is_killed_with_all_that_it_started(
    running: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "GRACE", 0.3)
    code = (
        "import signal, subprocess, sys, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\nprint(child.pid, flush=True)\ntime.sleep(60)"
    )
    ran = run(running, tmp_path, code, 1.0)
    assert (ran.timed_out, ran.code) == (True, -signal.SIGKILL)
    time.sleep(0.1)
    assert not is_alive(int(ran.log))


def test_what_a_program_leaves_running_ends_with_it(running: Programs, tmp_path: Path) -> None:
    ran = run(running, tmp_path, "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)")
    assert ran.code == 0
    assert ran.seconds < 10
    time.sleep(0.1)
    assert not is_alive(int(ran.log))


def test_stopped_all_end_and_none_begins(tmp_path: Path) -> None:
    ended = []
    with interruptible() as running:

        def one() -> None:
            try:
                run(running, tmp_path, f"import time; open({str(tmp_path / 'on')!r}, 'w').write('x'); time.sleep(60)")
            except KeyboardInterrupt:
                ended.append(True)

        thread = threading.Thread(target=one)
        thread.start()
        wait_for(tmp_path / "on")
        running.stop()
        thread.join(5)
        assert ended
        with pytest.raises(KeyboardInterrupt):
            run(running, tmp_path, "")


def test_to_be_asked_to_end_is_to_be_interrupted() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_we_are_told_to_ignore_we_ignore_and_can_interrupt_programs_all_the_same(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        before = signal.signal(number, signal.SIG_IGN)
        request.addfinalizer(lambda number=number, before=before: signal.signal(number, before))  # type: ignore[misc]
    with interruptible() as running:
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGINT)
        ran = run(running, tmp_path, "import time\ntry: time.sleep(60)\nfinally: print('was asleep')", 0.5)
    assert "was asleep" in ran.log
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_log_that_cannot_be_written_stops_nobody(running: Programs, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('x' * 1_000_000)"]
    for log in (tmp_path / "none" / "log", Path("/dev/full")):
        ran = running.run(command, tmp_path, dict(os.environ), log)
        assert (ran.code, ran.log[-2:]) == (0, "x\n")


def test_hidden_variables_are_left_out_and_more_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "x")
    monkeypatch.setenv("MINE", "y")
    found = environment(lambda name, _: name == "MY_TOKEN", {"MORE": "z"})
    assert "MY_TOKEN" not in found
    assert (found["MINE"], found["MORE"]) == ("y", "z")


def test_what_is_left_behind_is_read_from_files_alone_and_not_without_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    assert left_behind(tmp_path / "file", 3) == b"1234"
    for name in ("link", "pipe", "gone"):
        with pytest.raises(OSError, match=name):
            left_behind(tmp_path / name, 3)
