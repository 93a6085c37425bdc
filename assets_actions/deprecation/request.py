"""What somebody asks for who deprecates an asset, checked against the repository."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.model import suggestion
from assets_actions.errors import UserError

from .lifecycle import named_dependents
from .notice import Notice, is_deprecated
from .removal import Dependent, dependents


class Reason(StrEnum):
    """Why an asset is deprecated."""

    VULNERABILITY = "vulnerability"
    END_OF_LIFE = "end-of-life"
    SUPERSEDED = "superseded"
    UNUSED = "unused"
    OTHER = "other"


@dataclass(frozen=True)
class Request:
    """The deprecation of an asset: its replacement, its last day, why, and the assets that still depend on it."""

    asset: Asset
    replacement: Asset
    delete_on: datetime.date
    reason: Reason | None
    details: str
    dependents: Sequence[Dependent]

    @property
    def notice(self) -> Notice:
        """What its users are told. A replacement of the same type goes by its name."""
        is_same = self.replacement.type == self.asset.type
        return Notice(str(self.replacement.name if is_same else self.replacement.id), self.delete_on)


def find(catalog: Catalog, id_: str, what: str) -> Asset:
    """The asset of this id. Raises UserError where there is none."""
    by_id: Mapping[str, Asset] = {asset.id: asset for asset in catalog.assets if asset.id}
    if id_ not in by_id:
        raise UserError(f"{what}: there is no asset `{id_}`{suggestion(id_, sorted(by_id))}", fix="name it type/name")
    return by_id[id_]


def check(
    catalog: Catalog,
    asset: Asset,
    replacement: str,
    delete_on: datetime.date,
    reason: Reason | None = None,
    details: str = "",
    *,
    allow_dependents: bool = False,
) -> Request:
    """The request. Raises UserError where the replacement will not do, or assets depend on what is deprecated."""
    instead = find(catalog, replacement if "/" in replacement else f"{asset.type}/{replacement}", "the replacement")
    if instead is asset:
        raise UserError(f"`{asset.id}` cannot be its own replacement", fix="name another asset with --replacement")
    if is_deprecated(instead):
        raise UserError(
            f"the replacement `{instead.id}` is deprecated itself",
            instead.spec.path if instead.spec else None,
            "name one that stays with --replacement",
        )
    users = dependents(catalog, asset)
    if users and not allow_dependents:
        listed = "\n".join(f"{user.id} ({user.place})" for user in users)
        raise UserError(
            f"`{asset.id}` is still used by {named_dependents(users)}\n{listed}",
            fix="let them use the replacement first; or give --allow-dependents, and the pull request lists them",
        )
    return Request(asset, instead, delete_on, reason, details, users)


def check_alone(catalog: Catalog, asset: Asset, paths: Collection[str]) -> None:
    """Raises UserError where another asset has one of the files that are to be edited: it would be deprecated, too."""
    for other in catalog.assets:
        theirs = {*(loaded.path for loaded in other.documents), *other.texts}
        if other is not asset and (shared := sorted(theirs.intersection(paths))):
            raise UserError(
                f"`{asset.id}` cannot be deprecated alone: {other.id or other.path} has this file as well",
                shared[0],
                f"give `{asset.id}` a file of its own first",
            )
