"""Pins as text, JSON and Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets_actions.assets.document import Place
from assets_actions.rules.registry import Finding
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

from .base import SCHEMA_VERSION
from .findings import DATA_KEYS, FindingsReport
from .markdown import escape, table
from .text import Segments, counted, visible


@dataclass(frozen=True)
class PinsReport:
    """What template tags resolve to, where they stand, and those that could not be resolved."""

    answers: Mapping[Wanted, str]
    places: Mapping[Wanted, Sequence[Place]]
    findings: Sequence[Finding]
    outcome: str

    @property
    def headline(self) -> str:
        """All of it in one line."""
        tags = sum(map(len, self.places.values()))
        files = {place.file for places in self.places.values() for place in places}
        unresolved = [f"{len(self.findings)} unresolved"] if self.findings else []
        parts = [counted(tags, "template tag"), counted(len(self.answers), "pin"), counted(len(files), "file")]
        return " · ".join([*parts, *unresolved, self.outcome])

    def text(self) -> Segments:
        """A line for each pin, then what could not be resolved."""
        text: list[tuple[str, str]] = []
        width = max((len(visible(str(wanted))) for wanted in self.answers), default=0)
        for wanted, answer in self._sorted:
            times = len(self.places[wanted])
            often = f"  ({times} times)" if times > 1 else ""
            text.append((f"{visible(str(wanted)):<{width}}  {answer.lstrip(':@')}{often}\n", ""))
        return [*text, *FindingsReport(0, self.findings).lines(), (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The pins as a pins file has them, with the places of their tags."""
        images = [
            {"image": wanted.image, "tag_regex": wanted.regex, "reference": answer, "places": self._places(wanted)}
            for wanted, answer in self._sorted
            if isinstance(wanted, ImageTag)
        ]
        packages = [
            {"package": wanted.package, "pre": wanted.pre, "version": answer, "places": self._places(wanted)}
            for wanted, answer in self._sorted
            if isinstance(wanted, PackageVersion)
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {
                "tags": sum(map(len, self.places.values())),
                "images": len(images),
                "packages": len(packages),
                "unresolved": len(self.findings),
            },
            "images": images,
            "packages": packages,
            "findings": [{key: getattr(finding, key) for key in DATA_KEYS} for finding in self.findings],
        }

    def markdown(self) -> str:
        """A table of pins, and one of what could not be resolved."""
        rows = [(f"`{wanted}`", f"`{answer}`") for wanted, answer in self._sorted]
        parts = [f"### Pins\n\n{escape(self.headline)}\n"]
        if rows:
            parts.append(table(("template tag", "pin"), rows))
        if self.findings:
            parts.append(FindingsReport(0, self.findings).rows())
        return "\n".join(parts)

    @property
    def _sorted(self) -> list[tuple[Wanted, str]]:
        return sorted(self.answers.items(), key=lambda item: (isinstance(item[0], PackageVersion), str(item[0])))

    def _places(self, wanted: Wanted) -> list[dict[str, Any]]:
        return [{"file": place.file, "line": place.line, "column": place.column} for place in self.places[wanted]]
