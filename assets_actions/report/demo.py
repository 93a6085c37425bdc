"""Some commands and what each came to, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from assets_actions.rules.registry import Finding

from .base import SCHEMA_VERSION, Report
from .text import Segments, visible


class Step(NamedTuple):
    """A command as one types it, why, and what it came to."""

    command: str
    why: str
    report: Report


@dataclass(frozen=True)
class DemoReport:
    """The steps of a demonstration, and what to try next: commands with what they show."""

    steps: Sequence[Step]
    next_steps: Sequence[tuple[str, str]]

    @property
    def findings(self) -> Sequence[Finding]:
        """What the steps found."""
        return [finding for step in self.steps for finding in step.report.findings]

    def text(self) -> Segments:
        """Each step with its command, then what to try next."""
        text: list[tuple[str, str]] = []
        for step in self.steps:
            text += [(f"# {step.why}\n", "dim"), (f"$ {step.command}\n", "bold cyan"), *step.report.text(), ("\n", "")]
        text.append(("The sample is yours to try things on:\n\n", "bold"))
        for command, what in self.next_steps:
            text += [(f"  {visible(command)}\n", "bold cyan"), (f"      {what}\n" if what else "", "dim")]
        return text

    def data(self) -> dict[str, Any]:
        """Each step's own JSON."""
        steps = [{"command": step.command, "result": step.report.data()} for step in self.steps]
        return {"schema_version": SCHEMA_VERSION, "steps": steps}

    def markdown(self) -> str:
        """Each step's own summary."""
        return "\n".join(step.report.markdown() for step in self.steps)
