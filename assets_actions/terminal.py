"""The terminal: colour there and only there, and what takes long says so while it does."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .report.text import Segments, plain, visible, without_logins

Tell = Callable[[str, str | None], None]
"""Tells what one of many things is at; None: that it is done."""


def write(text: str) -> None:
    """Print a text as it is. A reader that has gone (`| head`) is no error, and changes nothing of how the run ends."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is buffered still must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(text: Segments) -> None:
    """Print a text, with its styles where standard output is a terminal (or FORCE_COLOR is set)."""
    if not sys.stdout.isatty() and not os.environ.get("FORCE_COLOR"):
        write(plain(text))
        return
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False, soft_wrap=True).print(Text.assemble(*text), end="")


def _is_watched() -> bool:
    """Whether a person looks on. A runner may give a job a terminal that nobody sits at."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what is being done, while it is, where standard error is a terminal; a log stays quiet."""
    if not _is_watched():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(without_logins(what)):
        yield


@contextmanager
def steps(what: str, total: int) -> Iterator[Tell]:
    """Say how far many things at once have come, where standard error is a terminal; a log stays quiet.

    What is given is called with the name of one and what it is at, or None where it is done; from any thread.
    """
    if not _is_watched():
        yield lambda _name, _at: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.status import Status

    at: dict[str, str] = {}
    lock = threading.Lock()
    done = 0

    def shown() -> str:
        lines = (escape(f"\n  {visible(name)}: {visible(now)}"[: console.width]) for name, now in at.items())
        return escape(f"{what}: {done} of {total}") + "".join(lines)

    def tell(name: str, now: str | None) -> None:
        nonlocal done
        with lock:
            if now is None:
                done += at.pop(name, None) is not None
            else:
                at[name] = now
            status.update(shown())

    console = Console(stderr=True)
    status = Status(shown(), console=console)
    with status:
        yield tell
