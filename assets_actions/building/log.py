"""The log of a build, line by line, each with the step that it belongs to."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_LINES = 100_000
"""So many lines of a log are looked at; more only stand in its file."""
LONGEST_LINE = 10_000
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]"
)
_STEP = re.compile(r"Step (\d{1,5})/(\d{1,5}) : ")
_RUNNING = re.compile(r" ---> Running in ([0-9a-f]{12,64})\n?")
_WARNING = " ---> [Warning]"


class Line(NamedTuple):
    """A line of a log, and the number of the step, from 1, that said it: 0 before the first."""

    step: int
    text: str


@dataclass
class Log:
    """What a build has said so far."""

    lines: list[Line] = field(default_factory=list)
    step: int = 0
    steps: int = 0
    title: str = ""
    """The instruction of the step, on one line."""
    containers: list[str] = field(default_factory=list)
    """The containers that steps ran in, by the builder's word; what a step prints can look like that."""
    _rest: str = ""
    _fresh: bool = False

    def add(self, piece: str) -> list[Line]:
        """Take a piece of the builder's stream; the lines that it completes, without what terminals act on."""
        if (found := _STEP.match(piece)) and self._follows(int(found[1]), int(found[2])):
            done = self.finish()
            self.step, self.steps = int(found[1]), int(found[2])
            self.title = clean(piece[found.end() :])
            self._fresh = True
            return [*done, *self._split(piece)]
        if self._fresh and (running := _RUNNING.fullmatch(piece)):
            self.containers.append(running[1])
        # Only what the builder says before a step says anything is the builder's word.
        self._fresh = self._fresh and (not piece.strip() or piece.startswith(_WARNING))
        return self._split(piece)

    def _follows(self, step: int, steps: int) -> bool:
        """Whether this is the builder's next step: what a step prints may look like one."""
        return step == self.step + 1 and (not self.steps or (steps == self.steps and step <= steps))

    def finish(self) -> list[Line]:
        """The line that is not ended yet, if there is one."""
        return self._split("\n") if self._rest else []

    def _split(self, piece: str) -> list[Line]:
        *ended, self._rest = (self._rest + piece).split("\n")
        if len(self._rest) > LONGEST_LINE:
            # A progress bar that never ends its line: of it, the last state counts.
            self._rest = self._rest[-LONGEST_LINE:]
        lines = [Line(self.step, clean(text)) for text in ended]
        lines = [line for line in lines if line.text]
        self.lines += lines[: max(0, MOST_LINES - len(self.lines))]
        return lines

    def said_by(self, step: int, most: int = 20) -> list[str]:
        """The last lines of a step, without those of the builder."""
        said = [line.text for line in self.lines if line.step == step and not is_builders(line.text)]
        return said[-most:]


def clean(text: str) -> str:
    """A line as a terminal leaves it: without colours, of what was written over itself the last state."""
    text = text[-LONGEST_LINE:].rstrip("\r").rpartition("\r")[2]
    return _CONTROL.sub("", text).rstrip().encode("utf-8", "replace").decode()


def is_builders(text: str) -> bool:
    """Whether the builder says this, not what it runs."""
    return text.startswith((" ---> ", "Removing intermediate container ")) or _STEP.match(text) is not None
