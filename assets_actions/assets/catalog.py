"""All assets of one state of a repository."""

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .asset import ASSET_CONFIG, Asset
from .config import EXTRA_CONFIGS, AnyConfig, AssetConfig, AssetType
from .document import MAX_BYTES, Document, Unreadable, parse
from .model import Loaded, load
from .spec import SPECS, Spec
from .tree import SUBMODULE, SYMLINK, Kind, Tree


@dataclass(frozen=True)
class Catalog:
    """The assets below some directories of a tree, in the order of their paths; those that are broken as well."""

    tree: Tree
    assets: list[Asset]


def load_catalog(tree: Tree, directories: Sequence[str], limit: int = MAX_BYTES) -> Catalog:
    """Find and read all assets: first every asset config, then every file these name. Never raises for their content.

    `directories` are paths in the tree; the empty path is all of it. Documents of more bytes than `limit` are not read.
    """
    configs = [
        load(document, AssetConfig) for document in _read(tree, _find_configs(tree, directories), limit).values()
    ]
    named = [(_named(tree, config, "spec"), _named(tree, config, "extra_config")) for config in configs]
    documents = _read(tree, [path for pair in named for path in pair if path], limit)
    assets = []
    for config, (spec, extra) in zip(configs, named, strict=True):
        type_ = config.model.type if config.model else AssetType.CODE
        assets.append(
            Asset(
                tree,
                config,
                load(documents[spec], SPECS.get(type_, Spec)) if spec else None,
                load(documents[extra], EXTRA_CONFIGS.get(type_, AnyConfig)) if extra else None,
            )
        )
    return Catalog(tree, assets)


def _find_configs(tree: Tree, directories: Sequence[str]) -> list[str]:
    found = {path for directory in directories for path in tree.files(directory)}
    configs = (path for path in found if path == ASSET_CONFIG or path.endswith(f"/{ASSET_CONFIG}"))
    return sorted(path for path in configs if tree.entries[path].mode != SUBMODULE)


def _read(tree: Tree, paths: Iterable[str], limit: int) -> dict[str, Document]:
    documents = {path: parse(path, content, limit) for path, content in tree.read(paths, limit).items()}
    links = (path for path in documents if tree.entries[path].mode == SYMLINK)
    return documents | {path: Document(path, "", problem=Unreadable("is a symbolic link", 0)) for path in links}


def _named(tree: Tree, config: Loaded[AssetConfig], key: str) -> str | None:
    """The file that an asset config names at a key, where it is there."""
    text: str | None = getattr(config.model, key, None)
    target = tree.resolve(posixpath.dirname(config.path), text) if text else None
    return target.path if target and target.kind is Kind.FILE else None
