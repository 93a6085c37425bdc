"""Git LFS: files whose content is kept elsewhere, with a pointer in their place."""

import re

LONGEST = 1024
"""A pointer is shorter, in bytes."""
_POINTER = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v1\n"
    rb"(?:[a-z0-9.-]+ [^\n]*\n)*?oid (sha256:[0-9a-f]{64})\n"
)


def oid(content: bytes) -> str | None:
    """The id of the content that a pointer stands for; None where this is no pointer.

    As Git LFS's specification has it (git-lfs, docs/spec.md).
    """
    found = _POINTER.match(content) if len(content) < LONGEST else None
    return found[1].decode() if found else None


def same_object(a: bytes, b: bytes) -> bool:
    """Whether two pointers stand for the same content."""
    return (first := oid(a)) is not None and first == oid(b)
