"""Which version a changed asset is released as, and which it must not be."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assets_actions.assets.asset import Asset

LONGEST = 100
"""Digits of a version that is counted up from; Python reads no number of some thousands."""


def is_whole(version: str) -> bool:
    """Whether a version is a whole number that can be counted up from."""
    return version.isdecimal() and version.isascii() and len(version) <= LONGEST


@dataclass(frozen=True)
class ReleaseTags:
    """The release tags of a repository: names of the form `type/name/version`.

    `burned` has that form as well: versions that must never be used, whether they are tagged or not.
    """

    names: Set[str]
    burned: Set[str] = frozenset()

    @cached_property
    def types(self) -> set[str]:
        """Asset types that are tagged at all."""
        return {name.split("/")[0] for name in self.names if name.count("/") == 2}

    @cached_property
    def _highest(self) -> dict[str, int]:
        highest: dict[str, int] = {}
        for name in self.names | self.burned:
            id_, _, version = name.rpartition("/")
            if is_whole(version):
                highest[id_] = max(int(version), highest.get(id_, 0))
        return highest

    def highest(self, id_: str) -> int:
        """The highest whole version that was tagged or burned for an asset, 0 where none was."""
        return self._highest.get(id_, 0)

    def __contains__(self, name: str) -> bool:
        return name in self.names


class Decision(NamedTuple):
    """The version to release as, or why there is none (`blocked`)."""

    version: str
    blocked: str | None = None


def decide(asset: Asset, released: str | None, tags: ReleaseTags, *, again: bool = False) -> Decision:
    """The version that a new or changed asset is released as.

    `released`: the version in the release branch, None where the asset is not there or its version cannot be read.
    `again`: a version of its own is wanted, whether anything changed or not. An automatic version is never one that was
    tagged before, be it in an earlier life of the asset, or burned.
    """
    assert asset.id
    assert asset.version
    if not asset.is_auto:
        if (version := f"{asset.id}/{asset.version}") in tags:
            return Decision(asset.version, "released already, content differs: bump its version")
        return Decision(asset.version, "this version was burned: bump it" if version in tags.burned else None)
    if released is None:
        return Decision(str(tags.highest(asset.id) + 1))
    is_pending = asset.type in tags.types and not again
    if is_pending and f"{asset.id}/{released}" not in tags.names | tags.burned:
        return Decision(released)
    return next_version(asset.id, released, tags)


def next_version(id_: str, released: str | None, tags: ReleaseTags) -> Decision:
    """The automatic version after the released one."""
    if released is None or not is_whole(released):
        return Decision(released or "", f"cannot count up from {released}, the released version: it is no whole number")
    return Decision(str(max(int(released), tags.highest(id_)) + 1))
