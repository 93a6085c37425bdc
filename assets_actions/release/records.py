"""What release commits record for later runs, as trailers of their messages; each carries on what holds on."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AssetType
from assets_actions.assets.tree import relative

SOURCE_TRAILER = "Source-Commit"
"""Names the commit that a release was made from; every release commit has it."""
BURNED_TRAILER = "Burned"
"""A version that must never be used, as type/name/version."""
HELD_TRAILER = "Held"
"""An asset that was rolled back, and the digest of the source that it was rolled back from."""
TAG_TRAILER = "Release-Tag"
"""A tag that is made after the commit."""
PLAN_TRAILER = "Plan-Digest"
"""The digest of the plan that the commit carries out."""
_BURNED = re.compile(rf"^{BURNED_TRAILER}: ((?:{'|'.join(AssetType)})/[^/\n]+/[^/\s]+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Records:
    """What is remembered of releases: source and plan of the last one, burned versions, held assets, tags to make."""

    source: str | None = None
    burned: Set[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)
    """Id → digest of a source (see `source_digest`) that is not to be released."""
    tags: Set[str] = frozenset()
    """The tags of the last release commit itself."""
    plan: str | None = None
    """The digest of the plan that the last release commit carried out."""

    @classmethod
    def of(cls, trailers: Iterable[tuple[str, str]]) -> "Records":
        """What the trailers of the last release commit say; those that are not ours are looked past."""
        found: dict[str, list[str]] = {}
        for key, value in trailers:
            found.setdefault(key, []).append(value)
        held = (value.rpartition(" ") for value in found.get(HELD_TRAILER, []))
        return cls(
            next(iter(found.get(SOURCE_TRAILER, [])), None),
            frozenset(found.get(BURNED_TRAILER, [])),
            {id_: digest for id_, _, digest in held},
            frozenset(found.get(TAG_TRAILER, [])),
            next(iter(found.get(PLAN_TRAILER, [])), None),
        )

    def trailers(self) -> list[tuple[str, str]]:
        """The trailers that carry this on."""
        return [
            *([(SOURCE_TRAILER, self.source)] if self.source else []),
            *((BURNED_TRAILER, version) for version in sorted(self.burned)),
            *((HELD_TRAILER, f"{id_} {digest}") for id_, digest in sorted(self.held.items())),
            *((TAG_TRAILER, tag) for tag in sorted(self.tags)),
            *([(PLAN_TRAILER, self.plan)] if self.plan else []),
        ]

    def carried_on(self) -> "Records":
        """What the next commit carries on: all but what this one says of itself."""
        return replace(self, tags=frozenset(), plan=None)

    def burning(self, messages: Iterable[str]) -> "Records":
        """The same with the versions that commits of others burn: removals that came by pull requests.

        A merge may put more below what was a trailer, so that any line will do.
        """
        return replace(self, burned=self.burned | {version for text in messages for version in _BURNED.findall(text)})

    def without(self, ids: Collection[str]) -> "Records":
        """The same, without holding these assets any longer."""
        return replace(self, held={id_: digest for id_, digest in self.held.items() if id_ not in ids})


def source_digest(asset: Asset) -> str:
    """A digest of all that the asset's author wrote of what a release carries; pins have no part in it."""
    within = {relative(path, asset.root): asset.tree.entries[path] for path in asset.files}
    beside = {path: asset.tree.entries[path] for path in asset.texts if path not in asset.files}
    lines = (f"{path}\0{entry.mode} {entry.blob}\0" for path, entry in sorted({**beside, **within}.items()))
    return f"sha256:{hashlib.sha256(''.join(lines).encode('utf-8', 'surrogateescape')).hexdigest()}"
