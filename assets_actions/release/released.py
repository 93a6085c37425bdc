"""What the release branch holds: `latest/<type>/<name>/` for each asset."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assets_actions.assets.catalog import find_configs
from assets_actions.assets.config import AUTO, AssetConfig, AssetType
from assets_actions.assets.document import MAX_BYTES, parse, top_values
from assets_actions.assets.model import read_as
from assets_actions.assets.tree import Entry, Kind, Tree, relative

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

    A folder `latest/<type>/<name>` of a known type is one, even where what it holds cannot be read. Of the specs, no
    more is read than names and versions.
    """
    paths = [path for path in find_configs(tree, [LATEST]) if _id(path)]
    read = tree.read(paths, LARGEST)
    configs = [read_as(parse(path, read[path], LARGEST), AssetConfig).model for path in paths]
    specs = [
        tree.resolve(posixpath.dirname(path), config.spec) if config else None
        for path, config in zip(paths, configs, strict=True)
    ]
    contents = tree.read((spec.path for spec in specs if spec and spec.kind is Kind.FILE), LARGEST)
    found: dict[str, tuple[str, str | None]] = {}
    for path, config, spec in zip(paths, configs, specs, strict=True):
        says = top_values(contents[spec.path], ("name", "version")) if spec and spec.path in contents else {}
        id_ = _id(path)
        names_it = config is not None and f"{config.type}/{config.name or says.get('name')}" == id_
        # An asset's files may hold asset configs of its neighbours; its own is the one that names it.
        if id_ and (id_ not in found or names_it):
            found[id_] = path, _version(config, says.get("version"))
    return {id_: _released(tree, id_, *found.get(id_, (None, None))) for id_ in sorted(released_ids(tree))}


def released_ids(tree: Tree) -> set[str]:
    """The ids of the released assets of a tree."""
    return {id_ for path in tree.files(LATEST) if (id_ := _id(path))}


def _id(path: str) -> str | None:
    parts = path.split("/")
    return f"{parts[1]}/{parts[2]}" if len(parts) > 3 and parts[1] in TYPES else None


def _version(config: AssetConfig | None, in_spec: str | None) -> str | None:
    own = config.version if config else None
    return in_spec if own in (None, AUTO) else own


def _released(tree: Tree, id_: str, config_path: str | None, version: str | None) -> Released:
    root = f"{LATEST}/{id_}"
    return Released(tree, root, config_path or root, version)
