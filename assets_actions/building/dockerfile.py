"""The instructions of a Dockerfile, as Docker splits it up."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_ESCAPE = re.compile(r"(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*`", re.IGNORECASE)


class Instruction(NamedTuple):
    """An instruction, its lines joined: its name in capitals, what follows, and where it stands in the text."""

    name: str
    rest: str
    start: int
    end: int

    @property
    def span(self) -> slice:
        """Where it stands in the text."""
        return slice(self.start, self.end)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile; one goes on after a line that ends in the escape character, past comments."""
    escape = "`" if _ESCAPE.match(text) else "\\"
    parts: list[str] = []
    start = end = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip()
        if bare and not bare.lstrip().startswith("#"):
            start = start if parts else end
            parts.append(bare.removesuffix(escape))
            if not bare.endswith(escape):
                yield _instruction(parts, start, end + len(bare))
                parts = []
        end += len(line)
    if parts:
        yield _instruction(parts, start, end)


def _instruction(parts: list[str], start: int, end: int) -> Instruction:
    name, _, rest = "".join(parts).strip().replace("\t", " ").partition(" ")
    return Instruction(name.upper(), rest, start, end)


def span_of_step(text: str, step: int) -> slice:
    """Where the instruction stands that is a build's so-manieth step, from 1; the last one for what we add to it."""
    found = list(instructions(text))
    return found[min(max(step, 1), len(found)) - 1].span if found else slice(0, 0)


def span_of_line(text: str, line: int) -> slice:
    """Where a line, from 1, stands in the text, without white space around it."""
    lines = text.split("\n")
    line = min(max(line, 1), len(lines))
    start = sum(len(one) + 1 for one in lines[: line - 1])
    there = lines[line - 1]
    start += len(there) - len(there.lstrip())
    return slice(start, start + len(there.strip()))


def last_base(found: Sequence[Instruction]) -> Instruction | None:
    """The FROM of the stage that becomes the image."""
    return next((one for one in reversed(found) if one.name == "FROM"), None)


def ignored(text: str) -> list[str]:
    """The patterns of a `.dockerignore`."""
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
