"""What a program wrote, for people: without what a terminal would act on."""

import re

from assets_actions.report.text import visible

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])"
)
"""Escape sequences as ECMA-48 has them: of colours and the cursor, of window titles and links, of devices."""


def clean(text: str) -> str:
    """The text without escape sequences; of a line that was written over, its last state."""
    lines = (_ESCAPES.sub("", line).rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(visible(line.expandtabs()) for line in lines)


def last_lines(text: str, count: int) -> str:
    """The last lines of it that are not empty."""
    return "\n".join([line for line in clean(text).split("\n") if line.strip()][-count:])
