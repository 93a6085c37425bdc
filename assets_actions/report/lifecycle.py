"""Where deprecated assets stand, as text, JSON and Markdown."""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from assets_actions.deprecation.lifecycle import Stage, Standing
from assets_actions.rules.registry import Finding, Severity

from .base import SCHEMA_VERSION
from .markdown import escape, table
from .pull_request import code
from .text import Segments, counted, visible

MISFIT = "deprecation-misfit"
STYLES = {
    Stage.ANNOUNCED: "cyan",
    Stage.RELEASED: "cyan",
    Stage.REMOVED: "dim",
    Stage.TO_ARCHIVE: "yellow",
    Stage.OVERDUE: "bold red",
    Stage.ARCHIVED: "dim",
}
URGENCY = (Stage.OVERDUE, Stage.TO_ARCHIVE, Stage.RELEASED, Stage.ANNOUNCED, Stage.REMOVED, Stage.ARCHIVED)
"""What is left out last comes first."""
_TICKED = re.compile(r"^- \[[xX]\] .*<!-- archived: (\S+) -->\s*$", re.MULTILINE)


@dataclass(frozen=True)
class LifecycleReport:
    """How deprecated assets stand. `did`: by id, what became of the removal that is due; `note` is of the whole.

    `preview`: the difference that each removal makes, and its pull request's text, where only they are wanted.
    """

    standings: Sequence[Standing]
    registry: str | None = None
    did: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    warnings: Sequence[str] = ()
    preview: Sequence[str] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """What does not fit, at the asset's tags."""
        return [
            Finding(MISFIT, "deprecation", Severity.WARNING, f"{one.id}: {misfit}", one.id, one.place)
            for one in self.standings
            for misfit in one.misfits
            if one.place
        ]

    @property
    def headline(self) -> str:
        """All of it in one line."""
        counts = {stage: sum(one.stage is stage for one in self.standings) for stage in Stage}
        parts = [f"{count:,} {stage}" for stage, count in counts.items() if count]
        due = sum(one.is_due for one in self.standings)
        last = [f"{due:,} due"] if due else ["nothing due"]
        return " · ".join([counted(len(self.standings), "deprecated asset"), *parts, *last, *filter(None, [self.note])])

    def text(self) -> Segments:
        """The preview; one line for each asset, what does not fit below it; then the commands that archive."""
        width = max((len(visible(one.id)) for one in self.standings), default=0)
        text = [(f"{visible(line)}\n", "") for line in self.preview]
        for one in self.standings:
            text.append((f"{one.stage:<10} ", STYLES[one.stage]))
            line = f"{visible(one.id):<{width}}   {one.delete_on or ''!s:<10}   {visible(self._what_next(one))}"
            text.append((f"{line.rstrip()}\n", ""))
            text += [(f"{'':<11}{visible(misfit)}\n", "yellow") for misfit in one.misfits]
        commands = [(f"{self._command(one)}\n", "") for one in self._to_archive if self._command(one)]
        heading = [("to archive:\n", "bold")] if commands else []
        warnings = [(f"warning: {visible(one)}\n", "yellow") for one in self.warnings]
        return [*text, *heading, *commands, *warnings, (f"{visible(self.headline)}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        counts = {str(stage): sum(one.stage is stage for one in self.standings) for stage in Stage}
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {**counts, "due": sum(one.is_due for one in self.standings)},
            "assets": [
                {
                    "id": one.id,
                    "stage": one.stage,
                    "version": one.version,
                    "delete_on": str(one.delete_on) if one.delete_on else None,
                    "replacement": one.replacement,
                    "due": one.step if one.is_due else None,
                    "waits_for": one.waits_for,
                    "misfits": list(one.misfits),
                    "archive_command": self._command(one) if one in self._to_archive else None,
                    "done": self.did.get(one.id, ""),
                }
                for one in self.standings
            ],
            "warnings": list(self.warnings),
            **self.extra,
        }

    def markdown(self, longest: int | None = None) -> str:
        """A table, and what is to be archived as a list to tick off.

        `longest`: so many characters at most, as far as leaving out will do. What is ticked off is never left out: it
        is read back from there.
        """
        shown = len(self.standings)
        text = self._markdown(shown)
        while longest and len(text) > longest and shown:
            shown = shown * 9 // 10
            text = self._markdown(shown)
        return text

    def _markdown(self, shown: int) -> str:
        most_urgent = sorted(self.standings, key=lambda one: URGENCY.index(one.stage))[:shown]
        kept = {one.id for one in most_urgent}
        standings = [one for one in self.standings if one.id in kept]
        rows = [
            (f"`{one.id}`", one.stage, str(one.delete_on or ""), one.replacement or "", self._what_next(one))
            for one in standings
        ]
        head = ("asset", "stage", "delete on", "use instead", "what is next")
        misfits = [f"- {code(one.id)}: {escape(misfit)}\n" for one in standings for misfit in one.misfits]
        left_out = len(self.standings) - len(standings)
        more = f"And {left_out:,} more: `assets-actions sweep --no-pr` tells of all.\n"
        parts = [
            f"### Deprecated assets\n\n{escape(self.headline)}\n",
            *([table(head, rows)] if rows else []),
            *([more] if left_out else []),
            *([f"### What does not fit\n\n{''.join(misfits)}"] if misfits else []),
            *self._checklist(kept),
        ]
        return "\n".join(parts)

    def _checklist(self, kept: Collection[str]) -> Iterator[str]:
        lines = []
        for one in self.standings:
            mark = f"<!-- archived: {quote(one.id)} -->\n"
            if one.archive == "done":
                lines.append(f"- [x] {code(one.id)} {mark}")
            elif one.archive == "due" and one.id in kept:
                how = self._command(one)
                shown = f": {code(how)}" if how else ", where it is published"
                lines.append(f"- [ ] {code(one.id)}{shown} {mark}")
        if lines:
            yield f"### To archive\n\nTick off what is archived.\n\n{''.join(lines)}"

    @property
    def _to_archive(self) -> list[Standing]:
        return [one for one in self.standings if one.archive == "due"]

    def _command(self, one: Standing) -> str | None:
        command = one.archive_command
        return f"{command} --registry-name {shlex.quote(self.registry or 'REGISTRY')}" if command else None

    def _what_next(self, one: Standing) -> str:
        if one.id in self.did:
            return self.did[one.id]
        if one.is_due:
            return "its removal is due"
        return f"waits for {one.waits_for}" if one.waits_for else ""


def ticked(body: str) -> Collection[str]:
    """The ids of the assets that somebody has ticked off as archived."""
    return {unquote(found[1]) for found in _TICKED.finditer(body)}
