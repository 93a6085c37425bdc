"""The working tree as a release would have it: contents as git has them or, where it has none yet, would have them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from assets_actions import git
from assets_actions.assets.tree import SUBMODULE, Tree
from assets_actions.release.content import blob_id
from assets_actions.release.lfs import oid

_BATCH = 1 << 20
"""Files are compared with what git has of them so many bytes at a time."""


def as_recorded(root: Path, tree: Tree) -> Tree:
    """The same tree with the content that git has of each file that it takes for unchanged: that is what is released.

    The working tree may hold it otherwise: with other line endings (core.autocrlf, `eol`), `ident`, another encoding,
    or changed where git was told to look away (`assume-unchanged`). What Git LFS keeps elsewhere stays as it is here.
    """

    def read(paths: Sequence[str], limit: int | None) -> Iterator[bytes]:
        batch: list[tuple[str, bytes]] = []
        size = 0
        for path, content in zip(paths, tree.stream(paths, limit), strict=True):
            batch.append((tree.entries[path].blob, content))
            size += len(content)
            if size > _BATCH:
                yield from recorded(batch, limit)
                batch, size = [], 0
        yield from recorded(batch, limit)

    def differs(blob: str, content: bytes, limit: int | None) -> bool:
        is_whole = limit is None or len(content) <= limit
        return bool(blob) and is_whole and blob_id(content, len(blob)) != blob

    def recorded(batch: Sequence[tuple[str, bytes]], limit: int | None) -> Iterator[bytes]:
        others = [differs(blob, content, limit) for blob, content in batch]
        known = git.read_blobs(root, [blob for (blob, _), other in zip(batch, others, strict=True) if other], limit)
        for (_, content), other in zip(batch, others, strict=True):
            yield content if not other or oid(there := next(known)) else there

    return Tree(tree.entries, read, tree.sizes)


def with_blobs(tree: Tree) -> Tree:
    """The same tree with the id of every file's content, those that git does not know yet as well."""
    length = max((len(entry.blob) for entry in tree.entries.values()), default=0) or len(blob_id(b""))
    unknown = [path for path, entry in tree.entries.items() if not entry.blob and entry.mode != SUBMODULE]
    known = dict(tree.entries)
    for path, content in zip(unknown, tree.stream(unknown), strict=True):
        known[path] = known[path]._replace(blob=blob_id(content, length))
    return Tree(known, tree.stream, tree.sizes)
