"""Dockerfiles of environments."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assets_actions.assets.config import HOSTNAMES
from assets_actions.assets.texts import TextFile

from .policy import Policy
from .registry import Problem, rule

LONGEST_IMAGE = 1000
LONGEST_ARGUMENTS = 10_000
_ESCAPE = re.compile(r"(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*`", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^{}]*))?\})")


class _Instruction(NamedTuple):
    """An instruction, its lines joined: its words, and where it begins and ends in the text."""

    name: str
    words: list[str]
    start: int
    end: int


@rule(TextFile, needs=Policy)
def published_base_image(file: TextFile, policy: Policy) -> Iterator[Problem]:
    """No image is built from one that this repository publishes.

    Why: to release the one, the other would have to be released and published before; nothing sees to that.
    Fix: build from the base of that image.
    Source: the checks of the system in public use; how Docker reads a Dockerfile.
    """
    if not file.is_dockerfile:
        return
    ours = tuple(f"{host}/{policy.images.prefix}".lower() for host in HOSTNAMES.values())
    text = file.document.text
    defaults: dict[str, str] = {}
    seen_from = False
    for one in _instructions(text):
        if one.name == "ARG" and not seen_from:
            for word in one.words:
                name, _, value = word.partition("=")
                defaults[name] = _substitute(value, defaults)
        elif one.name == "FROM":
            seen_from = True
            given = next((word for word in one.words if not word.startswith("--")), "")
            image = _substitute(given, defaults)
            if image.lower().startswith(ours):
                at = text.find(given, one.start, one.end)
                span = slice(at, at + len(given)) if at >= 0 else slice(one.start, one.end)
                yield Problem(file.document, span, f"`{image}` is an image that this repository publishes")


def _substitute(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables resolved, as far as their values are known; no longer than an image's name can be."""

    def value(variable: re.Match[str]) -> str:
        known = values.get(variable[1] or variable[2], "")
        match variable[3]:
            case ":+" | "+":
                return variable[4] if known else ""
            case ":-" | "-":
                return known or variable[4]
            case _:
                return known or variable[0]

    if len(text) > LONGEST_IMAGE or text.count("$") > LONGEST_IMAGE // 10:
        return ""
    return _VARIABLE.sub(value, text)[:LONGEST_IMAGE]


def _instructions(text: str) -> Iterator[_Instruction]:
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
                yield from _instruction(parts, start, end + len(bare))
                parts = []
        end += len(line)
    if parts:
        yield from _instruction(parts, start, end)


def _instruction(parts: list[str], start: int, end: int) -> Iterator[_Instruction]:
    name, _, rest = "".join(parts).strip().replace("\t", " ").partition(" ")
    if name.upper() in ("ARG", "FROM"):
        import shlex

        try:
            words = shlex.split(rest) if len(rest) <= LONGEST_ARGUMENTS else rest.split()
        except ValueError:
            words = rest.split()
        yield _Instruction(name.upper(), words, start, end)
