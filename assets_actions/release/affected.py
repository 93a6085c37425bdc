"""What a change of the repository affects: the assets that it touches, and those that depend on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog, fetch
from assets_actions.assets.changed import touching
from assets_actions.assets.dependencies import Use, uses

from .compare import Change, compare
from .versions import ReleaseTags


class Effect(StrEnum):
    """What a change does to an asset."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    DEPENDENT = "dependent"


@dataclass(frozen=True)
class AffectedAsset:
    """An asset that a change affects: the changed files that touch it, and a shortest way from what was touched to it.

    `id` is the path of the asset config where a removed asset could not be read.
    """

    id: str
    type: str | None
    name: str | None
    path: str
    effect: Effect
    reasons: tuple[Change, ...]
    chain: tuple[str, ...]


@dataclass(frozen=True)
class Affected:
    """What a change from a base (None: from nothing) to a source affects, by id.

    `edges`: of what is affected, which asset depends on which: (what is depended on, who does).
    """

    source: str
    base: str | None
    assets: tuple[AffectedAsset, ...]
    edges: tuple[tuple[str, str], ...]
    unaffected: int

    def having(self, effect: Effect) -> list[AffectedAsset]:
        """The assets that it does this to."""
        return [asset for asset in self.assets if asset.effect is effect]

    @property
    def ids(self) -> list[str]:
        """The ids of those that are still there."""
        return [asset.id for asset in self.assets if asset.effect is not Effect.REMOVED]


def affected(source: str, base: str | None, new: Catalog, old: Catalog, tags: ReleaseTags) -> Affected:
    """What the change from one catalog to another affects; all assets of the new one must be readable."""
    changes = _changes(new, old)
    touched = _touched(new, old, changes)
    here = {asset.id: asset for asset in new.assets if asset.id}
    removed = {asset.id for asset in touched if asset.effect is Effect.REMOVED}
    edges = [
        (use.id, id_)
        for id_, asset in here.items()
        for use in (uses(asset.spec) if asset.spec else ())
        if use.id in removed or _is_meant(use, here.get(use.id), tags)
    ]
    chains = _chains((asset.id for asset in touched), edges)
    dependents = [
        AffectedAsset(id_, here[id_].type, here[id_].name, here[id_].path, Effect.DEPENDENT, (), chain)
        for id_, chain in chains.items()
        if len(chain) > 1
    ]
    assets = sorted([*touched, *dependents], key=lambda asset: asset.id)
    unaffected = len(new.assets) - sum(asset.effect is not Effect.REMOVED for asset in assets)
    return Affected(source, base, tuple(assets), tuple(sorted(edge for edge in edges if edge[0] in chains)), unaffected)


def _changes(new: Catalog, old: Catalog) -> dict[str, Change]:
    comparison = compare(new.tree.entries, old.tree.entries)
    modified = (Change(path, "modified") for path in comparison.doubtful)
    return {change.path: change for change in (*comparison.changes, *modified)}


def _touched(new: Catalog, old: Catalog, changes: Mapping[str, Change]) -> list[AffectedAsset]:
    files = touching(new.tree, new.assets, changes.keys())
    were = {asset.path for asset in old.assets}
    moved = [asset for asset in new.assets if asset.path in files or asset.path not in were]
    # Of all others, the documents are the same as before, and so are their ids.
    unmoved = {asset.path for asset in new.assets} - {asset.path for asset in moved}
    earlier = [asset for asset in old.assets if asset.path not in unmoved]
    fetch(earlier)
    earlier_files = touching(old.tree, earlier, changes.keys())
    before = {_id(asset): asset for asset in earlier}

    found = []
    for asset in moved:
        predecessor = before.pop(_id(asset), None) or before.pop(asset.path, None)
        effect = Effect.MODIFIED if predecessor else Effect.ADDED
        paths = files.get(asset.path, set()) | (earlier_files.get(predecessor.path, set()) if predecessor else set())
        found.append(_affected(asset, effect, (changes[path] for path in paths)))
    present = {asset.id for asset in new.assets}
    for id_, asset in before.items():
        if id_ not in present:
            gone = earlier_files.get(asset.path, ())
            found.append(_affected(asset, Effect.REMOVED, (changes[path] for path in gone)))
    return found


def _affected(asset: Asset, effect: Effect, reasons: Iterable[Change]) -> AffectedAsset:
    id_ = _id(asset)
    return AffectedAsset(id_, asset.type, asset.name, asset.path, effect, tuple(sorted(reasons)), (id_,))


def _id(asset: Asset) -> str:
    return asset.id or asset.path


def _is_meant(use: Use, asset: Asset | None, tags: ReleaseTags) -> bool:
    """Whether a use is of an asset as it is now, not of a version that was released and never changes."""
    if asset is None:
        return False
    if use.version is None:
        return True
    return f"{use.id}/{use.version}" not in tags if asset.is_auto else use.version == asset.version


def _chains(touched: Iterable[str], edges: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """For each id that can be reached from those touched, the shortest way; of several, the first by the ids on it."""
    users: dict[str, set[str]] = {}
    for used, user in edges:
        users.setdefault(used, set()).add(user)
    chains: dict[str, tuple[str, ...]] = {}
    step: dict[str, tuple[str, ...]] = {id_: (id_,) for id_ in touched}
    while step:
        chains |= step
        further: dict[str, tuple[str, ...]] = {}
        for id_, chain in sorted(step.items(), key=lambda item: item[1]):
            for user in users.get(id_, ()):
                if user not in chains:
                    further.setdefault(user, (*chain, user))
        step = further
    return chains
