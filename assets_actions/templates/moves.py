"""What template tags resolved to before, read back from texts that were pinned, and what moved since."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from .choice import LATEST, natural
from .pins import Offer, Pins
from .tags import ImageTag, Wanted, find_tags

LONGEST_LINE = 2000
"""In a longer line nobody looks for what it was pinned to."""
MOST_TRIES = 50_000
"""So many comparisons of lines with lines are enough for any file of a person's."""
_REFERENCE = r"(:[A-Za-z0-9_][A-Za-z0-9_.-]*(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})"
_VERSION = r"([A-Za-z0-9][A-Za-z0-9.!+_-]*)"

Before = Mapping[Wanted, Counter[str]]
"""By what is wanted, the answers that were found, and how often."""


def read_back(template: str, pinned: str, path: str = "") -> Iterator[tuple[Wanted, str]]:
    """What the tags of a template were resolved to in a text that was made of it, as far as its lines are the same.

    The reverse of `apply`. Where it cannot be told which line became which, or takes too long, nothing is said.
    """
    asked = _asked(template, path)
    literal = set(template.splitlines())
    lines = [line for line in pinned.splitlines() if len(line) <= LONGEST_LINE and line not in literal]
    ordered = sorted({*lines})
    fits: dict[str, list[str]] = {}
    tries = 0
    for pattern, (begin, _) in asked.items():
        compiled = re.compile(pattern)
        for line in islice(ordered, bisect_left(ordered, begin), None):
            tries += 1
            if tries > MOST_TRIES:
                return
            if not line.startswith(begin):
                break
            if compiled.fullmatch(line):
                fits.setdefault(line, []).append(pattern)
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if len(patterns := fits.get(line, [])) == 1:
            found[patterns[0]].append(line)
    for pattern, same in found.items():
        _, wanted = asked[pattern]
        if len(same) == len(wanted) or len({*wanted}) == 1:
            for of_line, line in zip(wanted, same, strict=False):
                answers = re.fullmatch(pattern, line)
                assert answers
                yield from zip(of_line, answers.groups(), strict=True)


def _asked(template: str, path: str) -> dict[str, tuple[str, list[tuple[Wanted, ...]]]]:
    """By the pattern of what a line with tags becomes: what it begins with, and what each such line wants."""
    asked: dict[str, tuple[str, list[tuple[Wanted, ...]]]] = {}
    for text in template.splitlines():
        if "{{" not in text or len(text) > LONGEST_LINE:
            continue
        tags = [(tag.start, tag.end, tag.wanted.canonical) for tag in find_tags(text, path) if tag.wanted]
        pattern, done = "", 0
        for start, end, wanted in tags:
            pattern += re.escape(text[done:start]) + (_REFERENCE if isinstance(wanted, ImageTag) else _VERSION)
            done = end
        if tags:
            _, of_lines = asked.setdefault(pattern + re.escape(text[done:]), (text[: tags[0][0]], []))
            of_lines.append(tuple(wanted for _, _, wanted in tags))
    return asked


class Move(NamedTuple):
    """A pin that differs from what was released: from what to what, and for one that goes down, why."""

    before: tuple[str, ...]
    after: str
    is_downgrade: bool = False
    why: str | None = None

    @property
    def told(self) -> str:
        """It in words, with the reason."""
        why = f" ({self.why})" if self.why else ""
        return f"moved since the last release: {self}{why}"

    def __str__(self) -> str:
        before, after = (", ".join(one.lstrip(":@") for one in answers) for answers in (self.before, [self.after]))
        return f"{before} → {after}"


def moves(pins: Pins, before: Before, offers: Mapping[Wanted, Offer]) -> dict[Wanted, Move]:
    """The pins that are not what was released; what was not released at all is none of them."""
    found: dict[Wanted, Move] = {}
    for wanted, answers in before.items():
        after = pins.answer(wanted)
        if after is not None and answers.keys() != {after}:
            old = tuple(sorted(answers, key=natural))
            down = [one for one in old if is_lower(wanted, after, one)]
            why = _why(wanted, down[-1], offers.get(wanted)) if down else None
            found[wanted] = Move(old, after, bool(down), why)
    return found


def is_lower(wanted: Wanted, new: str, old: str) -> bool:
    """Whether a version or tag comes before another; False where that cannot be told."""
    if isinstance(wanted, ImageTag):
        if not (new.startswith(":") and old.startswith(":")):
            return False
        a, b = (natural(one[1:].partition("@")[0]) for one in (new, old))
        return a < b
    from packaging.version import Version

    try:
        return Version(new) < Version(old)
    except ValueError:  # InvalidVersion, or a number that is too long for Python
        return False


def _why(wanted: Wanted, old: str, offer: Offer | None) -> str | None:
    """Why a newer one is not taken any more; None where nobody looked."""
    if offer is None:
        return None
    if isinstance(wanted, ImageTag):
        name = old.lstrip(":").partition("@")[0]
    else:
        from packaging.version import Version

        name = str(Version(old))
    if name in offer.passed_over:
        return f"{name} is {offer.passed_over[name]}"
    if name not in offer.available:
        return f"{name} is no longer there"
    if isinstance(wanted, ImageTag):
        return f"{name} is still there, but `{wanted.regex or LATEST}` leads elsewhere"
    return None
