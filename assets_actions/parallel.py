"""Work that another processor does meanwhile, and work that waits for others."""

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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


def together(
    tasks: Sequence[Callable[[], T]], most: int, finished: Callable[[T], None], stop: Callable[[], None]
) -> tuple[list[T], bool]:
    """Do tasks in threads, so many at a time: their results in order, and whether an interrupt came.

    `finished` gets each result as well, here, as they come. After an interrupt `stop` has to end them all soon; a
    second one waits for nothing. No task may raise.
    """
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

    interrupted = False
    pool = ThreadPoolExecutor(most, "task")
    with _terminating_interrupts():
        futures = [pool.submit(task) for task in tasks]
        left = set(futures)
        while left:
            try:
                for one in wait(left, timeout=1, return_when=FIRST_COMPLETED).done:
                    left.remove(one)
                    finished(one.result())
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                stop()
            except BaseException:
                stop()
                raise
        pool.shutdown()
    return [one.result() for one in futures], interrupted


@contextmanager
def _terminating_interrupts() -> Iterator[None]:
    """Take a request to terminate, which a workflow run that is cancelled sends second, for an interrupt."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
