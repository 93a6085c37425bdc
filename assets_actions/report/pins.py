"""Pins as text, JSON and Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets_actions.assets.document import Place
from assets_actions.release.content import ResolvedTag
from assets_actions.rules.registry import Finding
from assets_actions.templates.moves import Move
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

from .base import SCHEMA_VERSION
from .findings import diff_lines, finding_data, finding_lines, finding_table
from .markdown import escape, table
from .text import Segments, counted, visible

UNRESOLVED = "unresolved-tag"


@dataclass(frozen=True)
class PinsReport:
    """What template tags resolve to, in the order of their places, and those that could not be resolved.

    `moves`: what differs from the last release (None where that is not known); `diff`: what was written, or would be,
    where that was asked for.
    """

    resolved: Sequence[ResolvedTag]
    findings: Sequence[Finding]
    outcome: str
    moves: Mapping[Wanted, Move] | None = None
    diff: str | None = None

    @cached_property
    def places(self) -> dict[tuple[Wanted, str], list[Place]]:
        """Each pin (what is asked for, what it resolves to), with the places of its tags; by name, images first."""
        places: dict[tuple[Wanted, str], list[Place]] = {}
        for tag in sorted(self.resolved, key=_order):
            places.setdefault((tag.wanted, tag.answer), []).append(tag.place)
        return places

    @property
    def unresolved(self) -> int:
        """How many tags could not be resolved."""
        return sum(finding.rule == UNRESOLVED for finding in self.findings)

    @property
    def headline(self) -> str:
        """All of it in one line."""
        files = {tag.place.file for tag in self.resolved}
        unresolved = [f"{self.unresolved} unresolved"] if self.unresolved else []
        moves = [] if self.moves is None else [f"{len(self.moves)} moved since the last release"]
        parts = [
            counted(len(self.resolved), "template tag"),
            counted(len(self.places), "pin"),
            counted(len(files), "file"),
        ]
        return " · ".join([*parts, *moves, *unresolved, self.outcome])

    def text(self) -> Segments:
        """A line for each pin, then what could not be resolved."""
        text: list[tuple[str, str]] = []
        width = max((len(visible(str(wanted))) for wanted, _ in self.places), default=0)
        for (wanted, answer), places in self.places.items():
            often = f"  ({len(places)} times)" if len(places) > 1 else ""
            move = self._move(wanted)
            down = f"  {_warning(move)}" if move and move.is_downgrade else ""
            line = f"{visible(str(wanted)):<{width}}  {visible(_step(answer, move))}{often}"
            text += [(line, "bold" if move else ""), (f"{visible(down)}\n", "yellow")]
        return [
            *diff_lines(self.diff or ""),
            *text,
            *finding_lines(self.findings),
            (f"{self.headline}\n", "bold"),
        ]

    def data(self) -> dict[str, Any]:
        """The pins as a pins file has them, with the places of their tags."""
        pins = [(wanted, answer, self._more(wanted, places)) for (wanted, answer), places in self.places.items()]
        images = [
            {"image": wanted.image, "tag_regex": wanted.regex, "reference": answer, **more}
            for wanted, answer, more in pins
            if isinstance(wanted, ImageTag)
        ]
        packages = [
            {"package": wanted.package, "pre": wanted.pre, "version": answer, **more}
            for wanted, answer, more in pins
            if isinstance(wanted, PackageVersion)
        ]
        moved = {} if self.moves is None else {"moved": len(self.moves)}
        return {
            "schema_version": SCHEMA_VERSION,
            "version": 1,
            "summary": {
                "tags": len(self.resolved),
                "images": len(images),
                "packages": len(packages),
                "unresolved": self.unresolved,
                **moved,
            },
            "images": images,
            "packages": packages,
            "findings": [finding_data(finding) for finding in self.findings],
            **({} if self.diff is None else {"diff": self.diff}),
        }

    def markdown(self) -> str:
        """A table of pins, what moved first, and one of what could not be resolved."""
        rows = [
            (f"`{wanted}`", f"`{_step(answer, move)}`" if move else f"`{answer}`", _warning(move) if move else "")
            for (wanted, answer) in self.places
            for move in [self._move(wanted)]
        ]
        rows.sort(key=lambda row: "→" not in row[1])
        pins = table(("template tag", "pin", ""), rows) if rows else ""
        return "\n".join(filter(None, [f"### Pins\n\n{escape(self.headline)}\n", pins, finding_table(self.findings)]))

    def _move(self, wanted: Wanted) -> Move | None:
        return self.moves.get(wanted.canonical) if self.moves else None

    def _more(self, wanted: Wanted, places: Sequence[Place]) -> dict[str, Any]:
        more: dict[str, Any] = {"places": [_place(place) for place in places]}
        if move := self._move(wanted):
            more |= {"previous": list(move.before), "downgrade": move.is_downgrade, "why": move.why}
        return more


def _step(answer: str, move: Move | None) -> str:
    """`old → new`, or what it is where it did not move."""
    return str(move) if move else answer.lstrip(":@")


def _warning(move: Move) -> str:
    return f"downgrade{f': {move.why}' if move.why else ''}" if move.is_downgrade else ""


def _order(tag: ResolvedTag) -> tuple[bool, str, Place]:
    return isinstance(tag.wanted, PackageVersion), str(tag.wanted), tag.place


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
