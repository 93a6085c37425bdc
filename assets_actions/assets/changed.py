"""Which assets a change of some files touches."""

import posixpath
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from .asset import DESCRIPTION_FILE, Asset
from .tree import Tree, below


class _Files(NamedTuple):
    """Some files, and their paths in order."""

    paths: frozenset[str]
    ordered: list[str]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "_Files":
        kept = frozenset(paths)
        return cls(kept, sorted(kept))

    def at(self, path: str) -> Iterator[str]:
        """Those that are this file, or stand below this folder."""
        if path in self.paths:
            yield path
        folder = below(path, "")
        for number in range(bisect_left(self.ordered, folder), len(self.ordered)):
            if not self.ordered[number].startswith(folder):
                return
            yield self.ordered[number]


def touched(tree: Tree, assets: Iterable[Asset], files: Collection[str]) -> set[str]:
    """The paths of the asset configs of those assets whose documents, released files, tests or build context changed.

    `files` are paths in the repository, removed ones included.
    """
    changed, removed = _changes(tree, files)
    return {asset.path for asset in assets if any(True for _ in _touching(asset, changed, removed))}


def touching(tree: Tree, assets: Iterable[Asset], files: Collection[str]) -> dict[str, set[str]]:
    """The same assets, each with the files that touch it."""
    changed, removed = _changes(tree, files)
    found = {asset.path: set(_touching(asset, changed, removed)) for asset in assets}
    return {path: those for path, those in found.items() if those}


def _changes(tree: Tree, files: Collection[str]) -> tuple[_Files, _Files]:
    changed = _Files.of(files)
    return changed, _Files.of(changed.paths - tree.entries.keys())


def _touching(asset: Asset, changed: _Files, removed: _Files) -> Iterator[str]:
    within = changed.at(asset.directory)
    nearest = next(within, None)
    if nearest is None and not _reaches_out(asset):
        return
    if nearest and not asset.is_loaded:
        yield from (nearest, *within)  # what it consists of is not known
    own = (below(asset.directory, DESCRIPTION_FILE), *(document.path for document in asset.documents), *asset.files)
    yield from changed.paths.intersection(own)
    yield from changed.paths.intersection(_texts(asset))
    for reference in asset.references:
        # A released file that is still there would be among the asset's files, were it not excluded.
        yield from (removed if reference.released else changed).at(reference.target.path)
        yield from changed.paths.intersection(reference.target.links)


def _texts(asset: Asset) -> Iterator[str]:
    """The files that the released spec takes texts from, and those that it would if they were there."""
    yield from asset.spec_texts.values()
    for text in _tag_values(asset):
        yield posixpath.normpath(below(asset.directory, text))


def _tag_values(asset: Asset) -> Iterator[str]:
    return (value for value in asset.tags.values() if isinstance(value, str))


def _reaches_out(asset: Asset) -> bool:
    """Whether the asset may have files that stand elsewhere: a path leaves its folder by `..` or a link alone."""
    if any(".." in text for text in (*_tag_values(asset), *(reference.text for reference in asset.references))):
        return True
    return any(link.startswith(f"{asset.directory}/") for link in asset.tree.links)
