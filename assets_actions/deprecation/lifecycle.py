"""Where deprecated assets stand on their way out: announced, released, removed, archived."""

import datetime
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.config import AssetType
from assets_actions.assets.document import Place

from .gone import GoneAsset
from .notice import delete_on, description_of, is_deprecated, replacement_named
from .removal import Dependent, dependents

ARCHIVES = {AssetType.ENVIRONMENT, AssetType.COMPONENT, AssetType.MODEL, AssetType.DATA}
"""Types that the Azure CLI can archive: https://learn.microsoft.com/cli/azure/ml/environment and its neighbours."""


class Stage(StrEnum):
    """How far an asset has come."""

    ANNOUNCED = "announced"
    RELEASED = "released"
    REMOVED = "removed"
    TO_ARCHIVE = "to archive"
    OVERDUE = "overdue"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Standing:
    """One deprecated asset.

    `version` is the deprecated one that was released, None where none was. `is_due`: the removal is, from where `step`
    says; else `waits_for` says what comes before it, or after. `misfits`: what does not fit.
    """

    id: str
    stage: Stage
    version: str | None
    delete_on: datetime.date | None
    replacement: str | None
    step: Literal["remove", "remove-released"] | None
    is_due: bool
    waits_for: str
    misfits: tuple[str, ...] = ()
    place: Place | None = None
    """Where to mend what does not fit."""
    archive: Literal["due", "done"] | None = None
    """Whether its day has come, be it that it is here still; `done` where somebody has ticked it off."""

    @property
    def archive_command(self) -> str | None:
        """What hides the asset from lists in a registry, with the Azure CLI; None where that cannot."""
        type_, _, name = self.id.partition("/")
        return f"az ml {type_} archive --name {shlex.quote(name)}" if type_ in ARCHIVES else None


@dataclass(frozen=True)
class Facts:
    """What decides how assets stand.

    `released`: deprecated assets in the release branch, by id, with the version and whether it is final (it has its
    release tag, or assets of its type have none). `archived`: ids that a person has ticked off.
    """

    catalog: Catalog
    released: Mapping[str, tuple[Asset, str, bool]]
    gone: Sequence[GoneAsset]
    day: datetime.date
    remove_on_date: bool
    release_removals: bool
    archived: Collection[str] = ()


def standings(facts: Facts) -> list[Standing]:
    """How each deprecated asset stands; what is deprecated in part as well, with what is missing. Sorted by id."""
    here = {asset.id: asset for asset in facts.catalog.assets if asset.id and asset.is_loaded}
    found = [_in_source(id_, asset, here, facts) for id_, asset in here.items() if _signs(asset)]
    found += [_left_behind(id_, facts) for id_ in facts.released if id_ not in here]
    found += [_gone(one, facts) for one in facts.gone if one.id not in here and one.id not in facts.released]
    return sorted(found, key=lambda one: one.id)


def _signs(asset: Asset) -> bool:
    return is_deprecated(asset) or delete_on(asset) is not None


def _day(given: datetime.date | str | None) -> datetime.date | None:
    return given if isinstance(given, datetime.date) else None


def _in_source(id_: str, asset: Asset, here: Mapping[str, Asset], facts: Facts) -> Standing:
    given = delete_on(asset)
    day = _day(given)
    named = replacement_named(description_of(asset) or "")
    _, version, is_final = facts.released.get(id_, (None, None, False))
    is_overdue = day is not None and day < facts.day
    stage = Stage.OVERDUE if is_overdue else Stage.RELEASED if is_final else Stage.ANNOUNCED
    is_out = version is not None if facts.remove_on_date else is_final
    waits_for = _before_removal(asset, is_out, day, facts)
    misfits = tuple(_misfits(asset, named, here))
    archive = _archive(id_, version, day, facts)
    return Standing(
        id_, stage, version, day, named, "remove", not waits_for, waits_for, misfits, _place(asset), archive
    )


def _archive(id_: str, version: str | None, day: datetime.date | None, facts: Facts) -> Literal["due", "done"] | None:
    if version is None or day is None or day > facts.day:
        return None
    return "done" if id_ in facts.archived else "due"


def _place(asset: Asset) -> Place | None:
    document = asset.spec.document if asset.spec else None
    return document.place(*document.locate("tags", at_key=True)) if document else None


def _before_removal(asset: Asset, is_released: bool, day: datetime.date | None, facts: Facts) -> str:
    if not is_deprecated(asset):
        return "the tag `Deprecated`"
    if day is None:
        return "a date, the tag `DeleteOn`"
    if facts.remove_on_date and day > facts.day:
        return str(day)
    if not is_released:  # whoever uses it was never told, and nothing would tell that it is to be archived
        return "its release"
    return _users(facts.catalog, asset)


def _users(catalog: Catalog, asset: Asset) -> str:
    users = dependents(catalog, asset)
    return f"those who depend on it: {named_dependents(users)}" if users else ""


def named_dependents(users: Sequence[Dependent]) -> str:
    """The assets that depend on one, by id."""
    return ", ".join(dict.fromkeys(user.id for user in users))


def _misfits(asset: Asset, named: str | None, here: Mapping[str, Asset]) -> list[str]:
    given = delete_on(asset)
    found = []
    if not is_deprecated(asset):
        found.append("it has a date, and no tag `Deprecated`")
    if given is None:
        found.append("it has no date")
    elif isinstance(given, str):
        found.append(f"`{given}` is no date")
    if named is None:
        found.append("its description does not begin with a replacement")
    else:
        replacement = here.get(named) or here.get(f"{asset.type}/{named}")
        if replacement is None:
            found.append(f"its replacement {named} is not here")
        elif is_deprecated(replacement):
            found.append(f"its replacement {named} is deprecated, too")
    return found


def _left_behind(id_: str, facts: Facts) -> Standing:
    """Gone from the source, and still in the release branch."""
    asset, version, _ = facts.released[id_]
    day = _day(delete_on(asset))
    stage = Stage.OVERDUE if day and day < facts.day else Stage.RELEASED
    waits_for = "the next release, which removes it" if facts.release_removals else _users(facts.catalog, asset)
    named = replacement_named(description_of(asset) or "")
    archive = _archive(id_, version, day, facts)
    return Standing(id_, stage, version, day, named, "remove-released", not waits_for, waits_for, archive=archive)


def _gone(one: GoneAsset, facts: Facts) -> Standing:
    day = _day(one.delete_on)
    archive: Literal["due", "done"] | None = None
    if one.id in facts.archived:
        archive = "done"
    elif day and day <= facts.day:
        archive = "due"
    stage = {None: Stage.REMOVED, "due": Stage.TO_ARCHIVE, "done": Stage.ARCHIVED}[archive]
    waits_for = str(day) if stage is Stage.REMOVED and day else ""
    misfits = () if day else ("it went without a date",)
    named = replacement_named(one.description)
    return Standing(one.id, stage, one.version, day, named, None, False, waits_for, misfits, archive=archive)
