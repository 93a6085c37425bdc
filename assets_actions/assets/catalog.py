"""All assets of one state of a repository."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .asset import ASSET_CONFIG, Asset
from .config import EXTRA_CONFIGS, AnyConfig, AssetConfig
from .document import Document, parse
from .model import Loaded, load
from .spec import SPECS, Spec
from .tree import Kind, Tree


@dataclass(frozen=True)
class Catalog:
    """The assets below some directories of a tree, in the order of their paths; those that are broken as well."""

    tree: Tree
    assets: list[Asset]


def find_configs(tree: Tree, directories: Sequence[str]) -> list[str]:
    """Paths of all asset configs below these directories, sorted."""
    found = {path for directory in directories for path in tree.files(directory.strip("/").removeprefix("./"))}
    return sorted(path for path in found if path == ASSET_CONFIG or path.endswith(f"/{ASSET_CONFIG}"))


def load_catalog(tree: Tree, directories: Sequence[str]) -> Catalog:
    """Find and read all assets: first every asset config, then every file these name. Never raises for their content.

    `directories` are paths in the tree; the empty path is all of it.
    """
    configs = _parse(tree, find_configs(tree, directories))
    assets = [Asset(tree, load(document, AssetConfig)) for document in configs.values()]
    named = {asset.path: (_file(asset, "spec"), _file(asset, "extra_config")) for asset in assets}
    documents = _parse(tree, (path for pair in named.values() for path in pair if path))
    for asset in assets:
        spec, extra = named[asset.path]
        if asset.type and spec:
            asset.spec = _load_spec(asset, documents[spec])
        if asset.type and extra:
            asset.extra = load(documents[extra], EXTRA_CONFIGS.get(asset.type, AnyConfig))
    return Catalog(tree, assets)


def _parse(tree: Tree, paths: Iterable[str]) -> dict[str, Document]:
    return {path: parse(path, content) for path, content in tree.read(paths).items()}


def _file(asset: Asset, key: str) -> str | None:
    text: str | None = getattr(asset.config.model, key, None)
    target = asset.tree.resolve(asset.directory, text) if text else None
    return target.path if target and target.kind is Kind.FILE else None


def _load_spec(asset: Asset, document: Document) -> Loaded[Spec]:
    kind: type[Spec] = SPECS.get(asset.type, Spec) if asset.type else Spec
    return load(document, kind)
