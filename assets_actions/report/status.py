"""Where assets stand, as text, JSON and Markdown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assets_actions.release.status import AssetStatus, LastRelease, Pin, Since, State
from assets_actions.rules.registry import Finding
from assets_actions.templates.tags import ImageTag

from .base import SCHEMA_VERSION
from .markdown import escape, table
from .plan import reason_text, version_text
from .text import Segments, counted, visible

STYLES = {
    State.NEW: "green",
    State.UPDATED: "cyan",
    State.REMOVED: "yellow",
    State.GONE: "yellow",
    State.UNCHANGED: "dim",
    State.HELD: "yellow",
}
STUCK_STYLE = "bold red"
NAMES_SHOWN = 8
NOT_RELEASED = "not in the release branch"


@dataclass(frozen=True)
class StatusReport:
    """Where assets stand at a moment: of `source` to `release`, both commits; all of them, or (`is_detailed`) some.

    `outcome` says what holds for all of them. `has_pins`: whether pins were given; else they are those of the last
    release.
    """

    assets: Sequence[AssetStatus]
    source: str
    release: str | None
    moment: datetime
    is_detailed: bool = False
    has_pins: bool = False
    outcome: str = ""
    findings: Sequence[Finding] = ()

    @property
    def headline(self) -> str:
        """All of it in one line."""
        counts = Counter(asset.state for asset in self.assets)
        parts = [f"{counts[state]:,} {state}" for state in State if counts[state]]
        from_last = not self.has_pins and any(asset.pins for asset in self.assets)
        pins = ["with the pins of the last release"] if from_last else []
        return " · ".join(
            [counted(len(self.assets), "asset"), *parts, *pins, *([self.outcome] if self.outcome else [])]
        )

    def text(self) -> Segments:
        """A line for each asset, those that need a look last; or a block for each."""
        text: list[tuple[str, str]] = []
        if self.is_detailed:
            for asset in self.assets:
                text.append((f"{visible(asset.id)}\n", "bold"))
                text += [
                    (f"  {label:<12} {visible(said)}\n", _style(asset, label)) for label, said in self._facts(asset)
                ]
                text.append(("\n", ""))
        else:
            rows = [self._row(asset) for asset in self._ordered]
            widths = [max(len(row[column]) for row in rows) if rows else 0 for column in range(5)]
            for asset, row in zip(self._ordered, rows, strict=True):
                state, *cells, why = (f"{cell:<{width}}" for cell, width in zip(row, [*widths, 0], strict=True))
                text += [
                    (state, STYLES.get(asset.state, STUCK_STYLE)),
                    (f"  {'  '.join([*cells, why]).rstrip()}\n", ""),
                ]
        return [*text, (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on: a key for everything that the text shows."""
        counts = Counter(asset.state for asset in self.assets)
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "release": self.release,
            "pins": "given" if self.has_pins else "last release",
            "outcome": self.outcome,
            "summary": {str(state): counts[state] for state in State},
            "assets": [_asset_data(asset) for asset in self.assets],
        }

    def markdown(self) -> str:
        """A table of what is not unchanged; or, of some assets, what there is to say of each."""
        head = f"### Status\n\n{escape(self.headline)}\n"
        if self.is_detailed:
            blocks = (f"\n#### {escape(asset.id)}\n\n" + table(("", ""), self._facts(asset)) for asset in self.assets)
            return head + "".join(blocks)
        shown = [asset for asset in self._ordered if asset.state is not State.UNCHANGED]
        columns = ("state", "asset", "version", "tag", "released", "why")
        return f"{head}\n{table(columns, map(self._row, shown))}" if shown else head

    @property
    def _ordered(self) -> list[AssetStatus]:
        order = list(State)
        return sorted(self.assets, key=lambda asset: (order.index(asset.state), asset.id))

    def _row(self, asset: AssetStatus) -> tuple[str, ...]:
        version = version_text(asset.planned) if asset.planned else ""
        tag = "" if asset.version is None else "tagged" if asset.is_tagged else "no tag"
        released = self._ago(asset.last.at, asset.last.is_cut) if asset.last else ""
        why = "; ".join([*([reason_text(asset.planned)] if asset.planned else []), *asset.messages])
        return (asset.state, visible(asset.id), visible(version or asset.version or ""), tag, released, visible(why))

    def _facts(self, asset: AssetStatus) -> list[tuple[str, str]]:
        """What there is to say of one asset: (what, how it is)."""
        facts = [
            (asset.state, self._why(asset)),
            *(("", message) for message in asset.messages),
            ("released", self._released(asset)),
        ]
        if asset.version is not None:
            facts.append(("release tag", f"{asset.id}/{asset.version}" if asset.is_tagged else "none of this version"))
        if asset.path:
            facts.append(("source", asset.path))
        facts += [("" if number else "pins", self._pin(pin)) for number, pin in enumerate(asset.pins)]
        lists = {"uncommitted": asset.uncommitted, "depends on": asset.dependencies, "needed by": asset.dependents}
        return [*facts, *((label, listed(names)) for label, names in lists.items() if names)]

    def _why(self, asset: AssetStatus) -> str:
        version = asset.version or "its last release"
        match asset.state:
            case State.UNCHANGED:
                return f"nothing that a release carries has changed since {version}"
            case State.NEW | State.UPDATED | State.BLOCKED:
                assert asset.planned
                why = reason_text(asset.planned) or NOT_RELEASED
                is_blocked = asset.state is State.BLOCKED
                return why if is_blocked else f"the next release makes version {asset.planned.version}: {why}"
            case State.HELD | State.GONE:
                return reason_text(asset.planned) if asset.planned else ""
            case State.REMOVED:
                return "it is not in the source; the next release removes it"
            case State.LATE:
                return "a newer source than this one was released already"
            case State.UNPINNED:
                return "what a template tag resolves to is not known: give --pins"
            case State.UNREADABLE:
                return "nothing is released, of any asset, until this is mended:"
            case State.ELSEWHERE:
                return "a release does not find it"

    def _released(self, asset: AssetStatus) -> str:
        if asset.version is None and asset.last is None:
            return NOT_RELEASED
        said = [asset.version or "a version that cannot be read"]
        if asset.last:
            said += [f"{asset.last.at:%Y-%m-%d}, {self._ago(asset.last.at, asset.last.is_cut)}"]
            said += [f"commit {asset.last.commit[:12]}"]
            said += [f"source {asset.last.source[:12]}"] if asset.last.source else ["its source is not known"]
            said += ["or earlier: the history that is known here ends there"] if asset.last.is_cut else []
        return " · ".join(said)

    def _pin(self, pin: Pin) -> str:
        since = self._since(pin.since) if pin.since else ""
        name = pin.wanted.image if isinstance(pin.wanted, ImageTag) else pin.wanted.package
        return f"{name} {pin.answer.lstrip(':@')}{since} · {pin.path}"

    def _since(self, since: Since) -> str:
        return f" · since {since.at:%Y-%m-%d}{' or earlier' if since.or_earlier else ''}, {self._ago(since.at)}"

    def _ago(self, at: datetime, or_more: bool = False) -> str:
        days = max(0, (self.moment - at).days)
        return f"{counted(days, 'day')}{' or more' if or_more else ''} ago" if days or or_more else "today"


