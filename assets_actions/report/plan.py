"""A plan as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assets_actions.release.compare import Change
from assets_actions.release.plan import Plan, PlannedAsset, Status
from assets_actions.rules.registry import Finding, Severity

from .base import SCHEMA_VERSION
from .markdown import escape, table
from .text import Segments, counted, visible

STYLES = {
    Status.NEW: "green",
    Status.UPDATED: "cyan",
    Status.BLOCKED: "bold red",
    Status.REMOVED: "yellow",
    Status.UNCHANGED: "dim",
}
REASONS_SHOWN = 3


@dataclass(frozen=True)
class PlanReport:
    """What a release would do, or did: `outcome` says which, `extra` is what else goes into the JSON."""

    plan: Plan
    outcome: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """What blocks an asset, at the line to mend."""
        return [
            Finding(
                "release-blocked",
                "release",
                Severity.ERROR,
                f"{asset.id} {asset.version}: {asset.blocked.message}",
                asset.id,
                asset.blocked.place,
            )
            for asset in self.plan.assets
            if asset.blocked
        ]

    @property
    def _lines(self) -> list[PlannedAsset]:
        """What the release touches, cannot release, or holds back."""
        shown = [asset for asset in self.plan.assets if asset.status is not Status.UNCHANGED or asset.note]
        order = list(Status)
        return sorted(shown, key=lambda asset: order.index(asset.status))

    @property
    def headline(self) -> str:
        """All of it in one line."""
        if self.plan.title:
            return " · ".join(filter(None, (visible(self.plan.title), self.outcome)))
        counts = self.plan.counts
        total = sum(count for status, count in counts.items() if status is not Status.REMOVED)
        parts = [f"{count:,} {status}" for status, count in counts.items() if count or status is Status.UNCHANGED]
        return " · ".join([counted(total, "asset"), *parts, *([self.outcome] if self.outcome else [])])

    def text(self) -> Segments:
        """One line for each asset that the release touches or cannot release."""
        text: list[tuple[str, str]] = []
        ids = max((len(asset.id) for asset in self._lines), default=0)
        versions = max((len(version_text(asset)) for asset in self._lines), default=0)
        for asset in self._lines:
            line = f"{asset.id:<{ids}}  {version_text(asset):>{versions}}   {visible(reason_text(asset))}"
            text += [(f"{asset.status:<9} ", STYLES[asset.status]), (f"{line.rstrip()}\n", "")]
        return [*text, (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.plan.source,
            "release": self.plan.release,
            "summary": {str(status): self.plan.counts[status] for status in _JSON_ORDER},
            "assets": [_asset_data(asset) for asset in self.plan.assets],
            **self.extra,
        }

    def markdown(self) -> str:
        """A table of what the release touches."""
        rows = [(asset.status, f"`{asset.id}`", version_text(asset), reason_text(asset)) for asset in self._lines]
        head = f"### Release\n\n{escape(self.headline)}\n"
        return f"{head}\n{table(('status', 'asset', 'version', 'why'), rows)}" if rows else head


_JSON_ORDER = (Status.NEW, Status.UPDATED, Status.UNCHANGED, Status.REMOVED, Status.BLOCKED)


def _asset_data(asset: PlannedAsset) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": asset.id,
        "type": asset.type,
        "name": asset.name,
        "path": asset.path,
        "status": asset.status,
        "previous_version": asset.previous_version,
        "version": asset.version,
        "reasons": [{"path": reason.path, "change": reason.change} for reason in asset.reasons],
    }
    if asset.blocked:
        data["message"] = asset.blocked.message
    if asset.note:
        data["note"] = asset.note
    return data


def version_text(asset: PlannedAsset) -> str:
    """`3 → 4`; one version where it stays."""
    if asset.status is Status.REMOVED:
        return ""
    if asset.status is Status.UPDATED and asset.previous_version != asset.version:
        return f"{asset.previous_version or '?'} → {asset.version}"
    return asset.version or ""


def reason_text(asset: PlannedAsset) -> str:
    """What blocks it and where; else what changed."""
    if asset.blocked:
        return f"{asset.blocked.message} ({asset.blocked.place.file}:{asset.blocked.place.line})"
    return ": ".join(filter(None, (asset.note, some_reasons(asset.reasons))))


def some_reasons(reasons: Sequence[Change]) -> str:
    """The first changes that are a reason, and how many more there are."""
    shown = [f"{r.path}: {r.detail}" if r.detail else r.path for r in reasons[:REASONS_SHOWN]]
    more = len(reasons) - len(shown)
    return ", ".join([*shown, *([f"and {more} more"] if more else [])])
