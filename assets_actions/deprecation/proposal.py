"""A change that is proposed to people: a commit on a branch of its own, and the pull request for it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from assets_actions.assets.tree import Entry

from .marker import Topic

TRAILER = "Proposal"
"""Names what our commit on a branch is about, what it goes on from, and the tree it holds: so that a commit that a
person has amended, or moved, is told from ours."""
BRANCHES = "assets-actions"
_NOT_IN_REFS = re.compile(r"~|(?<=/)\.|\.(?=\.|lock(?:/|$)|$)")
"""What a quoted name may still have that no ref has: https://git-scm.com/docs/git-check-ref-format"""


def branch_of(topic: Topic) -> str:
    """The branch for proposals about something: a name that git takes, whatever the asset is called."""
    name = f"{BRANCHES}/{topic.verb}/{quote(topic.subject, safe='/')}"
    return _NOT_IN_REFS.sub(lambda found: f"%{ord(found[0]):02X}", name)


@dataclass(frozen=True)
class Proposal:
    """What is proposed: edits (path → new entry, or None to remove it) of a commit of the branch `base`.

    `blobs`: the contents among them that the repository does not hold. `text`: the body of the pull request, Markdown.
    """

    topic: Topic
    base: str
    on: str
    edits: Mapping[str, Entry | None]
    blobs: Mapping[str, bytes]
    title: str
    text: str
    trailers: Sequence[tuple[str, str]] = ()

    @property
    def branch(self) -> str:
        """The branch of its own."""
        return branch_of(self.topic)

    def message(self, tree: str) -> str:
        """The message of the commit that holds this tree."""
        own = (TRAILER, f"{self.topic} {self.on} {tree}")
        trailers = "".join(f"{key}: {value}\n" for key, value in (*self.trailers, own))
        return f"{self.title}\n\n{trailers}"

    def is_ours(self, trailers: Iterable[tuple[str, str]], parents: Sequence[str], tree: str) -> bool:
        """Whether a commit with these trailers, parents and tree is one that we made for this topic, as we made it."""
        return any((TRAILER, f"{self.topic} {parent} {tree}") in trailers for parent in parents)

    def stands(self, branch: Mapping[str, Entry], under: Mapping[str, Entry], base: Mapping[str, Entry]) -> bool:
        """Whether a branch brings these edits already: its files, those that it goes on from, and those of its base."""
        return all(
            branch.get(path) == entry and under.get(path) == base.get(path) for path, entry in self.edits.items()
        )
