"""What the history of the release branch tells: when an asset was released last, and since when its pins are there."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import below
from assets_actions.release.records import SOURCE_TRAILER
from assets_actions.release.released import LARGEST, LATEST
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
    at = datetime.fromtimestamp(min(changes.at, LAST_DAY), UTC)
    return LastRelease(changes.commit, at, source, changes.commit in cut)
