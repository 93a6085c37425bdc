"""Work that another processor does meanwhile."""

import os
import pickle
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def beside(task: Callable[[], T]) -> Callable[[], T]:
    """Begin a task in a copy of this process; what is returned waits for its result, which is pickled.

    Where a process cannot be copied, or the copy came to nothing, the task is done here, when it is asked for. No
    thread may be running.
    """
    if not hasattr(os, "fork"):
        return task
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        _finish(task, writing)
    os.close(writing)

    def result() -> T:
        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read()
        os.waitpid(copy, 0)
        if not content:
            return task()
        done: T = pickle.loads(content)  # noqa: S301 (our own process wrote it)
        return done

    return result


def _finish(task: Callable[[], object], writing: int) -> None:
    """The end of a copied process: nothing of it goes on, be it that the task failed."""
    try:
        content = pickle.dumps(task(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
    finally:
        os._exit(0)
