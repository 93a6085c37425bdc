"""Words for people."""

import re
from collections.abc import Sequence
from typing import TypeAlias

Segments: TypeAlias = Sequence[tuple[str, str]]
"""A text in pieces, each with its style on a terminal: `bold red`, say, or nothing."""

_LOGIN = re.compile(r"(?<=://)[^/\s]+@")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]|(?<=##)\\[")
"""Also what begins a command of a workflow run, wherever it stands in a line: `##[add-mask]x`.

Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""


def difference(path: str, old: str, new: str) -> list[str]:
    """What changes in a file, as the lines of a unified diff."""
    import difflib

    return list(difflib.unified_diff(old.splitlines(), new.splitlines(), path, path, lineterm=""))


def visible(text: str) -> str:
    r"""The text on one line, with what a terminal or a workflow run would act on made visible: `\n`, `\x1b`, `##[`.

    A byte that is not UTF-8 (a surrogate, by PEP 383) shows as `\xff`.
    """
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if match[0] == "[":
        return "\\x5b"
    return match[0].encode("unicode_escape", "surrogatepass").decode()


def without_logins(text: str) -> str:
    """The text without the user and password that an address in it may hold."""
    return _LOGIN.sub("", text)


def plain(text: Segments) -> str:
    """The text without its styles."""
    return "".join(piece for piece, _ in text)


def counted(number: int, noun: str) -> str:
    """`1 asset`, `2 assets`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
