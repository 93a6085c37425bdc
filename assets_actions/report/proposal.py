"""What came of a proposal, as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assets_actions.rules.registry import Finding

from .base import SCHEMA_VERSION
from .markdown import escape
from .text import Segments, visible


@dataclass(frozen=True)
class ProposalReport:
    """A proposal and what became of it.

    `facts` go into the JSON. `preview`: the difference and the pull request's text, where only they are wanted.
    """

    title: str
    outcome: str
    url: str | None = None
    warnings: Sequence[str] = ()
    preview: Sequence[str] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> Sequence[Finding]:
        """None."""
        return ()

    @property
    def headline(self) -> str:
        """All of it in one line."""
        return " · ".join(filter(None, (visible(self.title), visible(self.outcome), self.url)))

    def text(self) -> Segments:
        """The preview, warnings, and what was done."""
        preview = [(f"{visible(line)}\n", _style(line)) for line in self.preview]
        warnings = [(f"warning: {visible(one)}\n", "yellow") for one in self.warnings]
        return [*preview, *warnings, (f"{self.headline}\n", "bold")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        return {"schema_version": SCHEMA_VERSION, **self.facts, "warnings": list(self.warnings)}

    def markdown(self) -> str:
        """For a job summary."""
        link = f"\n{self.url}\n" if self.url else ""
        warnings = "".join(f"- {escape(one)}\n" for one in self.warnings)
        return f"### {escape(self.title)}\n\n{escape(self.outcome)}\n{link}\n{warnings}"


def _style(line: str) -> str:
    return "green" if line.startswith("+") else "red" if line.startswith("-") else ""
