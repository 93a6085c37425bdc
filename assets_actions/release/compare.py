"""Whether a release of an asset would change what was released, entry by entry."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from assets_actions.assets.document import parse, same_meaning
from assets_actions.assets.tree import SYMLINK, Entry
from assets_actions.templates.tags import ImageTag, Wanted

Entries = Mapping[str, Entry]
_LINE_ENDING = re.compile(rb"\r\n?")


class Change(NamedTuple):
    """One file that a release changes; `detail` says more to people (which pin moved)."""

    path: str
    change: Literal["added", "modified", "mode", "removed"]
    detail: str = ""


class Comparison(NamedTuple):
    """What the entries alone tell: changes, and the paths whose two contents have to be looked at."""

    changes: list[Change]
    doubtful: list[str]


def compare(new: Entries, old: Entries) -> Comparison:
    """Compare what would be committed with what was: paths, modes and blobs; nothing is read."""
    changes = [Change(path, "added") for path in new.keys() - old.keys()]
    changes += [Change(path, "removed") for path in old.keys() - new.keys()]
    doubtful = []
    for path in new.keys() & old.keys():
        (new_mode, new_blob), (old_mode, old_blob) = new[path], old[path]
        if new_blob == old_blob:
            if new_mode != old_mode:
                changes.append(Change(path, "mode"))
        elif new_mode != old_mode or new_mode == SYMLINK:
            changes.append(Change(path, "modified"))
        else:
            doubtful.append(path)
    return Comparison(sorted(changes), sorted(doubtful))


def same_text(a: bytes, b: bytes) -> bool:
    """Whether two texts differ in line endings alone, a missing last one included; what is no UTF-8 text never does."""
    return _is_text(a) and _is_text(b) and _normal(a) == _normal(b)


def same_spec(path: str, a: bytes, b: bytes) -> bool:
    """Whether two specs say the same: compared by meaning where both can be read, else as texts.

    The version counts as it is written, since it is a name: `3.10` and `3.1` are two versions and one number.
    """
    new, old = parse(path, a), parse(path, b)
    if new.problem or old.problem or not isinstance(new.data, dict) or not isinstance(old.data, dict):
        return same_text(a, b)
    return new.data.get("version") == old.data.get("version") and same_meaning(new.root, old.root)


def moved(pins: Mapping[Wanted, str], old: str) -> str:
    """Which pins of a file moved, from what they were in its released text `old`: `image 20251017.v1 → 20251101.v1`."""
    moves = []
    for wanted, answer in pins.items():
        if isinstance(wanted, ImageTag):
            name = wanted.image.rpartition("/")[2]
            found = re.search(re.escape(wanted.image) + r"([:@][\w.:-]+)", old)
        else:
            name = wanted.package
            found = re.search(rf"(?<![\w.-]){re.escape(name)}(?:\[[^\]]*\])?\s*[=~<>!]+\s*([\w.!+-]+)", old)
        if found and found[1] != answer:
            moves.append(f"{name} {found[1].lstrip(':@')} → {answer.lstrip(':@')}")
    return ", ".join(moves)


def _normal(content: bytes) -> bytes:
    return _LINE_ENDING.sub(b"\n", content).removesuffix(b"\n")


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
