"""Build contexts of environments."""

import re
from collections.abc import Iterator

from assets_actions.assets.texts import TextFile

from .registry import Problem, rule

_EXTRA_INDEX = re.compile(r"^(?![ \t]*#).*?((?:--|PIP_|\b)extra[-_]index[-_]url)", re.IGNORECASE | re.MULTILINE)


@rule(TextFile)
def disallowed_index(file: TextFile) -> Iterator[Problem]:
    """No file of a build context gives pip an extra index.

    Why: pip takes the highest version of all indexes, so that anybody who puts a package of a private one's name on the
    public index has it installed (dependency confusion).
    Fix: give one index, with `--index-url`, that has all packages.
    Source: the checks of the system in public use; pip's documentation of `--extra-index-url`.
    """
    if file.in_context and "index" in file.document.text.lower():
        for found in _EXTRA_INDEX.finditer(file.document.text):
            message = f"`{found[1]}` lets a public package shadow a private one"
            yield Problem(file.document, slice(*found.span(1)), message, "give one index that has all packages")
