"""What the history of the release branch tells: of last releases, of the age of pins, of deprecated assets gone."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import Entry, below
from assets_actions.deprecation.gone import GoneAsset, Removal, gone_assets
from assets_actions.release.records import SOURCE_TRAILER
from assets_actions.release.released import LARGEST, LATEST, owner, released_ids
from assets_actions.release.status import LastRelease, Pin, since_when

MOST_CHANGES = 100
"""So far back, in changes of a file, the age of its pins is looked for."""
FEW = 20
"""For so few assets, git is asked for their folders alone."""
LAST_DAY = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""Whoever commits may write any date; this is the last that a clock can show."""
_COMMIT_ID = re.compile(r"[0-9a-f]{40,64}")


def last_releases(root: Path, commit: str | None, ids: Collection[str]) -> dict[str, LastRelease]:
    """By id, the commits that changed what is released of some assets last, as far as this repository knows."""
    found: dict[str, LastRelease] = {}
    folders = [f"{LATEST}/{id_}" for id_ in ids] if len(ids) <= FEW else [LATEST]
    left = set(ids)
    cut = git.cut_commits(root) if commit and left else frozenset()
    for changes in git.changes(root, commit, SOURCE_TRAILER, *folders) if commit and left else ():
        touched = left & {"/".join(path.split("/")[1:3]) for path in changes.entries}
        found |= dict.fromkeys(touched, _release(changes, cut))
        left -= touched
        if not left:
            break
    return found


def with_age(root: Path, commit: str, asset: Asset, pins: Sequence[Pin], texts: Mapping[str, bytes]) -> list[Pin]:
    """The pins of an asset with since when each is what it is; `pins` by file, `texts` as the source has them."""
    return [
        pin
        for path, of_file in groupby(pins, key=lambda pin: pin.path)
        for pin in since_when(
            list(of_file),
            texts[below(asset.root, path)],
            path,
            _versions(root, commit, f"{LATEST}/{asset.id}/{path}"),
        )
    ]


def removed_deprecated(root: Path, remote: str, commit: str, *, fetch: bool) -> list[GoneAsset]:
    """The assets that were released as deprecated, and that this commit of the release branch has no more, by id.

    Takes all of its history: what a shallow clone lacks is fetched, or else what is not known here is left out.
    """
    for _ in git.deepening(root, remote, commit):
        if not fetch or not git.cut_off(root, commit):
            break
    here = released_ids(git.commit_tree_of(root, commit, LATEST))
    removals: dict[str, Removal] = {}
    entries: dict[str, Entry] = {}
    for changes in git.removals(root, commit, LATEST):
        # What removed a file of an asset last, removed all that was left of it.
        gone = {id_ for path in changes.entries if (id_ := owner(path))} - here - removals.keys()
        removals |= dict.fromkeys(gone, Removal(_moment(changes), changes.commit))
        entries |= {path: entry for path, entry in changes.entries.items() if entry and owner(path) in gone}
    parents = sorted({f"{removal.commit}^1" for removal in removals.values()})
    return gone_assets(git.tree_of_entries(root, entries, parents), removals)


def _versions(root: Path, commit: str, path: str) -> Iterator[tuple[LastRelease, bytes]]:
    """The contents of a released file, the last first, each with the commit that brought it in."""
    cut = git.cut_commits(root)
    versions: list[tuple[LastRelease, str]] = []
    for changes in islice(git.changes(root, commit, SOURCE_TRAILER, path), MOST_CHANGES):
        entry = changes.entries.get(path)
        if entry is None:
            break
        is_last_looked_at = len(versions) == MOST_CHANGES - 1
        release = _release(changes, cut)
        versions.append((release._replace(is_cut=release.is_cut or is_last_looked_at), entry.blob))
    contents = git.read_blobs(root, [blob for _, blob in versions], LARGEST)
    return zip((release for release, _ in versions), contents, strict=True)


def _release(changes: git.Changes, cut: Collection[str]) -> LastRelease:
    source = changes.trailer if changes.trailer and _COMMIT_ID.fullmatch(changes.trailer) else None
    return LastRelease(changes.commit, _moment(changes), source, changes.commit in cut)


def _moment(changes: git.Changes) -> datetime:
    return datetime.fromtimestamp(min(changes.at, LAST_DAY), UTC)
