"""What a change affects, as text, JSON and Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assets_actions.release.affected import Affected, AffectedAsset, Effect
from assets_actions.release.shards import Shards
from assets_actions.rules.registry import Finding

from .base import SCHEMA_VERSION
from .markdown import escape, table
from .plan import some_reasons
from .text import Segments, counted, visible

STYLES = {Effect.ADDED: "green", Effect.MODIFIED: "cyan", Effect.REMOVED: "yellow", Effect.DEPENDENT: "magenta"}
MOST_EDGES = 500
LONGEST_GRAPH = 50_000
"""In characters. Mermaid draws no graph that is longer, or has more edges: its `maxTextSize` and `maxEdges`."""
_HEAD = "flowchart LR"
_NOT_PLAIN = re.compile(r"[^\w ./+-]", re.ASCII)


@dataclass(frozen=True)
class AffectedReport:
    """What a change affects; `outcome` says what else there is to know of it, `shards` who is to look at what."""

    affected: Affected
    shards: Shards
    outcome: str = ""

    @property
    def findings(self) -> Sequence[Finding]:
        """None: that something is affected is no fault."""
        return ()

    @property
    def _lines(self) -> list[AffectedAsset]:
        return [asset for effect in Effect for asset in self.affected.having(effect)]

    @property
    def headline(self) -> str:
        """All of it in one line."""
        counts = {effect: len(self.affected.having(effect)) for effect in Effect}
        total = self.affected.unaffected + len(self.affected.ids)
        parts = [f"{count:,} {effect}" for effect, count in counts.items() if count]
        parts += [f"{self.affected.unaffected:,} unaffected"]
        parts += [f"since {self.affected.base[:12]}"] if self.affected.base else []
        return " · ".join([counted(total, "asset"), *parts, *([self.outcome] if self.outcome else [])])

    def text(self) -> Segments:
        """One line for each asset that is affected."""
        text: list[tuple[str, str]] = []
        width = max((len(visible(asset.id)) for asset in self._lines), default=0)
        for asset in self._lines:
            line = f"{visible(asset.id):<{width}}   {visible(_why(asset))}"
            text += [(f"{asset.effect:<10} ", STYLES[asset.effect]), (f"{line.rstrip()}\n", "")]
        return [*text, (f"{visible(self.headline)}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        summary = {str(effect): len(self.affected.having(effect)) for effect in Effect}
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.affected.source,
            "base": self.affected.base,
            "summary": {**summary, "unaffected": self.affected.unaffected},
            "assets": [_asset_data(asset) for asset in self.affected.assets],
            "shards": self.shards,
        }

    def markdown(self) -> str:
        """A graph of what affects what, where there is any, and a table; the graph first: a long table is cut off."""
        parts = [f"### Affected\n\n{escape(self.headline)}\n", *self._graph()]
        if rows := [(asset.effect, f"`{asset.id}`", _why(asset)) for asset in self._lines]:
            parts.append(table(("status", "asset", "why"), rows))
        return "\n".join(parts)

    def _graph(self) -> Iterator[str]:
        edges = self.affected.edges
        drawn: list[str] = []
        numbers: dict[str, int] = {}
        room = LONGEST_GRAPH - len(_HEAD)
        for count, edge in enumerate(edges):
            new = [id_ for id_ in dict.fromkeys(edge) if id_ not in numbers]
            numbers |= {id_: len(numbers) + place for place, id_ in enumerate(new)}
            lines = [f'  n{numbers[id_]}["{_label(id_)}"]' for id_ in new]
            lines.append(f"  n{numbers[edge[0]]} --> n{numbers[edge[1]]}")
            room -= sum(len(line) + 1 for line in lines)
            if count == MOST_EDGES or room < 0:
                yield f"The graph shows {count:,} of {len(edges):,} dependencies.\n"
                break
            drawn += lines
        if drawn:
            yield "\n".join(["```mermaid", _HEAD, *drawn, "```", ""])


def _label(id_: str) -> str:
    """Any text as a label of Mermaid's: what could end it, or mean something in it, by its number."""
    return _NOT_PLAIN.sub(lambda found: f"#{ord(found[0])};", visible(id_))


def _asset_data(asset: AffectedAsset) -> dict[str, Any]:
    return {
        "id": asset.id,
        "type": asset.type,
        "name": asset.name,
        "path": asset.path,
        "status": asset.effect,
        "reasons": [{"path": reason.path, "change": reason.change} for reason in asset.reasons],
        "chain": list(asset.chain),
    }


def _why(asset: AffectedAsset) -> str:
    return " → ".join(asset.chain) if asset.effect is Effect.DEPENDENT else some_reasons(asset.reasons)
