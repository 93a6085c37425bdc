"""Markdown for the job summary."""

import re
from collections.abc import Iterable, Sequence

from .text import visible

_ACTIVE = str.maketrans({c: f"&#{ord(c)};" for c in "|[]!*_~@#\\"})


def escape(text: str) -> str:
    """Any text as plain Markdown: no links, images, mentions or HTML of its author's. `code` stays code."""
    import html

    safe = html.escape(visible(text), quote=False).translate(_ACTIVE)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe).replace("`", "&#96;")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are escaped."""
    lines = [head, ["---"] * len(head), *([escape(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
