"""The plan: what a release does, as data. Carrying it out is an edge's work and adds nothing to it."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from assets_actions.assets.document import Place
from assets_actions.assets.tree import Entry

from .compare import Change
from .records import Records

REMOVALS_ALLOWED = 10
REMOVALS_SHARE = 0.2


class Status(StrEnum):
    """What a release does with an asset."""

    NEW = "new"
    UPDATED = "updated"
    BLOCKED = "blocked"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


class Blocked(NamedTuple):
    """Why an asset is not released, and the place to mend it."""

    message: str
    place: Place


@dataclass(frozen=True)
class PlannedAsset:
    """One line of a plan. `path` is the asset config's, in the source; of a removed asset, in the release branch.

    `note` says what changed files do not: that the asset was to be rebuilt, or is held back.
    """

    id: str
    path: str
    status: Status
    previous_version: str | None
    version: str | None
    reasons: tuple[Change, ...] = ()
    blocked: Blocked | None = None
    note: str = ""

    @property
    def type(self) -> str:
        """The asset's type."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The asset's name."""
        return self.id.partition("/")[2]

    @property
    def tag(self) -> str:
        """The release tag of the version that the plan gives it."""
        return f"{self.id}/{self.version}"


@dataclass(frozen=True)
class Plan:
    """What a release does: assets by id, and the edits of the release branch's files that do it.

    `released_before`: how many assets the branch holds. `edits`: path → new entry, or None to remove it. `blobs`: the
    contents among them that the source does not hold. `records`: what the release commit carries on. `title`: the
    commit's subject, where it is not a plain release.
    """

    source: str
    release: str | None
    assets: tuple[PlannedAsset, ...]
    released_before: int
    edits: Mapping[str, Entry | None]
    blobs: Mapping[str, bytes]
    records: Records = field(default_factory=Records)
    title: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not self.edits and not self.title

    @property
    def digest(self) -> str:
        """A digest of all that carrying it out depends on: two plans that have the same do the same."""
        edits = [(path, *(entry or ())) for path, entry in sorted(self.edits.items())]
        assets = [(one.id, one.status, one.previous_version, one.version) for one in self.assets]
        text = repr((self.source, self.release, assets, edits, self.records.trailers()))
        return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"

    @property
    def counts(self) -> dict[Status, int]:
        """How many assets have each status."""
        counted = Counter(asset.status for asset in self.assets)
        return {status: counted[status] for status in Status}

    def having(self, *statuses: Status) -> list[PlannedAsset]:
        """The assets with one of these statuses."""
        return [asset for asset in self.assets if asset.status in statuses]

    @property
    def released(self) -> list[PlannedAsset]:
        """What the release makes a version of."""
        return self.having(Status.NEW, Status.UPDATED)

    @property
    def removes_too_many(self) -> bool:
        """Whether it removes over 20 % of what is released, and over 10 assets: most likely a mistake."""
        removed = self.counts[Status.REMOVED]
        return removed > REMOVALS_ALLOWED and removed > REMOVALS_SHARE * self.released_before
