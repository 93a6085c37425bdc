"""What the template tags of assets resolved to when they were released last."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import EXECUTABLE, FILE, Tree, relative
from assets_actions.templates.moves import Before, read_back
from assets_actions.templates.tags import Wanted

from .content import CODEC
from .released import LARGEST, LATEST


class ReleasedPin(NamedTuple):
    """What a template tag of an asset resolved to, in a released file (its path below the asset's release folder)."""

    asset: str
    path: str
    wanted: Wanted
    answer: str


def released_pins(assets: Sequence[Asset], texts: Mapping[str, bytes], release: Tree) -> Iterator[ReleasedPin]:
    """Read from the released files of the assets; `texts` has their files in the source, by path."""
    places = {
        f"{LATEST}/{asset.id}/{relative(path, asset.root)}": (asset, path)
        for asset in assets
        for path in asset.pinned_files
    }
    entries = release.entries
    known = [place for place in places if place in entries and entries[place].mode in (FILE, EXECUTABLE)]
    for place, content in release.read(known, LARGEST).items():
        if len(content) > LARGEST:
            continue  # it is not all there: its last line may be half an answer
        asset, path = places[place]
        for wanted, answer in read_back(texts[path].decode(*CODEC), content.decode(*CODEC), path):
            yield ReleasedPin(asset.id or "", relative(path, asset.root), wanted, answer)


def previous_pins(assets: Sequence[Asset], texts: Mapping[str, bytes], release: Tree) -> Before:
    """All answers in the released files of the assets, and how often each is found."""
    return counted_pins(released_pins(assets, texts, release))


def counted_pins(pins: Iterable[ReleasedPin]) -> Before:
    """By what is wanted, the answers, and how often each is found."""
    found: dict[Wanted, Counter[str]] = defaultdict(Counter)
    for pin in pins:
        found[pin.wanted][pin.answer] += 1
    return found
