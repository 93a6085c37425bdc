"""All assets of one state of a repository."""

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from . import model
from .asset import ASSET_CONFIG, Asset
from .tree import SUBMODULE, Tree


@dataclass(frozen=True)
class Catalog:
    """The assets below some directories of a tree, in the order of their paths; those that are broken as well."""

    tree: Tree
    assets: list[Asset]
    directories: Sequence[str]
    """Where they were looked for."""
    asked: Collection[str] | None = None
    """The files that were asked about; None: all."""

    @cached_property
    def files(self) -> list[str]:
        """All files below these directories, sorted, whether an asset has them or not."""
        return sorted({path for directory in self.directories for path in self.tree.files(directory)})

    @cached_property
    def files_asked(self) -> list[str]:
        """Those among them that were asked about."""
        return [path for path in self.files if self.asks(path)]

    def asks(self, path: str) -> bool:
        """Whether a file was asked about, be it one that is there no longer."""
        return self.asked is None or path in self.asked

    @cached_property
    def _by_directory(self) -> dict[str, Asset]:
        return {asset.directory: asset for asset in self.assets}

    def owner(self, path: str) -> str | None:
        """The id (else the path) of the asset in whose folder, or one below it, a file stands."""
        asset = self.holder(path)
        return (asset.id or asset.path) if asset else None

    def holder(self, path: str) -> Asset | None:
        """That asset; of several folders, the lowest counts."""
        while path:
            path = posixpath.dirname(path)
            if asset := self._by_directory.get(path):
                return asset
        return None


def load_catalog(tree: Tree, directories: Sequence[str]) -> Catalog:
    """Find all assets. Their files are read when they are asked for, or many at once by `fetch`.

    `directories` are paths in the tree; the empty path is all of it.
    """
    return Catalog(tree, [Asset(tree, path) for path in find_configs(tree, directories)], directories)


def fetch(assets: Sequence[Asset]) -> None:
    """Read the documents of assets in two batches: first every asset config, then every file these name."""
    model.fetch([asset.config for asset in assets])
    model.fetch([document for asset in assets for document in (asset.spec, asset.extra) if document])


def find_configs(tree: Tree, directories: Sequence[str]) -> list[str]:
    """The paths of all asset configs below some directories, sorted."""
    found = {path for directory in directories for path in tree.files(directory)}
    configs = (path for path in found if path == ASSET_CONFIG or path.endswith(f"/{ASSET_CONFIG}"))
    return sorted(path for path in configs if tree.entries[path].mode != SUBMODULE)
