"""What a release of an asset holds: its files as they will be committed, pinned and rendered."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import HOSTNAMES
from assets_actions.assets.document import Document, Place
from assets_actions.assets.tree import Entry, below, relative
from assets_actions.templates import pins as pinning
from assets_actions.templates.pins import Pins
from assets_actions.templates.spec import render, unify_line_endings
from assets_actions.templates.tags import Wanted

CODEC = ("utf-8", "surrogateescape")
URL_TAG, COMMIT_TAG, CONTEXT_TAG = "asset.repo.url", "asset.repo.commit_hash", "asset.repo.build_context.path"


class ResolvedTag(NamedTuple):
    """A template tag that was resolved: where it stands, what it asks for, and what takes its place."""

    place: Place
    wanted: Wanted
    answer: str


class UnresolvedTag(NamedTuple):
    """A template tag that could not be resolved: where it stands, and why."""

    asset: str
    place: Place
    message: str


@dataclass(frozen=True)
class Content:
    """The files of one asset as a release commits them, by released path: relative to the asset's release folder."""

    asset: Asset
    entries: Mapping[str, Entry]
    new_blobs: Mapping[str, bytes] = field(default_factory=dict)
    """Contents that the source does not hold as a blob, by blob id."""
    resolved: Mapping[str, list[ResolvedTag]] = field(default_factory=dict)
    """The template tags that were resolved, by released path."""
    unresolved: list[UnresolvedTag] = field(default_factory=list)

    @property
    def spec_path(self) -> str:
        """Where the spec stands in the release."""
        assert self.asset.spec
        return relative(self.asset.spec.path, self.asset.root)

    def is_document(self, path: str) -> bool:
        """Whether this released path is that of the asset config, the spec or the extra config."""
        return below(self.asset.root, path) in {document.path for document in self.asset.documents}

    def having(self, contents: Mapping[str, bytes]) -> "Content":
        """The same with other contents at these released paths."""
        entries, blobs = dict(self.entries), dict(self.new_blobs)
        for path, content in contents.items():
            old = entries[path]
            blob = blob_id(content, len(old.blob))
            entries[path] = Entry(old.mode, blob)
            blobs[blob] = content
        return replace(self, entries=entries, new_blobs=blobs)


def blob_id(content: bytes, length: int = 40) -> str:
    """The id that git gives a file's content: SHA-1, or SHA-256 where the repository's ids have 64 digits."""
    algorithm = hashlib.sha256 if length == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()


def tags_span(asset: Asset, path: str) -> slice | None:
    """The part of a file in which template tags count: in an environment config the image's name, else all (None)."""
    if asset.extra and path == asset.extra.path and path not in asset.template_files:
        return slice(*asset.extra.document.locate("image", "name"))
    return None


def pinned(asset: Asset, texts: Mapping[str, bytes], pins: Pins) -> Content:
    """The asset's files with template tags resolved; the spec is still the author's (see `rendered`).

    `texts` has what `asset.texts` names.
    """
    contents: dict[str, bytes] = {}
    resolved: dict[str, list[ResolvedTag]] = {}
    unresolved: list[UnresolvedTag] = []
    for path in asset.pinned_files:
        text = texts[path].decode(*CODEC)
        applied = pinning.apply(text, pins, path, tags_span(asset, path))
        document = Document(path, text)
        unresolved += [
            UnresolvedTag(asset.id or asset.path, document.place(tag.start, tag.end), tag.message)
            for tag in applied.unresolved
        ]
        if applied.tags:
            released = relative(path, asset.root)
            contents[released] = applied.text.encode(*CODEC)
            resolved[released] = [
                ResolvedTag(document.place(start, end), wanted, answer) for start, end, wanted, answer in applied.tags
            ]
    entries = {relative(path, asset.root): asset.tree.entries[path] for path in asset.files}
    return Content(asset, entries, {}, resolved, unresolved).having(contents)


def rendered(made: Content, texts: Mapping[str, bytes], pins: Pins, version: str) -> Content:
    """The content with its spec rendered for a version; `asset.repo.*` tags stay: a commit cannot name its own hash."""
    asset = made.asset
    assert asset.spec
    put_in = {keys: unify_line_endings(texts[path].decode(*CODEC)) for keys, path in asset.spec_texts.items()}
    text = render(asset.spec.document, spec_values(asset, version, pins), put_in)
    return made if text == asset.spec.document.text else made.having({made.spec_path: text.encode(*CODEC)})


def spec_values(asset: Asset, version: str, pins: Pins) -> dict[str, str]:
    """What the spec tags of an asset resolve to in a release: tag → value, without `asset.repo.*`."""
    return {"asset.name": asset.name or "", "asset.version": version, **_image_values(asset, pins)}


def known_spec_tags(asset: Asset) -> list[str]:
    """The template tags that the asset's spec may hold: those that a release resolves, and `asset.repo.*`."""
    has_context = asset.environment is not None and asset.environment.image.context is not None
    repo = [URL_TAG, COMMIT_TAG, *([CONTEXT_TAG] if has_context else [])]
    return ["asset.name", "asset.version", *repo, *_image_values(asset, Pins())]


def _image_values(asset: Asset, pins: Pins) -> dict[str, str]:
    if not asset.environment:
        return {}
    image = asset.environment.image
    values = {"image.name": pinning.apply(image.name, pins).text}
    if image.context:
        values |= {"image.context.path": image.context.dir, "image.dockerfile.path": image.context.dockerfile}
    if image.publish:
        values["image.publish.hostname"] = HOSTNAMES[image.publish.location]
    return values
