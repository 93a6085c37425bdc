"""Programs of others, run at the same time: each in a process group of its own, which ends with it.

What a program starts ends with it too, unless it leaves the group on purpose.
"""

import os
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

GRACE = 5.0
"""So many seconds a program has to say where it was when it was interrupted."""
LONGEST_LOG = 64 * 1024 * 1024
LONGEST_TAIL = 128 * 1024
_PIECE = 64 * 1024
_CUT = f"\n… more than {LONGEST_LOG:,} bytes: the rest is left out\n".encode()


class Ran(NamedTuple):
    """How a program ended: its exit code, negative where a signal ended it; the last part of what it wrote."""

    code: int
    timed_out: bool
    seconds: float
    log: str


def environment(is_hidden: Callable[[str, str], bool], more: Mapping[str, str]) -> dict[str, str]:
    """The variables that we have, without those that are hidden, and more."""
    return {name: value for name, value in os.environ.items() if not is_hidden(name, value)} | dict(more)


def search_path() -> str:
    """Where programs are looked for."""
    return os.environ.get("PATH", os.defpath)


def temporary_directory() -> Path:
    """A new directory, where the workflow run, else the system, has what is not kept."""
    place = os.environ.get("RUNNER_TEMP") or None
    return Path(tempfile.mkdtemp(prefix="assets-actions-", dir=place)).resolve()


def temporary_files_in(directory: Path) -> dict[str, str]:
    """The variables that have programs make their temporary files there."""
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(directory))


def left_behind(path: Path, limit: int) -> bytes:
    """What a program has left in a file; of one over the limit, a little more than that.

    Raises OSError where there is none: a program could have made a link or a pipe of it, of which no reading ends.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path} is no file")
        return file.read(limit + 1)


class Programs:
    """Programs that are running. `stop` ends them, and lets none begin any more."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(
        self, command: Sequence[str], directory: Path, env: Mapping[str, str], log: Path, limit: float | None = None
    ) -> Ran:
        """Run a program, with what it writes in a file, which is appended to.

        After `limit` seconds it is interrupted and, where that does not end it, killed. Raises OSError where it cannot
        be started, and KeyboardInterrupt where all programs were stopped.
        """
        began = time.monotonic()
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            process = subprocess.Popen(
                command, cwd=directory, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            self._running.add(process)
        output = _Output(process.stdout, log)
        timed_out = False
        try:
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                timed_out = True
                _signal(process, signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE)
        finally:
            _kill(process)
            process.wait()
            with self._lock:
                self._running.discard(process)
        tail = output.finish()
        if self._stopped:
            raise KeyboardInterrupt
        return Ran(process.returncode, timed_out, time.monotonic() - began, tail)

    def stop(self) -> None:
        """End all."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)


class _Output:
    """What a process writes: to a file as long as that is of bearable size, and its last part kept."""

    def __init__(self, stream: IO[bytes] | None, log: Path) -> None:
        assert stream
        self._tail: deque[bytes] = deque()
        self._stream, self._log = stream, log
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        size, file = 0, _Log(self._log)
        while part := os.read(self._stream.fileno(), _PIECE):
            file.write(part)
            self._tail.append(part)
            size += len(part)
            while size - len(self._tail[0]) >= LONGEST_TAIL:
                size -= len(self._tail.popleft())
        file.close()

    def finish(self) -> str:
        """The last part. What has left the process group may hold the other end open: nobody waits for it long."""
        self._thread.join(2)
        if not self._thread.is_alive():
            self._stream.close()
        return b"".join(self._tail.copy()).decode("utf-8", "replace")


class _Log:
    """A file that is written as long as it can be and is not too long: whoever writes here must not stop reading."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] | None = None
        self._left = LONGEST_LOG
        with suppress(OSError):
            self._file = open(path, "ab", buffering=0)  # noqa: SIM115 (closed by `close`)

    def write(self, part: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(part)
            self._left -= len(part)
            if self._left <= 0:
                self._file.write(_CUT)
                self.close()
        except OSError:
            self.close()

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.kill()


def _kill(process: subprocess.Popen[bytes]) -> None:
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))


@contextmanager
def interruptible() -> Iterator[Programs]:
    """Programs that end when we do: be it that we are interrupted, or asked to end."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    asked_to_end = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {number: interrupt for number in asked_to_end if signal.getsignal(number) is signal.SIG_DFL}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # In the background of a script we are deaf to it, and programs would be as well: not so to a handler's signal.
        handlers[signal.SIGINT] = lambda _number, _frame: None
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    programs = Programs()
    try:
        yield programs
    finally:
        programs.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
