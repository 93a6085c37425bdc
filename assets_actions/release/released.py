"""What the release branch holds: `latest/<type>/<name>/` for each asset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import load_catalog
from assets_actions.assets.config import AssetType
from assets_actions.assets.document import MAX_BYTES
from assets_actions.assets.tree import Entry, Tree, relative

from .versions import ReleaseTags

LATEST = "latest"
LARGEST = 16 * MAX_BYTES
"""A released document may be larger than one in the source: its texts stood in files there."""
TYPES = frozenset(AssetType)
SOURCE_TRAILER = "Source-Commit"
"""In a release commit, names the commit that it was made from."""


@dataclass(frozen=True)
class Released:
    """An asset as some release left it: the folder it stands in, its asset config and its version, where readable."""

    tree: Tree
    root: str
    config_path: str
    version: str | None

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Its files by released path."""
        return {relative(path, self.root): self.tree.entries[path] for path in self.tree.files(self.root)}


@dataclass(frozen=True)
class Release:
    """The release branch: its commit (None where there is no such branch) and its assets; and all release tags.

    `tagged`: for some tags, the files that were released under them.
    """

    commit: str | None
    assets: Mapping[str, Released]
    tags: ReleaseTags
    tagged: Mapping[str, Tree] = field(default_factory=dict)


def find_released(tree: Tree) -> dict[str, Released]:
    """The released assets of a tree, by id.

    A folder `latest/<type>/<name>` of a known type is one, even where what it holds cannot be read.
    """
    configs: dict[str, Asset] = {}
    for asset in load_catalog(tree, [LATEST], LARGEST).assets:
        id_ = _id(asset.path)
        # An asset's files may hold asset configs of its neighbours; its own is the one that names it.
        if id_ and (id_ not in configs or asset.id == id_):
            configs[id_] = asset
    ids = {id_ for path in tree.files(LATEST) if (id_ := _id(path))}
    return {id_: _released(tree, id_, configs.get(id_)) for id_ in sorted(ids)}


def _id(path: str) -> str | None:
    parts = path.split("/")
    return f"{parts[1]}/{parts[2]}" if len(parts) > 3 and parts[1] in TYPES else None


def _released(tree: Tree, id_: str, asset: Asset | None) -> Released:
    root = f"{LATEST}/{id_}"
    if asset is None:
        return Released(tree, root, root, None)
    spec = asset.spec.model if asset.spec else None
    version = spec.version if spec and asset.is_auto else asset.version
    return Released(tree, root, asset.path, version)
