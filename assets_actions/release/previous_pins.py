"""What the template tags of assets resolved to when they were released last."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import EXECUTABLE, FILE, Tree, relative
from assets_actions.templates.moves import Before, read_back
from assets_actions.templates.tags import Wanted

from .content import CODEC
from .released import LARGEST, LATEST


def previous_pins(assets: Sequence[Asset], texts: Mapping[str, bytes], release: Tree) -> Before:
    """Read from the released files of the assets; `texts` has their files in the source, by path."""
    places = {
        f"{LATEST}/{asset.id}/{relative(path, asset.root)}": path for asset in assets for path in asset.pinned_files
    }
    entries = release.entries
    known = [place for place in places if place in entries and entries[place].mode in (FILE, EXECUTABLE)]
    released = release.read(known, LARGEST)
    found: dict[Wanted, Counter[str]] = defaultdict(Counter)
    for place, content in released.items():
        if len(content) > LARGEST:
            continue  # it is not all there: its last line may be half an answer
        path = places[place]
        for wanted, answer in read_back(texts[path].decode(*CODEC), content.decode(*CODEC), path):
            found[wanted][answer] += 1
    return found
