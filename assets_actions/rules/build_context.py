"""Build contexts of environments."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from assets_actions.assets.texts import TextFile

from .registry import Problem, rule

_PART = re.compile(r"\\[ \t]*\r?\n|[\"']")
_BROKEN = f"(?:{_PART.pattern})*"
"""What may stand between two letters of an option and is not there for whoever runs it: a line's end, a quote."""
_EXTRA, _INDEX, _URL = (_BROKEN.join(word) for word in ("extra", "index", "url"))
_DASH = f"{_BROKEN}[-_]{_BROKEN}"
_OPTION = re.compile(
    rf"(?:--|(?<![A-Za-z])[A-Z]{{1,20}}_)?(?<![A-Za-z]){_EXTRA}{_DASH}{_INDEX}(?:{_DASH}{_URL})?"
    # pip takes any beginning of an option's name.
    r"|--extra(?:-[a-z]*)?[ \t=]+[\"']?\w+://",
    re.IGNORECASE,
)


@rule(TextFile)
def disallowed_index(file: TextFile) -> Iterator[Problem]:
    """No file of a build context gives pip an extra index.

    Why: pip takes the highest version of all indexes, so that anybody who puts a package of a private one's name on the
    public index has it installed (dependency confusion).
    Fix: give one index, with `--index-url`, that has all packages.
    Source: the checks of the system in public use; pip's documentation of `--extra-index-url`, and how it reads lines.
    """
    text = file.document.text
    if not file.in_context or "extra" not in _PART.sub("", text).lower():
        return
    found = list(_OPTION.finditer(text))
    # As pip does, which ends a line at more characters than an editor shows it to.
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    for one in found:
        line = lines[bisect_right(starts, one.start()) - 1]
        if not line.lstrip().startswith("#"):
            shown = " ".join(one[0].split())
            message = f"`{shown}` lets a public package shadow a private one"
            yield Problem(file.document, slice(*one.span()), message, "give one index that has all packages")