def _style(asset: AssetStatus, label: str) -> str:
    return STYLES.get(asset.state, STUCK_STYLE) if label == asset.state else ""


def listed(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join([*names[:NAMES_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _asset_data(asset: AssetStatus) -> dict[str, Any]:
    planned = asset.planned
    return {
        "id": asset.id,
        "path": asset.path,
        "state": asset.state,
        "version": asset.version,
        "next_version": planned.version if planned else None,
        "tag": f"{asset.id}/{asset.version}" if asset.is_tagged else None,
        "released": _release_data(asset.last) if asset.last else None,
        "reasons": [{"path": reason.path, "change": reason.change} for reason in planned.reasons] if planned else [],
        "messages": [*([planned.blocked.message] if planned and planned.blocked else []), *asset.messages],
        "pins": [
            {
                "wanted": str(pin.wanted),
                "resolved": pin.answer,
                "file": pin.path,
                "since": pin.since.at.isoformat() if pin.since else None,
            }
            for pin in asset.pins
        ],
        "dependencies": list(asset.dependencies),
        "dependents": list(asset.dependents),
        "uncommitted": list(asset.uncommitted),
    }


def _release_data(last: LastRelease) -> dict[str, Any]:
    return {"at": last.at.isoformat(), "commit": last.commit, "source": last.source, "or_earlier": last.is_cut}
