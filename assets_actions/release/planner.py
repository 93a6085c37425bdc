"""Make the plan: compare every asset with what was released of it, and decide."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.document import Document, Place
from assets_actions.assets.tree import Entry
from assets_actions.templates.pins import Pins
from assets_actions.templates.tags import Wanted, find_tags

from .compare import Change
from .content import CODEC, Content, UnresolvedTag, pinned, rendered
from .differences import find_differences, labels_of
from .images import Images
from .lfs import LONGEST, oid
from .plan import Blocked, Plan, PlannedAsset, Status
from .records import source_digest
from .released import LATEST, Label, Release, Released
from .versions import ReleaseTags, decide

HELD = "held back: rolled back by hand, until its source changes"
GONE = "gone from the source; its removal waits for a pull request"
REBUILT = "rebuilt by hand"
POINTER = "a file that Git LFS keeps elsewhere; setting `release_lfs_pointers: true` releases the pointer"


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
    labels = labels_of(release, release.assets)
    assets = [
        PlannedAsset(id_, labels[id_].config_path, Status.UNCHANGED, labels[id_].version, labels[id_].version)
        for id_ in sorted(release.assets)
    ]
    return Plan(source, release.commit, tuple(assets), len(assets), {}, {}, release.records)


def make_plan(
    source: str,
    catalog: Catalog,
    release: Release,
    pins: Pins,
    *,
    rebuild: Collection[str] = (),
    ignored: Callable[[str], bool] = lambda _: False,
    lfs: Collection[str] = (),
    removals: bool = True,
    built: Images | None = None,
) -> Plan:
    """Plan the release of all assets of a source commit.

    Every asset of the catalog must have been read (`is_loaded`), and no two may share an id. `rebuild`: ids of assets
    that get a version whether they changed or not. `ignored`: whether a file's change is no reason for a release.
    `lfs`: files that must not be released as pointers of Git LFS. Without `removals`, what is gone from the source
    stays on the release branch. `built`: the images that were built; an environment whose image is not among them, or
    failed, is blocked. Raises UnresolvedTagsError.
    """
    texts = catalog.tree.read(path for asset in catalog.assets for path in asset.texts)
    contents = [pinned(asset, texts, pins) for asset in catalog.assets]
    if unresolved := {tag.place: tag for made in contents for tag in made.unresolved}:
        raise UnresolvedTagsError(list(unresolved.values()))

    def render(made: Content, version: str) -> Content:
        return rendered(made, texts, pins, version)

    labels, changes = find_differences(catalog.tree, contents, render, release, ignored)
    planned = [
        _decide(asset, changes.get(asset.id or ""), release, labels.get(asset.id or ""), again=asset.id in rebuild)
        for asset in catalog.assets
    ]
    planned = _refuse_pointers(planned, catalog, lfs)
    if built is not None:
        planned = [_refuse_unbuilt(one, made, built) for made, one in zip(contents, planned, strict=True)]
    edits: dict[str, Entry | None] = {}
    blobs: dict[str, bytes] = {}
    for made, one in zip(contents, planned, strict=True):
        if one.status in (Status.NEW, Status.UPDATED):
            final = render(made, one.version or "")
            edits |= removal(release.assets.get(one.id))
            edits |= {f"{LATEST}/{one.id}/{path}": entry for path, entry in final.entries.items()}
            blobs |= final.new_blobs
    for id_ in release.assets.keys() - {one.id for one in planned}:
        path, version = labels[id_].config_path, labels[id_].version
        if removals:
            planned.append(PlannedAsset(id_, path, Status.REMOVED, version, None))
            edits |= removal(release.assets[id_])
        else:
            planned.append(PlannedAsset(id_, path, Status.UNCHANGED, version, version, note=GONE))
    assets = tuple(sorted(planned, key=lambda one: one.id))
    touched = {one.id for one in assets if one.status in (Status.NEW, Status.UPDATED, Status.REMOVED)}
    records = replace(
        release.records.carried_on().without(touched),
        source=source,
        burned=release.records.burned | forgotten(assets, labels, release.tags),
    )
    return Plan(source, release.commit, assets, len(release.assets), edits, blobs, records)


def forgotten(assets: Sequence[PlannedAsset], labels: Mapping[str, Label], tags: ReleaseTags) -> set[str]:
    """The automatic versions of removed assets that no tag tells of: should one come back, it goes on from there."""
    removed = {one.id: one.previous_version for one in assets if one.status is Status.REMOVED}
    versions = {f"{id_}/{version}" for id_, version in removed.items() if version and labels[id_].is_auto}
    return versions - tags.names


def removal(old: Released | None) -> dict[str, Entry | None]:
    """The edits that remove a released asset."""
    return {f"{old.root}/{path}": None for path in old.entries} if old else {}


def _decide(
    asset: Asset, changes: tuple[Change, ...] | None, release: Release, label: Label | None, *, again: bool
) -> PlannedAsset:
    """`changes` is None where there is nothing to compare the asset with; `again`: it is released in any case."""
    assert asset.id
    old = release.assets.get(asset.id)
    was = label.version if old and label else None

    def line(status: Status, version: str | None, blocked: Blocked | None = None, note: str = "") -> PlannedAsset:
        return PlannedAsset(asset.id or "", asset.path, status, was, version, changes or (), blocked, note)

    if old and not again and changes and release.records.held.get(asset.id) == source_digest(asset):
        return line(Status.UNCHANGED, was, note=HELD)
    if changes == () and not (old and again):
        return line(Status.UNCHANGED if old else Status.NEW, was if old else asset.version)
    decision = decide(asset, was, release.tags, again=again)
    if decision.blocked:
        return line(Status.BLOCKED, decision.version, Blocked(decision.blocked, asset.version_place))
    return line(Status.UPDATED if old else Status.NEW, decision.version, note=REBUILT if again else "")


def _refuse_unbuilt(one: PlannedAsset, made: Content, built: Images) -> PlannedAsset:
    why = built.refusal(made) if one.status in (Status.NEW, Status.UPDATED) else None
    if why is None or made.asset.extra is None:
        return one
    document = made.asset.extra.document
    return replace(
        one, status=Status.BLOCKED, blocked=Blocked(why, document.place(*document.locate("image", at_key=True)))
    )


def _refuse_pointers(planned: Sequence[PlannedAsset], catalog: Catalog, lfs: Collection[str]) -> list[PlannedAsset]:
    """Block what would be released with a pointer of Git LFS in place of a file."""
    pairs = list(zip(planned, catalog.assets, strict=True))
    suspects = {
        one.id: [path for path in asset.files if path in lfs]
        for one, asset in (pairs if lfs else ())
        if one.status in (Status.NEW, Status.UPDATED)
    }
    read = catalog.tree.read((path for paths in suspects.values() for path in paths), LONGEST)
    pointers = {id_: next((path for path in paths if oid(read[path])), None) for id_, paths in suspects.items()}
    return [
        replace(one, status=Status.BLOCKED, blocked=Blocked(POINTER, _start(path, read[path])))
        if (path := pointers.get(one.id))
        else one
        for one, asset in pairs
    ]


def _start(path: str, content: bytes) -> Place:
    return Document(path, content.decode(*CODEC)).place(0, 1)
