"""All assets of one state of a repository."""

import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from .asset import ASSET_CONFIG, Asset
from .config import EXTRA_CONFIGS, AnyConfig, AssetConfig, AssetType
from .document import MAX_BYTES, Document, Unreadable, parse
from .model import Loaded, Section
from .spec import SPECS, Spec
from .tree import SUBMODULE, SYMLINK, Kind, Tree

M = TypeVar("M", bound=Section)


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
        while path:
            path = posixpath.dirname(path)
            if asset := self._by_directory.get(path):
                return asset.id or asset.path
        return None


def load_catalog(tree: Tree, directories: Sequence[str]) -> Catalog:
    """Find all assets and fetch their files: first every asset config, then every file these name.

    Never raises for their content. `directories` are paths in the tree; the empty path is all of it.
    """
    configs = [file.loaded(AssetConfig) for file in _fetch(tree, find_configs(tree, directories)).values()]
    named = [(_named(tree, config, "spec"), _named(tree, config, "extra_config")) for config in configs]
    documents = _fetch(tree, [path for pair in named for path in pair if path])
    assets = []
    for config, (spec, extra) in zip(configs, named, strict=True):
        type_ = config.model.type if config.model else AssetType.CODE
        assets.append(
            Asset(
                tree,
                config,
                documents[spec].loaded(SPECS.get(type_, Spec)) if spec else None,
                documents[extra].loaded(EXTRA_CONFIGS.get(type_, AnyConfig)) if extra else None,
            )
        )
    return Catalog(tree, assets, directories)


def find_configs(tree: Tree, directories: Sequence[str]) -> list[str]:
    """The paths of all asset configs below some directories, sorted."""
    found = {path for directory in directories for path in tree.files(directory)}
    configs = (path for path in found if path == ASSET_CONFIG or path.endswith(f"/{ASSET_CONFIG}"))
    return sorted(path for path in configs if tree.entries[path].mode != SUBMODULE)


class _File(NamedTuple):
    """A file that was fetched, to be read as a document when that is asked for."""

    path: str
    content: bytes
    is_link: bool

    def loaded(self, kind: type[M]) -> Loaded[M]:
        """The file as what it should be."""
        return Loaded(self.path, kind, self.content, self._read)

    def _read(self) -> Document:
        if self.is_link:
            return Document(self.path, "", problem=Unreadable("is a symbolic link", 0))
        return parse(self.path, self.content)


def _fetch(tree: Tree, paths: Iterable[str]) -> dict[str, _File]:
    contents = tree.read(paths, MAX_BYTES)
    return {path: _File(path, content, tree.entries[path].mode == SYMLINK) for path, content in contents.items()}


def _named(tree: Tree, config: Loaded[AssetConfig], key: str) -> str | None:
    """The file that an asset config names at a key, where it is there."""
    text: str | None = getattr(config.model, key, None)
    target = tree.resolve(posixpath.dirname(config.path), text) if text else None
    return target.path if target and target.kind is Kind.FILE else None
