"""What a report can be turned into."""

from collections.abc import Sequence
from typing import Any, Protocol

from assets_actions.rules.registry import Finding

from .text import Segments

SCHEMA_VERSION = 1


class Report(Protocol):
    """One result, for people, for machines and for a workflow run. The facts are the same in each."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is to be shown at a line of a file."""
        ...

    def text(self) -> Segments:
        """For a terminal or a log."""
        ...

    def data(self) -> dict[str, Any]:
        """For machines, as JSON."""
        ...

    def markdown(self) -> str:
        """For a job summary."""
        ...
