"""Findings as text, JSON and Markdown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from assets_actions.rules.registry import Finding, Severity, Skipped, registered

from .base import SCHEMA_VERSION
from .markdown import escape, table
from .text import Segments, counted, visible

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
EXPLAIN = "assets-actions validate --explain"
LONGEST_EXCERPT = 200
DATA_KEYS = ("rule", "group", "severity", "message", "asset", "file", "line", "column")


@dataclass(frozen=True)
class FindingsReport:
    """What a check of some assets found; `seconds` is how long it took, where that is of interest."""

    assets: int
    findings: Sequence[Finding]
    skipped: Sequence[Skipped] = ()
    seconds: float | None = None
    ignored: Sequence[Finding] = ()
    """Those that do not count, for what a comment or the settings say."""
    known: int = 0
    """So many more were found that the baseline knows."""
    diff: str | None = None
    """What was mended, or would be, as a unified diff; None where nobody asked for it."""

    def having(self, **changes: Any) -> "FindingsReport":
        """The same with other values."""
        return replace(self, **changes)

    @property
    def counts(self) -> Counter[Severity]:
        """Findings by severity."""
        return Counter(finding.severity for finding in self.findings)

    def text(self) -> Segments:
        """The findings, what could not be checked, and the headline."""
        reasons = Counter(skipped.reason for skipped in self.skipped)
        skipped = [
            (f"{counted(count, 'check')} skipped: {reason}\n", "dim") for reason, count in sorted(reasons.items())
        ]
        rules = {rule.id for rule in registered()}
        explained = next((finding.rule for finding in self.findings if finding.rule in rules), None)
        hint = f"        explain a rule: {EXPLAIN} {explained}" if explained else ""
        return [
            *diff_lines(self.diff or ""),
            *finding_lines(self.findings),
            *skipped,
            (self.headline, "bold"),
            (f"{hint}\n", "dim"),
        ]

    @property
    def headline(self) -> str:
        """All of it in one line."""
        counts = self.counts
        parts = [counted(self.assets, "asset"), counted(counts[Severity.ERROR], "error")]
        parts.append(counted(counts[Severity.WARNING], "warning"))
        if counts[Severity.NOTE]:
            parts.append(counted(counts[Severity.NOTE], "note"))
        parts += [f"{len(self.ignored)} ignored"] if self.ignored else []
        parts += [f"{self.known} in the baseline"] if self.known else []
        if self.seconds is not None:
            parts.append(f"{self.seconds:.1f} s")
        return " · ".join(parts)

    def data(self) -> dict[str, Any]:
        """The JSON that scripts rely on."""
        counts = self.counts
        return {
            "schema_version": SCHEMA_VERSION,
            "summary": {
                "assets": self.assets,
                "errors": counts[Severity.ERROR],
                "warnings": counts[Severity.WARNING],
                "skipped": len(self.skipped),
                "notes": counts[Severity.NOTE],
                "ignored": len(self.ignored),
                "baseline": self.known,
            },
            "findings": [finding_data(finding) for finding in self.findings],
            **({"ignored": [finding_data(finding) for finding in self.ignored]} if self.ignored else {}),
            **({} if self.diff is None else {"diff": self.diff}),
        }

    def markdown(self) -> str:
        """The headline and a table, the worst first; what is ignored in one that is folded."""
        parts = ["### Validation", escape(self.headline), finding_table(self.findings)]
        if self.ignored:
            folded = f"<summary>{len(self.ignored)} ignored</summary>\n\n{finding_table(self.ignored)}"
            parts.append(f"<details>{folded}\n</details>\n")
        return "\n\n".join(parts)


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as JSON: the keys that scripts rely on."""
    return {key: getattr(finding, key) for key in DATA_KEYS}


def diff_lines(diff: str) -> Segments:
    """A difference with its lines in colour."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    return [(f"{visible(line)}\n", styles.get(line[:1], "")) for line in diff.splitlines()]


def finding_lines(findings: Sequence[Finding]) -> Segments:
    """Findings grouped by file, each with its line."""
    text: list[tuple[str, str]] = []
    for file, group in groupby(findings, key=lambda finding: finding.file):
        found = list(group)
        text.append((f"{visible(file)}\n", "bold"))
        width = max(len(finding.rule) for finding in found)
        for finding in found:
            text += [
                (f"{finding.line:>5}:{finding.column:<4} ", ""),
                (f"{finding.severity:<8} ", STYLES[finding.severity]),
                (f"{finding.rule:<{width}}  ", "dim"),
                (f"{visible(finding.message)}\n", ""),
                (_excerpt(finding), "dim"),
            ]
    return text


def finding_table(findings: Sequence[Finding]) -> str:
    """Findings as a Markdown table, the worst first; empty where there is none."""
    order = list(Severity)
    rows = [
        (finding.severity, f"`{finding.file}:{finding.line}`", f"`{finding.rule}`", _with_fix(finding))
        for finding in sorted(findings, key=lambda finding: order.index(finding.severity))
    ]
    return table(("severity", "where", "rule", "what"), rows) if rows else ""


def _with_fix(finding: Finding) -> str:
    return f"{finding.message}: {finding.fix}" if finding.fix else finding.message


def _excerpt(finding: Finding) -> str:
    """The source line with a caret below what is meant, and the fix; the fix alone where the line is of no help."""
    column, end, source = finding.column, finding.place.end_column, finding.place.source
    fix = f"{visible(finding.fix or '')}{' (--fix can)' if finding.edit else ''}".strip()
    if len(source) > LONGEST_EXCERPT or not source.strip():
        return f"{'':>12}{fix}\n" if fix else ""
    parts = (source[: column - 1], source[column - 1 : end - 1], source[end - 1 :])
    before, meant, behind = (visible(part.replace("\t", " ")) for part in parts)
    caret = f"{'':>8} | {'':>{len(before)}}{'^' * max(1, len(meant))} {fix}".rstrip()
    return f"{finding.line:>8} | {before}{meant}{behind}\n{caret}\n"
