"""How a run ends."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process tells whoever started it."""

    FINE = 0
    FOUND = 1
    """Findings of severity error, or something blocked."""
    USAGE = 2
    """The caller must change something."""
    OUR_BUG = 3
    INTERRUPTED = 130


class UserError(Exception):
    """The run cannot go on until the caller changes something.

    What happened, where (`file:line`), and what to do.
    """

    def __init__(self, message: str, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(message)
        self.message, self.where, self.fix = message, where, fix
