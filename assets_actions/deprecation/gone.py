"""The deprecated assets that are released no longer."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import fetch
from assets_actions.assets.tree import Tree
from assets_actions.release.released import LATEST, Released, read_labels

from .notice import delete_on, is_deprecated


class Removal(NamedTuple):
    """When an asset was removed from the release branch, and by which commit of it."""

    at: datetime.datetime
    commit: str


class GoneAsset(NamedTuple):
    """A deprecated asset as it was released last, and its removal. `delete_on` is as `delete_on(asset)` tells it."""

    id: str
    version: str | None
    delete_on: datetime.date | str | None
    description: str
    removal: Removal


def gone_assets(tree: Tree, removals: Mapping[str, Removal]) -> list[GoneAsset]:
    """Those of some removed assets that were released as deprecated, by id; `tree` has the files that each had last."""
    labels = read_labels(tree, {id_: Released(tree, f"{LATEST}/{id_}") for id_ in removals})
    assets = {id_: Asset(tree, label.config_path) for id_, label in labels.items() if label.config_path in tree.entries}
    fetch(list(assets.values()))
    return [
        GoneAsset(id_, labels[id_].version, delete_on(asset), asset.spec.model.description or "", removals[id_])
        for id_, asset in sorted(assets.items())
        if asset.spec and asset.spec.model and is_deprecated(asset)
    ]
