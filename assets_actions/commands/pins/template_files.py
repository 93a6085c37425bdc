"""The files whose template tags pin-versions resolves: those of a repository's assets, or some files by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import MAX_BYTES, Document, Place
from assets_actions.errors import UserError
from assets_actions.release.content import CODEC, ResolvedTag, tags_span
from assets_actions.report.pins import UNRESOLVED
from assets_actions.report.text import difference
from assets_actions.rules.registry import Finding, Severity
from assets_actions.templates.pins import Applied, Pins, Resolution, apply
from assets_actions.templates.tags import ImageTag, PackageVersion, TemplateTag, Wanted, find_tags

KINDS = {None: (ImageTag, PackageVersion), "images": (ImageTag,), "packages": (PackageVersion,)}


@dataclass(frozen=True, eq=False)
class TemplateFile:
    """A text with template tags; of some files, they count in the part `within` alone.

    `target` is where the file lies, seen from the repository: what it is a link to, where it is one.
    """

    path: str
    target: str
    text: str
    asset: str | None = None
    within: slice | None = None

    @cached_property
    def _document(self) -> Document:
        return Document(self.path, self.text)

    @cached_property
    def all_tags(self) -> list[TemplateTag]:
        """The tags that count, in comments as well."""
        tags, within = find_tags(self.text, self.path), self.within
        return [tag for tag in tags if within is None or within.start <= tag.start < within.stop]

    @property
    def tags(self) -> Iterator[TemplateTag]:
        """The tags that must be resolved: those in comments need not."""
        return (tag for tag in self.all_tags if not tag.in_comment)

    def place(self, start: int, end: int) -> Place:
        """Where some characters stand."""
        return self._document.place(start, end)

    def applied(self, pins: Pins) -> Applied:
        """The text with all tags resolved that pins are known for, those in comments as well."""
        return apply(self.text, pins, self.path, self.within)


def of_assets(assets: Iterable[Asset], texts: Mapping[str, bytes]) -> list[TemplateFile]:
    """Those of some assets, each once; `texts` has their contents."""
    files: dict[str, TemplateFile] = {}
    for asset in assets:
        for path in asset.pinned_files:
            text = texts[path].decode(*CODEC)
            file = TemplateFile(path, path, text, asset.id or asset.path, tags_span(asset, path))
            # Where all of a file counts for one asset, all of it does.
            if path not in files or file.within is None:
                files[path] = file
    return list(files.values())


def named(paths: Sequence[str]) -> list[TemplateFile]:
    """Some files, by name. Raises UserError where one is no text that can be read."""
    files = []
    for path in dict.fromkeys(paths):
        content = Path(path).read_bytes()
        if len(content) > MAX_BYTES:
            raise UserError(f"is larger than {MAX_BYTES:,} bytes", path)
        files.append(TemplateFile(path, str(Path(path).resolve()), content.decode(*CODEC)))
    return files


Places = dict[Wanted, list[tuple[TemplateFile, TemplateTag]]]
"""What tags ask for, each name once, with the tags that do."""


def wanted(files: Sequence[TemplateFile], kinds: tuple[type[Wanted], ...]) -> Places:
    """What the tags of some kinds ask for."""
    found: Places = {}
    for file in files:
        for tag in file.tags:
            if isinstance(tag.wanted, kinds):
                found.setdefault(tag.wanted.canonical, []).append((file, tag))
    return found


def resolved(pinned: Mapping[TemplateFile, Applied]) -> list[ResolvedTag]:
    """The tags that were resolved, with their places."""
    return [
        ResolvedTag(file.place(tag.start, tag.end), tag.wanted, tag.answer)
        for file, applied in pinned.items()
        for tag in applied.tags
    ]


def malformed(files: Sequence[TemplateFile]) -> list[Finding]:
    """What looks like a tag and is none, at its place."""
    return [
        _finding(UNRESOLVED, tag.problem or "", file, tag, None)
        for file in files
        for tag in file.tags
        if tag.wanted is None
    ]


def unresolved(places: Places, found: Resolution, *, offline: bool) -> list[Finding]:
    """What no pin is known for, at each place that asks for it."""
    findings = []
    for one, tags in places.items():
        if found.pins.answer(one) is None:
            failure = found.failures.get(one)
            why = f": {failure.message}" if failure else " is not in the pins" if offline else " was not looked up"
            fix = "add it to the file given with --pins" if offline else None
            for file, tag in tags:
                findings.append(_finding(UNRESOLVED, f"`{tag.wanted}`{why}", file, tag, fix))
    return findings


def at_first(places: Places, rule: str, severity: Severity, messages: Mapping[Wanted, str]) -> list[Finding]:
    """Something to say of a pin, at the first place that asks for it."""
    found = []
    for one, message in messages.items():
        file, tag = places[one][0]
        found.append(_finding(rule, f"`{tag.wanted}` {message}", file, tag, None, severity))
    return found


def _finding(
    rule: str, message: str, file: TemplateFile, tag: TemplateTag, fix: str | None, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(rule, "template", severity, message, file.asset, file.place(tag.start, tag.end), fix)


def changes(pinned: Mapping[TemplateFile, Applied]) -> str:
    """What pinning changes in the files, as a unified diff."""
    return "\n".join(line for file, new in pinned.items() for line in difference(file.path, file.text, new.text))
