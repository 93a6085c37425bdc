"""Which assets a change of some files touches."""

import re
from collections.abc import Collection

from .asset import DESCRIPTION_FILE, Asset
from .catalog import Catalog
from .tree import Kind, below

_UPWARDS = re.compile(r"(?<!\.)\.\.(?:[/\"'\s]|$)")


def touched(catalog: Catalog, files: Collection[str]) -> set[str]:
    """The paths of the asset configs of those assets whose documents, released files, tests or build context changed.

    `files` are paths in the repository, removed ones included.
    """
    changed = set(files)
    return {asset.path for asset in catalog.assets if _is_touched(asset, changed)}


def _is_touched(asset: Asset, changed: set[str]) -> bool:
    within = any(path.startswith(f"{asset.directory}/") for path in changed) or not asset.directory
    if not within and not _reaches_out(asset):
        return False
    if not changed.isdisjoint(asset.files) or below(asset.directory, DESCRIPTION_FILE) in changed:
        return True
    if any(document.path in changed for document in asset.documents):
        return True
    if within and not asset.is_loaded:
        return True  # what it consists of is not known
    for reference in asset.references:
        target = reference.target
        if target.kind is not Kind.OUTSIDE:
            # A released file that is still there would be among the asset's files, were it not excluded.
            wanted = changed - asset.tree.entries.keys() if reference.released else changed
            if any(path == target.path or path.startswith(f"{target.path}/") for path in wanted):
                return True
    return False


def _reaches_out(asset: Asset) -> bool:
    """Whether the asset may have files that stand elsewhere: a path leaves its folder by `..` or a link alone."""
    if any(_UPWARDS.search(loaded.document.text) for loaded in asset.documents):
        return True
    return any(link.startswith(f"{asset.directory}/") for link in asset.tree.links)
