"""Trees of files in memory, for the core: it takes values, and this is one."""

from collections.abc import Mapping, Sequence

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog, load_catalog
from assets_actions.assets.tree import FILE, Entry, Tree
from assets_actions.release.content import blob_id


def tree(
    files: Mapping[str, str | bytes],
    modes: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Tree:
    """A tree with these files; `modes` for those that are not plain ones, `sizes` for those that are larger than said."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    entries = {path: Entry((modes or {}).get(path, FILE), blob_id(content)) for path, content in contents.items()}
    known = {path: len(content) for path, content in contents.items()} | dict(sizes or {})
    return Tree(entries, lambda paths, _limit: iter([contents[path] for path in paths]), known)


def catalog(
    files: Mapping[str, str | bytes],
    modes: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    directories: Sequence[str] = ("assets",),
) -> Catalog:
    """The assets below `assets` in such a tree."""
    return load_catalog(tree(files, modes, sizes), directories)


def only(files: Mapping[str, str | bytes], modes: Mapping[str, str] | None = None) -> Asset:
    """The one asset in such a tree."""
    (asset,) = catalog(files, modes).assets
    return asset
