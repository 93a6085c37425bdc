"""What no change of a source brings about: an asset is rolled back or removed, a version is burned."""

import posixpath
import re
from dataclasses import replace

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AUTO, AssetConfig
from assets_actions.assets.document import Document, parse, top_values
from assets_actions.assets.model import read_as, suggestion
from assets_actions.assets.tree import Entry, Tree, relative
from assets_actions.errors import UserError

from .content import CODEC, blob_id
from .differences import labels_of
from .plan import Plan, PlannedAsset, Status
from .planner import forgotten, removal
from .records import Records, source_digest
from .released import LARGEST, LATEST, Release, Released, read_labels
from .versions import LONGEST, next_version

_VERSION = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{LONGEST - 1}}}")


def burn(source: str, release: Release, id_: str, version: str) -> Plan:
    """The plan that keeps a version of an asset from ever being used. Raises UserError where it was used already."""
    used = release.tags.names | release.records.burned
    known = {*release.assets, *(name.rpartition("/")[0] for name in used if name.count("/") == 2)}
    if id_ not in known:
        raise UserError(f"nothing was ever released as `{id_}`{suggestion(id_, sorted(known))}")
    if not _VERSION.fullmatch(version):
        raise UserError(f"`{version}` is no version")
    if f"{id_}/{version}" in release.tags:
        raise UserError(f"{id_} {version} is released and tagged already: it will not be used again as it is")
    records = replace(_records(release, source), burned=release.records.burned | {f"{id_}/{version}"})
    title = f"Burn {id_} {version}" if records.burned != release.records.burned else ""
    return Plan(source, release.commit, (), len(release.assets), {}, {}, records, title)


def roll_back(source: str, release: Release, id_: str, version: str, earlier: Tree, now: Asset) -> Plan:
    """The plan that releases what an earlier version of an asset held as its next version.

    `earlier`: files of the release branch as they were when it held that version. `now`: the asset in the source that
    was released last; it is held back until that changes. Raises UserError where this cannot be done.
    """
    was = labels_of(release, [id_])[id_].version
    if was == version:
        raise UserError(f"{id_} {version} is what is released now: there is nothing to roll back")
    found = Released(earlier, f"{LATEST}/{id_}")
    label = read_labels(earlier, {id_: found})[id_]
    if label.version != version:
        raise UserError(f"what is tagged as {id_}/{version} holds version {label.version or 'of no name'}")
    spec = _spec(found, label.config_path)
    decision = next_version(id_, was, release.tags)
    if decision.blocked:
        raise UserError(f"{id_} cannot be rolled back: {decision.blocked}")
    path, content = relative(spec.path, found.root), _with_version(spec, decision.version)
    mode, blob = found.entries[path]
    entries = {**found.entries, path: Entry(mode, blob_id(content, len(blob)))}
    edits = removal(release.assets[id_])
    edits |= {f"{found.root}/{path}": entry for path, entry in entries.items()}
    note = f"rolled back to what {version} held"
    one = PlannedAsset(id_, label.config_path, Status.UPDATED, was, decision.version, note=note)
    records = _records(release, source)
    records = replace(records, held={**records.held, id_: source_digest(now)})
    title = f"Roll back {id_} to {version}, as {decision.version}"
    blobs = {entries[path].blob: content}
    return Plan(source, release.commit, (one,), len(release.assets), edits, blobs, records, title)


def remove(release: Release, id_: str) -> Plan:
    """The plan of a pull request against the release branch that removes an asset, one that the source has no more.

    Other releases may come before it is merged: its commit names no source, which would be an old one by then, but
    only the version that must not be used again. Raises UserError where the asset is not released.
    """
    if id_ not in release.assets:
        raise UserError(f"`{id_}` is not released{suggestion(id_, sorted(release.assets))}")
    labels = labels_of(release, [id_])
    path, version, _ = labels[id_]
    one = PlannedAsset(id_, path, Status.REMOVED, version, None)
    records = Records(burned=forgotten([one], labels, release.tags))
    edits, title = removal(release.assets[id_]), f"Remove {id_} from the release branch"
    return Plan(release.records.source or "", release.commit, (one,), len(release.assets), edits, {}, records, title)


def _records(release: Release, source: str) -> Records:
    """The records to carry on; no newer source is released, so the last one stays."""
    return replace(release.records.carried_on(), source=release.records.source or source)


def _spec(asset: Released, config_path: str) -> Document:
    """The spec of a released asset. Raises UserError where its version is not automatic."""
    config = read_as(parse(config_path, asset.tree.read([config_path])[config_path], LARGEST), AssetConfig).model
    if config is None or config.version != AUTO:
        message = "only automatic versions can be rolled back: this one was given by hand"
        raise UserError(message, config_path, "revert the change in the source, and give it a new version there")
    path = asset.tree.resolve(posixpath.dirname(config_path), config.spec).path
    return parse(path, asset.tree.read([path])[path], LARGEST)


def _with_version(spec: Document, version: str) -> bytes:
    """The spec with another version in place of its own."""
    start, end = spec.locate("version")
    content = f'{spec.text[:start]}"{version}"{spec.text[end:]}'.encode(*CODEC)
    if top_values(content, ("version",)) != {"version": version}:
        raise UserError("no other version can be written into this spec", spec.path)
    return content
