"""What goes with an asset that is removed, and what keeps it from being removed."""

from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.dependencies import placed_uses
from assets_actions.assets.document import Place
from assets_actions.assets.tree import Kind, Target, below


class Dependent(NamedTuple):
    """An asset that refers to another, and where. `id` is its asset config's path, where it has no id."""

    id: str
    place: Place


def dependents(catalog: Catalog, asset: Asset) -> list[Dependent]:
    """Where other assets refer to one, in whichever version of it: each reference, by file and line."""
    found = [
        Dependent(other.id or other.path, other.spec.document.place(*other.spec.document.locate(*keys)))
        for other in catalog.assets
        if other.spec and other.id != asset.id
        for keys, use in placed_uses(other.spec)
        if use.id == asset.id
    ]
    return sorted(found, key=lambda one: (one.place, one.id))


def files_to_remove(catalog: Catalog, asset: Asset) -> list[str]:
    """The files that go with an asset of the catalog, all of whose assets must have been read; sorted.

    What stands in its folder, and what it uses elsewhere below the directories of assets, or releases from anywhere;
    without what another asset uses, or has in its folder. The asset config goes in any case.
    """
    others = (_used(catalog, other) for other in catalog.assets if other is not asset)
    own = _used(catalog, asset).difference(*others)
    directories = tuple(below(directory, "") for directory in catalog.directories)
    carried = {*asset.files}
    return sorted({asset.path} | {path for path in own if path in carried or path.startswith(directories)})


def _used(catalog: Catalog, asset: Asset) -> set[str]:
    """The files of an asset's folder, and all that its release carries, its documents name, or its links lead to.

    An asset in the root of the repository has no folder of its own.
    """
    within = asset.tree.files(asset.directory) if asset.directory else []
    used = {path for path in within if catalog.holder(path) is asset}
    used.update(asset.files, asset.texts, *(_at(asset, reference.target) for reference in asset.references))
    links = used & asset.tree.links.keys()
    while links:
        led_to = set().union(*(_at(asset, asset.tree.resolve("", link)) for link in links)) - used
        used |= led_to
        links = led_to & asset.tree.links.keys()
    return used


def _at(asset: Asset, target: Target) -> set[str]:
    """The files that a path leads to, links on the way included; a directory above the asset is none of its own."""
    if target.kind is Kind.DIRECTORY and not below(asset.directory, "").startswith(below(target.path, "")):
        return {*target.links, *asset.tree.files(target.path)}
    return {*target.links, target.path} if target.kind is Kind.FILE else {*target.links}
