"""Which version an asset may have, by itself and after what was released of it.

Source of all rules here: how the reference releases: a version once, and a changed asset as a new one.
"""

from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AssetType
from assets_actions.release.history import Released

from .registry import Problem, rule

SHOWN = 3


@rule(Asset, types=(AssetType.ENVIRONMENT,))
def environment_version(asset: Asset) -> Iterator[Problem]:
    """An environment's version is `auto`.

    Why: its image changes with the pins, without an edit that anybody could bump a version in.
    Fix: `version: auto`.
    Source: the checks of the system in public use.
    """
    if not asset.is_auto:
        document, keys = asset.place_of("version")
        yield Problem(document, keys, f"`{asset.version}` is the version of an environment", "write version: auto")


@rule(Asset, needs=Released)
def released_version(asset: Asset, released: Released) -> Iterator[Problem]:
    """A manually versioned asset that was released and changed since has a new version.

    Why: a version is released once; the release would block the asset.
    Fix: bump the version.
    """
    changes = released.changes.get(asset.id or "", ())
    if changes:
        paths = ", ".join(change.path for change in changes[:SHOWN]) + (", …" if len(changes) > SHOWN else "")
        document, keys = asset.place_of("version")
        message = f"{asset.id} {asset.version} is released already, and {paths} changed since"
        yield Problem(document, keys, message, "bump the version")


@rule(Asset, needs=Released)
def version_goes_down(asset: Asset, released: Released) -> Iterator[Problem]:
    """A version is not lower than the one that was released last.

    Why: users and services take the highest version for the newest.
    Fix: give it a version above the released one.
    """
    old = released.versions.get(asset.id or "")
    if old is None or old == asset.version or asset.version is None:
        return
    from packaging.version import InvalidVersion, Version

    try:
        goes_down = Version(asset.version) < Version(old)
    except InvalidVersion:
        return
    if goes_down:
        document, keys = asset.place_of("version")
        yield Problem(document, keys, f"`{asset.version}` is lower than `{old}`, which is released")
