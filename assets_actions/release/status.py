"""How each asset stands to its next release, and why it was not released."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.document import top_values
from assets_actions.templates.moves import read_back
from assets_actions.templates.tags import Wanted

from .content import CODEC, UnresolvedTag
from .differences import labels_of
from .plan import Plan, PlannedAsset, Status
from .planner import UnresolvedTagsError
from .previous_pins import ReleasedPin
from .released import Release


class State(StrEnum):
    """Where an asset stands: what a release does with it, or what keeps that from being told."""

    UNCHANGED = "unchanged"
    NEW = "new"
    UPDATED = "updated"
    REMOVED = "removed"
    GONE = "gone"
    """It is not in the source, and stays released until a pull request removes it."""
    BLOCKED = "blocked"
    HELD = "held"
    """It was rolled back by hand, and its source has not changed since."""
    LATE = "late"
    """A newer source was released already."""
    UNPINNED = "unpinned"
    """What one of its template tags resolves to is not known."""
    UNREADABLE = "unreadable"
    ELSEWHERE = "elsewhere"
    """Its asset config does not stand where a release looks for it, or is not committed."""


PENDING = (State.NEW, State.UPDATED)
SHARED = "a file that it shares with another asset cannot be read"
STUCK = (State.BLOCKED, State.UNPINNED, State.UNREADABLE, State.ELSEWHERE)


class LastRelease(NamedTuple):
    """The commit that changed what was released of an asset last, when, and the source that it names.

    `is_cut`: the history that is known begins with it, so that the release may be an earlier one.
    """

    commit: str
    at: datetime
    source: str | None
    is_cut: bool = False


class Since(NamedTuple):
    """When something came in; `or_earlier`, where what is known does not go back further."""

    at: datetime
    or_earlier: bool


class Pin(NamedTuple):
    """What a template tag is released as, in which file, and since when, where that was asked."""

    path: str
    wanted: Wanted
    answer: str
    since: Since | None = None


@dataclass(frozen=True)
class AssetStatus:
    """Where one asset stands. `id` is the asset config's path, where the documents do not tell it.

    `version` is the released one, `is_tagged` whether it has its release tag; `planned` is its line of the plan;
    `messages` say in words what the plan does not.
    """

    id: str
    state: State
    path: str | None
    version: str | None = None
    is_tagged: bool = False
    planned: PlannedAsset | None = None
    messages: tuple[str, ...] = ()
    last: LastRelease | None = None
    pins: tuple[Pin, ...] = ()
    dependencies: tuple[str, ...] = ()
    dependents: tuple[str, ...] = ()
    uncommitted: tuple[str, ...] = ()

    def having(self, *messages: str, pins: Iterable[Pin] | None = None) -> "AssetStatus":
        """The same with more messages, or other pins."""
        return replace(self, messages=(*self.messages, *messages), pins=self.pins if pins is None else tuple(pins))


class PartialPlan(NamedTuple):
    """The plan for those assets that one can be made for, and the tags without a pin, by asset, of those left out."""

    plan: Plan
    unresolved: Mapping[str, Sequence[UnresolvedTag]]


def plan_what_can_be(catalog: Catalog, unreadable: Collection[str], make: Callable[[Catalog], Plan]) -> PartialPlan:
    """The plan without the assets whose pins are not known, and without those that are `unreadable`: ids or paths.

    `make` plans some of the assets. What is left out was not removed, and does not count as such.
    """
    ready = [a for a in catalog.assets if a.is_loaded and a.id not in unreadable and a.path not in unreadable]
    unresolved: dict[str, list[UnresolvedTag]] = defaultdict(list)
    while True:
        try:
            plan = make(replace(catalog, assets=ready))
            break
        except UnresolvedTagsError as error:
            for tag in error.tags:
                unresolved[tag.asset].append(tag)
            # A file that several assets share counts for one of them at a time.
            ready = [asset for asset in ready if asset.id not in unresolved]
    left_out = {asset.id for asset in catalog.assets} - {asset.id for asset in ready}
    kept = tuple(one for one in plan.assets if one.id not in left_out)
    return PartialPlan(replace(plan, assets=kept), unresolved)


@dataclass(frozen=True)
class Survey:
    """What is known of all assets. `problems`: by id or path, why an asset cannot be read. `uncommitted`: by owner."""

    catalog: Catalog
    release: Release
    partial: PartialPlan
    problems: Mapping[str, Sequence[str]]
    pins: Sequence[ReleasedPin]
    last: Mapping[str, LastRelease]
    uncommitted: Mapping[str, Sequence[str]]
    is_late: bool = False

    def statuses(self) -> dict[str, AssetStatus]:
        """By id, of every asset of the source and of the release branch."""
        assets: dict[str, Asset] = {}
        for asset in sorted(self.catalog.assets, key=lambda asset: asset.id is None):
            name = self._name(asset)
            assets[asset.path if name in assets and asset.id is None else name] = asset
        needed = {id_: sorted({one.id for one in asset.dependencies}) for id_, asset in assets.items()}
        needing: dict[str, list[str]] = defaultdict(list)
        for id_, others in sorted(needed.items()):
            for other in others:
                needing[other].append(id_)
        pins: dict[str, set[Pin]] = defaultdict(set)
        for pin in self.pins:
            pins[pin.asset].add(Pin(pin.path, pin.wanted, pin.answer))
        versions = self._versions()
        found = {}
        for id_ in sorted({*assets, *self.release.assets}):
            own = assets.get(id_)
            version = versions.get(id_)
            state, planned, messages = self._stands(id_, own)
            found[id_] = AssetStatus(
                id_,
                state,
                path=own.path if own else None,
                version=version,
                is_tagged=(tag := f"{id_}/{version}") in self.release.tags and tag not in self.release.untagged,
                planned=planned,
                messages=tuple(messages),
                last=self.last.get(id_),
                pins=tuple(sorted(pins[id_], key=lambda pin: (pin.path, str(pin.wanted)))),
                dependencies=tuple(needed.get(id_, ())),
                dependents=tuple(needing[id_]),
                uncommitted=tuple(self.uncommitted.get(own.id or own.path, ()) if own else ()),
            )
        return found

    def _versions(self) -> dict[str, str | None]:
        """The released versions; what the plan has compared tells most of them."""
        planned = {one.id: one.previous_version for one in self.partial.plan.assets if one.id in self.release.assets}
        labels = labels_of(self.release, self.release.assets.keys() - planned.keys())
        return {**planned, **{id_: label.version for id_, label in labels.items()}}

    def _name(self, asset: Asset) -> str:
        """The asset's id; of one that cannot be read, what its spec seems to say, or else its path."""
        if asset.id:
            return asset.id
        seems = top_values(asset.spec.content, ("name",)).get("name") if asset.spec else None
        return f"{asset.type}/{seems}" if f"{asset.type}/{seems}" in self.release.assets else asset.path

    @cached_property
    def _planned(self) -> dict[str, PlannedAsset]:
        return {one.id: one for one in self.partial.plan.assets}

    def _stands(self, id_: str, asset: Asset | None) -> tuple[State, PlannedAsset | None, Sequence[str]]:
        """The state of an asset, its line of the plan, and what there is to say that the plan does not."""
        names = (asset.id, asset.path) if asset else ()
        problems = [problem for name in names if name for problem in self.problems.get(name, ())]
        if problems or (asset and not asset.is_loaded):
            return State.UNREADABLE, None, problems or [SHARED]
        if self.is_late:
            return State.LATE, None, ()
        if tags := self.partial.unresolved.get(id_):
            return State.UNPINNED, None, [f"{tag.message} ({tag.place.file}:{tag.place.line})" for tag in tags]
        planned = self._planned[id_]
        if planned.status is Status.UNCHANGED and planned.note:
            return State.HELD if asset else State.GONE, planned, ()
        return State(planned.status.value), planned, ()


