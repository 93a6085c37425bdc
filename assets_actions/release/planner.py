"""Make the plan: compare every asset with what was released of it, and decide."""

from collections import defaultdict
from collections.abc import Sequence

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.document import Place
from assets_actions.assets.tree import Entry, Tree, below
from assets_actions.templates.pins import Pins
from assets_actions.templates.tags import Wanted, find_tags

from .compare import Change, compare, moved, same_spec, same_text
from .content import CODEC, Content, UnresolvedTag, pinned, rendered
from .plan import Blocked, Plan, PlannedAsset, Status
from .released import LATEST, Release, Released
from .versions import decide


class UnresolvedTagsError(Exception):
    """Template tags that no pin is known for: nothing unresolved is ever released."""

    def __init__(self, tags: list[UnresolvedTag]) -> None:
        super().__init__(f"{len(tags)} template tags could not be resolved")
        self.tags = tags


def wanted(catalog: Catalog) -> set[Wanted]:
    """What the template tags of all assets ask for, each name once; those in comments as well, where they say what."""
    texts = catalog.tree.read(path for asset in catalog.assets for path in asset.pinned_files)
    tags = (tag for path, content in texts.items() for tag in find_tags(content.decode(*CODEC), path))
    return {tag.wanted for tag in tags if tag.wanted}


def nothing_to_do(source: str, release: Release) -> Plan:
    """The plan of a release that changes nothing, whatever the source holds."""
    assets = [
        PlannedAsset(id_, old.config_path, Status.UNCHANGED, old.version, old.version)
        for id_, old in sorted(release.assets.items())
    ]
    return Plan(source, release.commit, tuple(assets), len(assets), {}, {})


def make_plan(source: str, catalog: Catalog, release: Release, pins: Pins) -> Plan:
    """Plan the release of all assets of a source commit.

    Every asset of the catalog must have been read (`is_loaded`), and no two may share an id.
    Raises UnresolvedTagsError.
    """
    texts = catalog.tree.read(path for asset in catalog.assets for path in asset.texts)
    contents = [pinned(asset, texts, pins) for asset in catalog.assets]
    if unresolved := {tag.place: tag for made in contents for tag in made.unresolved}:
        raise UnresolvedTagsError(list(unresolved.values()))

    before = [_before(asset, release) for asset in catalog.assets]
    compared = [
        (rendered(made, texts, pins, _compared_version(made.asset, old)), old)
        for made, old in zip(contents, before, strict=True)
        if old is not None
    ]
    changes = dict(zip((made.asset.path for made, _ in compared), changes_of(catalog.tree, compared), strict=True))

    planned: list[PlannedAsset] = []
    edits: dict[str, Entry | None] = {}
    blobs: dict[str, bytes] = {}
    for made in contents:
        one = _decide(made.asset, changes.get(made.asset.path), release)
        planned.append(one)
        if one.status in (Status.NEW, Status.UPDATED):
            final = rendered(made, texts, pins, one.version or "")
            edits |= _removals(release.assets.get(one.id))
            edits |= {f"{LATEST}/{one.id}/{path}": entry for path, entry in final.entries.items()}
            blobs |= final.new_blobs
    for id_ in release.assets.keys() - {one.id for one in planned}:
        old = release.assets[id_]
        planned.append(PlannedAsset(id_, old.config_path, Status.REMOVED, old.version, None))
        edits |= _removals(old)
    assets = tuple(sorted(planned, key=lambda one: one.id))
    return Plan(source, release.commit, assets, len(release.assets), edits, blobs)


def _removals(old: Released | None) -> dict[str, Entry | None]:
    return {f"{old.root}/{path}": None for path in old.entries} if old else {}


def _before(asset: Asset, release: Release) -> Released | None:
    """What to compare with: the released asset, or what a tag of its version holds where it was removed since."""
    assert asset.id
    if (old := release.assets.get(asset.id)) is not None:
        return old
    if tree := release.tagged.get(f"{asset.id}/{asset.version}"):
        root = f"{LATEST}/{asset.id}"
        return Released(tree, root, root, asset.version)
    return None


def _compared_version(asset: Asset, old: Released) -> str:
    return (old.version if asset.is_auto else asset.version) or ""


def changes_of(source: Tree, compared: Sequence[tuple[Content, Released]]) -> list[tuple[Change, ...]]:
    """What differs in each asset. Only files whose ids differ are read: as one batch, and one at a time in memory."""
    comparisons = [compare(made.entries, old.entries) for made, old in compared]
    found = [list(comparison.changes) for comparison in comparisons]
    doubts = [(number, path) for number, comparison in enumerate(comparisons) for path in comparison.doubtful]
    in_source: list[str] = []
    in_release: dict[Tree, list[str]] = defaultdict(list)
    for number, path in doubts:
        made, old = compared[number]
        in_release[old.tree].append(f"{old.root}/{path}")
        if made.entries[path].blob not in made.new_blobs:
            in_source.append(below(made.asset.root, path))
    ours = source.stream(in_source)
    theirs = {tree: tree.stream(paths) for tree, paths in in_release.items()}
    for number, path in doubts:
        made, old = compared[number]
        new = made.new_blobs.get(made.entries[path].blob)
        if new is None:
            new = next(ours)
        was = next(theirs[old.tree])
        if not (same_spec(path, new, was) if path == made.spec_path else same_text(new, was)):
            pins = {tag.wanted: tag.answer for tag in made.resolved.get(path, [])}
            found[number].append(Change(path, "modified", moved(pins, was.decode(*CODEC)) if pins else ""))
    return [tuple(sorted(changes)) for changes in found]


def _decide(asset: Asset, changes: tuple[Change, ...] | None, release: Release) -> PlannedAsset:
    """`changes` is None where there is nothing to compare the asset with."""
    assert asset.id
    old = release.assets.get(asset.id)
    was = old.version if old else None
    if changes == ():
        status = Status.UNCHANGED if old else Status.NEW
        return PlannedAsset(asset.id, asset.path, status, was, was if old else asset.version)
    decision = decide(asset, was, release.tags)
    if decision.blocked:
        blocked = Blocked(decision.blocked, _version_place(asset))
        return PlannedAsset(asset.id, asset.path, Status.BLOCKED, was, decision.version, changes or (), blocked)
    status = Status.UPDATED if old else Status.NEW
    return PlannedAsset(asset.id, asset.path, status, was, decision.version, changes or ())


def _version_place(asset: Asset) -> Place:
    document, keys = asset.place_of("version")
    return document.place(*document.locate(*keys))
