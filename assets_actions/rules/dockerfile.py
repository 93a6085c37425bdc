"""Dockerfiles of environments."""

import re
from collections.abc import Iterator, Mapping

from assets_actions.assets.config import HOSTNAMES
from assets_actions.assets.texts import TextFile
from assets_actions.building.dockerfile import instructions

from .policy import Policy
from .registry import Problem, rule

LONGEST_IMAGE = 1000
LONGEST_ARGUMENTS = 10_000
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^{}]*))?\})")


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
    for one in instructions(text):
        if one.name == "ARG" and not seen_from:
            for word in _words(one.rest):
                name, _, value = word.partition("=")
                defaults[name] = _substitute(value, defaults)
        elif one.name == "FROM":
            seen_from = True
            given = next((word for word in _words(one.rest) if not word.startswith("--")), "")
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


def _words(text: str) -> list[str]:
    import shlex

    try:
        return shlex.split(text) if len(text) <= LONGEST_ARGUMENTS else text.split()
    except ValueError:
        return text.split()
