"""What the commits of a release branch record."""

from pathlib import Path

from assets_actions import git
from assets_actions.release.records import BURNED_TRAILER, SOURCE_TRAILER, Records


def last(root: Path, remote: str, commit: str, *, fetch: bool) -> tuple[str, Records]:
    """The last release commit, from this one back, and what it records, with what others have burned since.

    Of a history that was cut off, as much is fetched as it takes.
    """
    for _ in git.deepening(root, remote, commit):
        found = git.last_trailers(root, commit, SOURCE_TRAILER)
        # A later one may be hidden behind a commit whose parents are not here.
        if not fetch or (found and not git.cut_off(root, commit, f"^{found[0]}")):
            break
    release, trailers = found or (None, [])
    since = git.messages(root, commit, release, BURNED_TRAILER) if release != commit else []
    return release or commit, Records.of(trailers).burning(since)
