"""Trees of files in memory, for the core: it takes values, and this is one."""

from collections.abc import Mapping

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog, load_catalog
from assets_actions.assets.tree import FILE, Entry, Tree
from assets_actions.release.content import blob_id


def tree(files: Mapping[str, str | bytes], modes: Mapping[str, str] | None = None) -> Tree:
    """A tree with these files; `modes` for those that are not plain ones."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    entries = {path: Entry((modes or {}).get(path, FILE), blob_id(content)) for path, content in contents.items()}
    return Tree(entries, lambda paths, _limit: iter([contents[path] for path in paths]))


def catalog(files: Mapping[str, str | bytes], modes: Mapping[str, str] | None = None) -> Catalog:
    """The assets below `assets` in such a tree."""
    return load_catalog(tree(files, modes), ["assets"])


def only(files: Mapping[str, str | bytes], modes: Mapping[str, str] | None = None) -> Asset:
    """The one asset in such a tree."""
    (asset,) = catalog(files, modes).assets
    return asset
