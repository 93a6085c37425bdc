"""Dockerfiles of environments."""

import re
from collections.abc import Iterator

from assets_actions.assets.config import HOSTNAMES
from assets_actions.assets.texts import TextFile

from .policy import Policy
from .registry import Problem, rule

_FROM = re.compile(r"^[ \t]*FROM(?:[ \t]|\\\r?\n)+(?:--\S+(?:[ \t]|\\\r?\n)+)*(\S+)", re.IGNORECASE | re.MULTILINE)
_ARG = re.compile(r"^[ \t]*ARG[ \t]+(\w+)=[\"']?([^\s\"']+)", re.IGNORECASE | re.MULTILINE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([^}$]*))?\})")


@rule(TextFile, needs=Policy)
def published_base_image(file: TextFile, policy: Policy) -> Iterator[Problem]:
    """No image is built from one that this repository publishes.

    Why: to release the one, the other would have to be released and published before; nothing sees to that.
    Fix: build from the base of that image.
    Source: the checks of the system in public use.
    """
    if not file.is_dockerfile:
        return
    defaults = dict(_ARG.findall(file.document.text))
    ours = tuple(f"{host}/{policy.images.prefix}".lower() for host in HOSTNAMES.values())
    for line in _FROM.finditer(file.document.text):
        image = _VARIABLE.sub(lambda v: defaults.get(v[1] or v[2]) or v[3] or v[0], line[1])
        if image.lower().startswith(ours):
            message = f"`{image}` is an image that this repository publishes"
            yield Problem(file.document, slice(*line.span(1)), message)
