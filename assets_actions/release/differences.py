"""What differs between assets and what was released of them; of their files, as little is read as will tell."""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from assets_actions.assets.asset import ASSET_CONFIG, USUAL_SPEC
from assets_actions.assets.tree import Tree, below

from .compare import Change, compare, moved, same_spec, same_text
from .content import CODEC, Content
from .lfs import same_object
from .released import LATEST, Label, Release, Released, read_labels

Ignored = Callable[[str], bool]


class Differences(NamedTuple):
    """By id: the labels of all released assets, and the changes of those that something was released of."""

    labels: Mapping[str, Label]
    changes: Mapping[str, tuple[Change, ...]]


def find_differences(
    source: Tree,
    contents: Sequence[Content],
    render: Callable[[Content, str], Content],
    release: Release,
    ignored: Ignored,
) -> Differences:
    """Compare what a release would commit with what the last one did. `render` gives a content for a version."""
    assets = [_Compared(made, _before(made, release)) for made in contents]
    assets = [
        a if a.made.asset.is_auto else a._replace(made=render(a.made, a.made.asset.version or "")) for a in assets
    ]
    rest = [a for a in assets if not a.is_the_same]
    gone = release.assets.keys() - {a.id for a in assets}
    _fetch(rest, [release.assets[id_] for id_ in gone])
    same = {a.id: a.made.asset for a in assets if a.is_the_same}
    labels = labels_of(release, release.assets.keys() - same.keys())
    labels |= {id_: Label(asset.path, asset.version) for id_, asset in same.items()}

    compared = []
    for made, old in rest:
        if old is not None:
            was = labels[made.asset.id or ""].version if made.asset.is_auto else None
            compared.append((render(made, was or "") if made.asset.is_auto else made, old))
    found = changes_of(source, compared, ignored)
    changes = {made.asset.id or "": changed for (made, _), changed in zip(compared, found, strict=True)}
    return Differences(labels, {**dict.fromkeys(same, ()), **changes})


class _Compared(NamedTuple):
    made: Content
    old: Released | None

    @property
    def id(self) -> str:
        return self.made.asset.id or ""

    @property
    def is_the_same(self) -> bool:
        """Whether the ids of files alone tell so; of an automatic version, the released spec has to be read first."""
        return self.old is not None and not self.made.asset.is_auto and self.made.entries == self.old.entries


def _before(made: Content, release: Release) -> Released | None:
    """What to compare with: the released asset, or what a tag of its version holds where it was removed since."""
    asset = made.asset
    if (old := release.assets.get(asset.id or "")) is not None:
        return old
    tree = release.tagged.get(f"{asset.id}/{asset.version}")
    return Released(tree, f"{LATEST}/{asset.id}") if tree else None


def _fetch(compared: Iterable[_Compared], gone: Iterable[Released]) -> None:
    """Of a partial clone's release branch, bring here as one batch what is going to be read."""
    needed: dict[Tree, list[str]] = defaultdict(list)
    for made, old in compared:
        if old:
            differing = [path for path, entry in old.entries.items() if made.entries.get(path) not in (None, entry)]
            needed[old.tree] += (f"{old.root}/{path}" for path in {made.spec_path, *differing} & old.entries.keys())
    for old in gone:
        paths = old.tree.files(old.root)
        needed[old.tree] += (path for path in paths if posixpath.basename(path) in (ASSET_CONFIG, USUAL_SPEC))
    for tree, paths in needed.items():
        tree.fetch(paths)


def labels_of(release: Release, ids: Collection[str]) -> dict[str, Label]:
    """The labels of some of the released assets, by id."""
    assets = {id_: release.assets[id_] for id_ in sorted(ids)}
    return read_labels(next(iter(assets.values())).tree, assets) if assets else {}


def changes_of(
    source: Tree, compared: Sequence[tuple[Content, Released]], ignored: Ignored = lambda _: False
) -> list[tuple[Change, ...]]:
    """What differs in each asset. Only files whose ids differ are read: as one batch, and one at a time in memory."""

    def counts(made: Content, path: str) -> bool:
        return made.is_document(path) or not ignored(below(made.asset.root, path))

    comparisons = [compare(made.entries, old.entries) for made, old in compared]
    found = [
        [change for change in comparison.changes if counts(made, change.path)]
        for (made, _), comparison in zip(compared, comparisons, strict=True)
    ]
    doubts = [
        (number, path)
        for number, comparison in enumerate(comparisons)
        for path in comparison.doubtful
        if counts(compared[number][0], path)
    ]
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
        same = same_spec(path, new, was) if path == made.spec_path else same_text(new, was) or same_object(new, was)
        if not same:
            pins = {tag.wanted: tag.answer for tag in made.resolved.get(path, [])}
            found[number].append(Change(path, "modified", moved(pins, was.decode(*CODEC)) if pins else ""))
    return [tuple(sorted(changes)) for changes in found]
