"""What was released of assets, as far as it bears on their next version."""

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import top_values
from assets_actions.assets.tree import Tree, relative
from assets_actions.templates.pins import Pins

from .compare import Change
from .content import pinned, rendered
from .differences import changes_of
from .released import LARGEST, LATEST, released_ids
from .released import Released as ReleasedAsset
from .versions import ReleaseTags


class Released(NamedTuple):
    """What the release branch has of assets."""

    ids: Set[str]
    """All that are released."""
    versions: Mapping[str, str]
    """The released versions of those that were asked about and have versions of their own."""
    changes: Mapping[str, tuple[Change, ...]]
    """What differs, of those among them whose present version has its release tag."""


def look_back(assets: Sequence[Asset], release: Tree, tags: ReleaseTags) -> Released:
    """What was released of these assets; `release` holds the files of the release branch.

    As little is read as will do: a document whose blob is the released one says the same.
    """
    ids = released_ids(release)
    manual = [asset for asset in assets if asset.is_loaded and not asset.is_auto and asset.id in ids]
    # Template tags are not resolved here, so that no asset with a build context is compared.
    tagged = [a for a in manual if not a.environment and f"{a.id}/{a.version}" in tags]
    return Released(ids, _versions(manual, release), _changes(tagged, release))


def _versions(assets: Sequence[Asset], release: Tree) -> dict[str, str]:
    versions: dict[str, str] = {}
    unsure: dict[str, str] = {}
    for asset in assets:
        assert asset.id
        assert asset.version
        document, _ = asset.place_of("version")
        path = f"{LATEST}/{asset.id}/{relative(document.path, asset.root)}"
        entry = release.entries.get(path)
        if entry and entry.blob == asset.tree.entries[document.path].blob:
            versions[asset.id] = asset.version
        elif entry:
            unsure[asset.id] = path
    contents = release.stream(list(unsure.values()), LARGEST)
    for id_, content in zip(unsure, contents, strict=True):
        if version := top_values(content, ("version",)).get("version"):
            versions[id_] = version
    return versions


def _changes(assets: Sequence[Asset], release: Tree) -> dict[str, tuple[Change, ...]]:
    if not assets:
        return {}
    tree = assets[0].tree
    texts = tree.read(path for asset in assets for path in asset.texts)
    made = [rendered(pinned(asset, texts, Pins()), texts, Pins(), asset.version or "") for asset in assets]
    before = [ReleasedAsset(release, f"{LATEST}/{asset.id}") for asset in assets]
    changes = changes_of(tree, list(zip(made, before, strict=True)))
    return dict(zip((asset.id or "" for asset in assets), changes, strict=True))
