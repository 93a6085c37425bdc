"""Examine the assets of a catalog: a small one here, a large one in two halves side by side."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import NamedTuple

from assets_actions import parallel
from assets_actions.assets.asset import USUAL_SPEC, Asset, Identity
from assets_actions.assets.catalog import Catalog, fetch
from assets_actions.assets.changed import touched
from assets_actions.assets.tree import Tree, below
from assets_actions.errors import UserError
from assets_actions.release.versions import ReleaseTags
from assets_actions.rules.registry import Examined, Facts, Only, Rule, Verdict, conclude, examine
from assets_actions.settings import Settings

from . import facts

WORTH_SPLITTING = 200
EACH = 2_000
"""To examine an asset costs as much as to read so many bytes, whatever its size."""


class _Half(NamedTuple):
    """What was found in some assets; which of them were looked at, and what the rest needs to know of all of them."""

    examined: Examined
    looked_at: set[str]
    identities: list[Identity]


class Examination(NamedTuple):
    """What the rules say, and how many assets were looked at."""

    verdict: Verdict
    looked_at: int


def examine_catalog(
    catalog: Catalog,
    chosen: Sequence[Rule],
    settings: Settings,
    release: Callable[[], tuple[Tree, ReleaseTags]] | None,
    changed: set[str] | None,
) -> Examination:
    """Run the rules on what changed, or (None) on everything."""
    known: list[Facts] = []

    def half(assets: Sequence[Asset]) -> _Half:
        fetch(assets)
        looked_at = {asset.path for asset in assets} if changed is None else touched(catalog.tree, assets, changed)
        some = [asset for asset in assets if asset.path in looked_at]
        known.append(facts.gather(settings, some, release))
        return _Half(examine(some, chosen, known[-1]), looked_at, [asset.identity for asset in assets])

    if release:
        with suppress(UserError):  # told where it is asked for
            release()  # no thread may be running when the process is copied
    assets = catalog.assets
    middle = _middle(assets) if len(assets) >= WORTH_SPLITTING else len(assets)
    other = parallel.beside(lambda: half(assets[middle:])) if middle < len(assets) else None
    halves = [half(assets[:middle])]
    if other:
        halves.append(other())
        for asset, identity in zip(assets[middle:], halves[1].identities, strict=True):
            asset.know(identity)
    looked_at = {path for one in halves for path in one.looked_at}
    only = None if changed is None else Only(looked_at, changed)
    return Examination(conclude(catalog, chosen, known[0], [one.examined for one in halves], only), len(looked_at))


def _middle(assets: Sequence[Asset]) -> int:
    """How many assets make half of the work, as far as can be told before they are read."""
    work = list(accumulate(_work(asset) for asset in assets))
    return bisect_left(work, work[-1] // 2)


def _work(asset: Asset) -> int:
    """In bytes to be read."""
    sizes = asset.tree.sizes
    return EACH + sizes.get(asset.path, 0) + sizes.get(below(asset.directory, USUAL_SPEC), 0)
