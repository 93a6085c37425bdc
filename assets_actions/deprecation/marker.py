"""The mark that our pull requests and issues are found again by: a comment in the body, whatever their titles become.

It tells what they are about, and a digest of the text that we gave them: while that stays the same, a person's edits of
the body (ticks in a checklist, say) stay as well.
"""

import hashlib
import re
from typing import NamedTuple
from urllib.parse import quote, unquote

UNFINISHED = "unfinished"
_MARK = re.compile(r"<!-- assets-actions: (\S+) (\S+) (unfinished|[0-9a-f]{16}) -->")


class Topic(NamedTuple):
    """What a pull request or an issue is about: what is done, to which asset."""

    verb: str
    subject: str

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Mark(NamedTuple):
    """The mark that stands in a body. `digest` is UNFINISHED until all that belongs to it (labels, say) is made."""

    topic: Topic
    digest: str

    def __str__(self) -> str:
        return f"<!-- assets-actions: {self.topic.verb} {quote(self.topic.subject)} {self.digest} -->"


def mark(topic: Topic, text: str) -> Mark:
    """The mark of a text of ours."""
    return Mark(topic, hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16])


def marked(text: str, mark: Mark) -> str:
    """A body: the text, and the mark below it."""
    return f"{text.rstrip()}\n\n{mark}\n"


def find_mark(body: str) -> Mark | None:
    """The mark in a body; the last one, where somebody has quoted another."""
    found = list(_MARK.finditer(body))
    return Mark(Topic(found[-1][1], unquote(found[-1][2])), found[-1][3]) if found else None
