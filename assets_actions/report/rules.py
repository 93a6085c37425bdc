"""Rules as text, JSON and Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assets_actions.rules.registry import Finding, Rule

from .base import SCHEMA_VERSION
from .markdown import table
from .text import Segments

_PART = re.compile(r"^(Why|Fix|Source):", re.MULTILINE)


@dataclass(frozen=True)
class RuleReport:
    """One rule's documentation."""

    rule: Rule

    @property
    def findings(self) -> Sequence[Finding]:
        """None."""
        return ()

    def text(self) -> Segments:
        """Its name, then all that its documentation says."""
        rule = self.rule
        head = f"{rule.id}  ({rule.group}, {rule.severity})\n\n"
        mend = "\n--fix mends it.\n" if rule.mends else ""
        return [(head, "bold"), (f"{rule.documentation.strip()}\n", ""), (mend, "")]

    def data(self) -> dict[str, Any]:
        """The rule as JSON."""
        return {"schema_version": SCHEMA_VERSION, **rule_data(self.rule)}

    def markdown(self) -> str:
        """The rule as a section."""
        return rule_section(self.rule, "###")


@dataclass(frozen=True)
class RulesReport:
    """All rules, one on a line."""

    rules: Sequence[Rule]

    @property
    def findings(self) -> Sequence[Finding]:
        """None."""
        return ()

    def text(self) -> Segments:
        """The rules by group."""
        width = max(len(rule.id) for rule in self.rules)
        text: list[tuple[str, str]] = []
        for group, listed in groupby(self.rules, key=lambda rule: rule.group):
            text.append((f"{group}\n", "bold"))
            text += [(f"  {rule.id:<{width}}  {rule.severity:<8} {rule.summary}\n", "") for rule in listed]
        return text

    def data(self) -> dict[str, Any]:
        """The rules as JSON."""
        return {"schema_version": SCHEMA_VERSION, "rules": [rule_data(rule) for rule in self.rules]}

    def markdown(self) -> str:
        """The rules as a table."""
        rows = [(rule.group, f"`{rule.id}`", rule.severity, rule.summary) for rule in self.rules]
        return table(("group", "rule", "severity", "what must hold"), rows)


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as JSON."""
    return {
        "id": rule.id,
        "group": rule.group,
        "severity": str(rule.severity),
        "fixable": rule.mends,
        "documentation": rule.documentation,
    }


def rule_section(rule: Rule, heading: str) -> str:
    """A rule as a section of Markdown, which its documentation is."""
    mend = " `--fix` mends it." if rule.mends else ""
    documentation = _PART.sub(r"\n**\1:**", rule.documentation.strip()).replace("\n\n\n", "\n\n")
    return f"{heading} {rule.id}\n\n*{rule.severity}.*{mend}\n\n{documentation}\n"
