"""What assets refer to of each other.

Source of all rules here: how the Azure CLI's YAML names assets, `azureml:name:version`.
"""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.dependencies import Dependency
from assets_actions.release.history import Released

from .registry import Problem, Severity, rule
from .wording import MOST


def _missing(catalog: Catalog) -> Iterator[tuple[Asset, Dependency]]:
    here = {asset.id for asset in catalog.assets}
    return ((asset, found) for asset in catalog.assets for found in asset.dependencies if found.id not in here)


def _at(asset: Asset, found: Dependency, message: str) -> Iterator[Problem]:
    if asset.spec:
        yield Problem(asset.spec.document, found.keys, f"`{found.text}`{message}", asset=asset.id)


@rule(Catalog, Severity.WARNING, everywhere=True)
def missing_dependency(catalog: Catalog) -> Iterator[Problem]:
    """An environment or component that a spec refers to by `azureml:name:version` is an asset of this repository.

    Why: what is nowhere cannot be found when the asset is published. A warning, since it may have been published from
    elsewhere. References to a registry (`azureml://registries/…`) are not looked at.
    Fix: correct the name, add the asset, or refer to the registry that has it.
    """
    for asset, found in _missing(catalog):
        yield from _at(asset, found, f": there is no {found.id} in this repository")


@rule(Catalog, needs=Released, everywhere=True, supersedes="missing-dependency")
def removed_dependency(catalog: Catalog, released: Released) -> Iterator[Problem]:
    """An asset that others refer to is not removed.

    Why: the next release would take it away from under them.
    Fix: make the others refer to something else first, or keep the asset.
    """
    for asset, found in _missing(catalog):
        if found.id in released.ids:
            yield from _at(asset, found, f": {found.id} is released, and no longer in this repository")


@rule(Catalog, everywhere=True)
def dependency_cycle(catalog: Catalog) -> Iterator[Problem]:
    """No asset refers to itself, be it through others.

    Why: none of them could be published first.
    Fix: break the circle.
    """
    assets = {asset.id: asset for asset in catalog.assets if asset.id}
    edges = {id_: {d.id: d for d in reversed(asset.dependencies) if d.id in assets} for id_, asset in assets.items()}
    for _ in range(MOST):
        sorter = TopologicalSorter(edges)
        try:
            sorter.prepare()
        except CycleError as error:
            # Each id in a cycle is one that the next depends on.
            circle: list[str] = error.args[1][::-1]
            found = edges[circle[0]].pop(circle[1])
            yield from _at(assets[circle[0]], found, f" closes a circle: {' → '.join(circle)}")
        else:
            return