class WithoutEffect(NamedTuple):
    """Files that changed since an unchanged asset was released, and why that makes no difference."""

    same: list[str]
    ignored: list[str]
    not_carried: list[str]


def without_effect(asset: Asset, changed: Collection[str], ignored: Callable[[str], bool]) -> WithoutEffect:
    """Of the files that changed, those that the asset's release carries, and those that stand beside it."""
    carried = {*asset.files} & {*changed}
    out = {path for path in carried if ignored(path)}
    beside = {path for path in changed if path.startswith(f"{asset.directory}/")} - carried
    return WithoutEffect(sorted(carried - out), sorted(out), sorted(beside))


def since_when(
    pins: Sequence[Pin], template: bytes, path: str, versions: Iterable[tuple[LastRelease, bytes]]
) -> list[Pin]:
    """The pins of one file with since when each is what it is; `versions` are the file's contents, the last one first.

    No more of them is read than that takes. A version of the file in which a tag's answer cannot be told ends the
    search.
    """
    since: dict[Wanted, Since] = {}
    asked = {pin.wanted: pin.answer for pin in pins}
    for release, content in versions:
        found = dict(read_back(template.decode(*CODEC), content.decode(*CODEC), path))
        asked = {wanted: answer for wanted, answer in asked.items() if found.get(wanted) == answer}
        if not asked:
            break
        since |= dict.fromkeys(asked, Since(release.at, release.is_cut))
    return [pin._replace(since=since.get(pin.wanted)) for pin in pins]
