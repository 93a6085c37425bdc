"""What the release branch holds: `latest/<type>/<name>/` for each asset."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from assets_actions.assets.catalog import find_configs
from assets_actions.assets.config import AUTO, AssetConfig, AssetType
from assets_actions.assets.document import MAX_BYTES, parse, top_values
from assets_actions.assets.model import read_as
from assets_actions.assets.tree import Entry, Kind, Tree, relative

from .records import Records
from .versions import ReleaseTags

LATEST = "latest"
LARGEST = 16 * MAX_BYTES
"""A released document may be larger than one in the source: its texts stood in files there."""
TYPES = frozenset(AssetType)


@dataclass(frozen=True)
class Released:
    """An asset as some release left it: the folder it stands in."""

    tree: Tree
    root: str

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Its files by released path."""
        return {relative(path, self.root): self.tree.entries[path] for path in self.tree.files(self.root)}


class Label(NamedTuple):
    """What a released asset says of itself: where its asset config stands, and its version, where readable."""

    config_path: str
    version: str | None
    is_auto: bool = False
    """Whether the release decided the version."""


@dataclass(frozen=True)
class Release:
    """The release branch: its commit (None where there is no such branch), its assets and records; all release tags.

    `tagged`: for some tags, the files that were released under them. `untagged`: the tags of the last release commit
    that are not there yet, and that commit.
    """

    commit: str | None
    assets: Mapping[str, Released]
    tags: ReleaseTags
    tagged: Mapping[str, Tree] = field(default_factory=dict)
    records: Records = field(default_factory=Records)
    untagged: Mapping[str, str] = field(default_factory=dict)


def find_released(tree: Tree) -> dict[str, Released]:
    """The released assets of a tree, by id.

    A folder `latest/<type>/<name>` of a known type is one, even where what it holds cannot be read.
    """
    return {id_: Released(tree, f"{LATEST}/{id_}") for id_ in sorted(released_ids(tree))}


def released_ids(tree: Tree) -> set[str]:
    """The ids of the released assets of a tree."""
    return {id_ for path in tree.files(LATEST) if (id_ := owner(path))}


def owner(path: str) -> str | None:
    """The id of the released asset that a file below `latest` belongs to; None where that is none's."""
    parts = path.split("/", 3)
    return f"{parts[1]}/{parts[2]}" if len(parts) > 3 and parts[1] in TYPES else None


def read_labels(tree: Tree, assets: Mapping[str, Released]) -> dict[str, Label]:
    """The labels of some released assets of a tree, by id. Of specs, no more is read than names and versions."""
    paths = {path: id_ for id_, asset in assets.items() for path in find_configs(tree, [asset.root])}
    read = tree.read(paths, LARGEST)
    configs = {path: read_as(parse(path, content, LARGEST), AssetConfig).model for path, content in read.items()}
    specs = {
        path: target.path
        for path, config in configs.items()
        if config and (target := tree.resolve(posixpath.dirname(path), config.spec)).kind is Kind.FILE
    }
    contents = tree.read(specs.values(), LARGEST)
    found: dict[str, Label] = {}
    for path, id_ in paths.items():
        config = configs[path]
        says = top_values(contents[specs[path]], ("name", "version")) if path in specs else {}
        names_it = config is not None and f"{config.type}/{config.name or says.get('name')}" == id_
        # An asset's files may hold asset configs of its neighbours; its own is the one that names it.
        if id_ not in found or names_it:
            own = config.version if config else None
            found[id_] = Label(path, says.get("version") if own in (None, AUTO) else own, own == AUTO)
    return {id_: found.get(id_, Label(asset.root, None)) for id_, asset in assets.items()}
