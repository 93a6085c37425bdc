"""Work that another processor does meanwhile."""

import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
_LENGTH = 8
"""So many bytes before a result tell how long it is: a copy that is killed may leave half of one."""


def beside(task: Callable[[], T]) -> Callable[[], T]:
    """Begin a task in a copy of this process; what is returned waits for its result, which is pickled.

    Where a process cannot be copied, or the copy came to nothing, the task is done here, when it is asked for. No
    thread may be running.
    """
    if not hasattr(os, "fork"):
        return task
    reading, writing = os.pipe()
    try:
        copy = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return task
    if copy == 0:
        os.close(reading)  # else it would wait for itself to read, where this process has gone
        _finish(task, writing)
    os.close(writing)

    def result() -> T:
        with os.fdopen(reading, "rb") as pipe:
            length, content = pipe.read(_LENGTH), pipe.read()
        with suppress(ChildProcessError):  # whoever started us may have told the system to forget ended processes
            os.waitpid(copy, 0)
        if len(length) < _LENGTH or len(content) != int.from_bytes(length):
            return task()
        done: T = pickle.loads(content)  # noqa: S301 (our own process wrote it)
        return done

    return result


def _finish(task: Callable[[], object], writing: int) -> None:
    """The end of a copied process: nothing of it goes on, be it that the task failed."""
    try:
        content = pickle.dumps(task(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(len(content).to_bytes(_LENGTH) + content)
    finally:
        os._exit(0)
