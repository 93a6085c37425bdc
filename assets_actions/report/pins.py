"""Pins as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets_actions.assets.document import Place
from assets_actions.release.content import ResolvedTag
from assets_actions.rules.registry import Finding
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

from .base import SCHEMA_VERSION
from .findings import finding_data, finding_lines, finding_table
from .markdown import escape, table
from .text import Segments, counted, visible


@dataclass(frozen=True)
class PinsReport:
    """What template tags resolve to, in the order of their places, and those that could not be resolved."""

    resolved: Sequence[ResolvedTag]
    findings: Sequence[Finding]
    outcome: str

    @cached_property
    def places(self) -> dict[tuple[Wanted, str], list[Place]]:
        """Each pin (what is asked for, what it resolves to), with the places of its tags; by name, images first."""
        places: dict[tuple[Wanted, str], list[Place]] = {}
        for tag in sorted(self.resolved, key=_order):
            places.setdefault((tag.wanted, tag.answer), []).append(tag.place)
        return places

    @property
    def headline(self) -> str:
        """All of it in one line."""
        files = {tag.place.file for tag in self.resolved}
        unresolved = [f"{len(self.findings)} unresolved"] if self.findings else []
        parts = [
            counted(len(self.resolved), "template tag"),
            counted(len(self.places), "pin"),
            counted(len(files), "file"),
        ]
        return " · ".join([*parts, *unresolved, self.outcome])

    def text(self) -> Segments:
        """A line for each pin, then what could not be resolved."""
        text: list[tuple[str, str]] = []
        width = max((len(visible(str(wanted))) for wanted, _ in self.places), default=0)
        for (wanted, answer), places in self.places.items():
            often = f"  ({len(places)} times)" if len(places) > 1 else ""
            text.append((f"{visible(str(wanted)):<{width}}  {answer.lstrip(':@')}{often}\n", ""))
        return [*text, *finding_lines(self.findings), (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The pins as a pins file has them, with the places of their tags."""
        pins = [
            (wanted, answer, [_place(place) for place in places]) for (wanted, answer), places in self.places.items()
        ]
        images = [
            {"image": wanted.image, "tag_regex": wanted.regex, "reference": answer, "places": places}
            for wanted, answer, places in pins
            if isinstance(wanted, ImageTag)
        ]
        packages = [
            {"package": wanted.package, "pre": wanted.pre, "version": answer, "places": places}
            for wanted, answer, places in pins
            if isinstance(wanted, PackageVersion)
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {
                "tags": len(self.resolved),
                "images": len(images),
                "packages": len(packages),
                "unresolved": len(self.findings),
            },
            "images": images,
            "packages": packages,
            "findings": [finding_data(finding) for finding in self.findings],
        }

    def markdown(self) -> str:
        """A table of pins, and one of what could not be resolved."""
        rows = [(f"`{wanted}`", f"`{answer}`") for wanted, answer in self.places]
        pins = table(("template tag", "pin"), rows) if rows else ""
        return "\n".join(filter(None, [f"### Pins\n\n{escape(self.headline)}\n", pins, finding_table(self.findings)]))


def _order(tag: ResolvedTag) -> tuple[bool, str, Place]:
    return isinstance(tag.wanted, PackageVersion), str(tag.wanted), tag.place


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
