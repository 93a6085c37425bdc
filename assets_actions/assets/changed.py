"""Which assets a change of some files touches."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .asset import DESCRIPTION_FILE, Asset
from .tree import Tree, below


class _Files(NamedTuple):
    """Some files, and all folders above them."""

    paths: frozenset[str]
    folders: frozenset[str]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "_Files":
        kept = frozenset(paths)
        folders: set[str] = {""} if kept else set()
        for path in kept:
            folder = path.rpartition("/")[0]
            while folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        return cls(kept, frozenset(folders))

    def touch(self, path: str) -> bool:
        """Whether one of them is this file, or stands below this folder."""
        return path in self.paths or path in self.folders


def touched(tree: Tree, assets: Iterable[Asset], files: Collection[str]) -> set[str]:
    """The paths of the asset configs of those assets whose documents, released files, tests or build context changed.

    `files` are paths in the repository, removed ones included.
    """
    changed = _Files.of(files)
    removed = _Files.of(changed.paths - tree.entries.keys())
    return {asset.path for asset in assets if _is_touched(asset, changed, removed)}


def _is_touched(asset: Asset, changed: _Files, removed: _Files) -> bool:
    within = asset.directory in changed.folders
    if not within and not _reaches_out(asset):
        return False
    if within and not asset.is_loaded:
        return True  # what it consists of is not known
    own = (below(asset.directory, DESCRIPTION_FILE), *(document.path for document in asset.documents), *asset.files)
    if not changed.paths.isdisjoint(own):
        return True
    for reference in asset.references:
        # A released file that is still there would be among the asset's files, were it not excluded.
        some = removed if reference.released else changed
        if some.touch(reference.target.path) or not changed.paths.isdisjoint(reference.target.links):
            return True
    return False


def _reaches_out(asset: Asset) -> bool:
    """Whether the asset may have files that stand elsewhere: a path leaves its folder by `..` or a link alone."""
    if any(".." in reference.text for reference in asset.references):
        return True
    return any(link.startswith(f"{asset.directory}/") for link in asset.tree.links)
