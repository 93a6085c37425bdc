"""Which version a changed asset is released as, and which it must not be."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assets_actions.assets.asset import Asset


@dataclass(frozen=True)
class ReleaseTags:
    """The release tags of a repository: names of the form `type/name/version`."""

    names: Set[str]

    @cached_property
    def types(self) -> set[str]:
        """Asset types that are tagged at all."""
        return {name.split("/")[0] for name in self.names if name.count("/") == 2}

    @cached_property
    def _highest(self) -> dict[str, int]:
        highest: dict[str, int] = {}
        for name in self.names:
            id_, _, version = name.rpartition("/")
            if version.isdecimal() and version.isascii():
                highest[id_] = max(int(version), highest.get(id_, 0))
        return highest

    def highest(self, id_: str) -> int:
        """The highest whole version that was tagged for an asset, 0 where none was."""
        return self._highest.get(id_, 0)

    def __contains__(self, name: str) -> bool:
        return name in self.names


class Decision(NamedTuple):
    """The version to release as, or why there is none (`blocked`)."""

    version: str
    blocked: str | None = None


def decide(asset: Asset, released: str | None, tags: ReleaseTags) -> Decision:
    """The version that a new or changed asset is released as.

    `released`: the version in the release branch, None where the asset is not there or its version cannot be read.
    An automatic version is never one that was tagged before, be it in an earlier life of the asset.
    """
    assert asset.id
    assert asset.version
    if not asset.is_auto:
        if f"{asset.id}/{asset.version}" in tags:
            return Decision(asset.version, "released already, content differs: bump its version")
        return Decision(asset.version)
    if released is None:
        return Decision(str(tags.highest(asset.id) + 1))
    if asset.type in tags.types and f"{asset.id}/{released}" not in tags:
        return Decision(released)
    if not (released.isdecimal() and released.isascii()):
        return Decision(released, f"cannot count up from {released}, the released version: it is no whole number")
    return Decision(str(max(int(released), tags.highest(asset.id)) + 1))
