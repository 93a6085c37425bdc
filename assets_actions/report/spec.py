"""A spec to publish as text, JSON and Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assets_actions.rules.registry import Finding

from .base import SCHEMA_VERSION
from .markdown import escape
from .text import Segments


@dataclass(frozen=True)
class SpecReport:
    """The spec of a released version, and what it was rendered from: a commit, at a URL, under a tag if it has one."""

    id: str
    version: str
    commit: str
    url: str
    tag: str | None
    spec: str
    findings: Sequence[Finding] = ()

    def text(self) -> Segments:
        """The spec alone, as it is."""
        return [(self.spec, "")]

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        return {
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "version": self.version,
            "commit": self.commit,
            "url": self.url,
            "tag": self.tag,
            "spec": self.spec,
        }

    def markdown(self) -> str:
        """The spec as a block of code."""
        longest = max((len(run) for run in re.findall(r"`+", self.spec)), default=0)
        fence = "`" * max(3, longest + 1)
        end = "" if self.spec.endswith("\n") else "\n"
        return f"### {escape(f'{self.id} {self.version}')}\n\n{fence}yaml\n{self.spec}{end}{fence}\n"
