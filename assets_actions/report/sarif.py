"""Findings as SARIF 2.1.0, for GitHub code scanning.

Sources: the OASIS standard; docs.github.com, "SARIF support for code scanning"; the rules of Sarif.Multitool.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

import assets_actions
from assets_actions.rules.registry import Finding, Rule, Severity

from .text import counted, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 25_000
"""GitHub refuses a file with more in a run, and stores 5,000 (docs.github.com: "limits on SARIF results")."""
ROOT = "%SRCROOT%"
FINGERPRINT = "assetsActionsFinding/v1"
"""Not GitHub's own `primaryLocationLineHash`: its upload action computes that one, and warns where it finds another."""
PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
"""GitHub's words for how bad what a rule finds is."""

Sarif: TypeAlias = dict[str, Any]


def sarif(findings: Sequence[Finding], rules: Sequence[Rule]) -> Sarif:
    """A log of one run: the rules in their order, then ids of findings that no rule has; the findings, worst first.

    What GitHub would refuse the file for is left out, the least severe findings; a notification says how many.
    """
    worst_first = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    kept = worst_first[:MAX_RESULTS]
    described = {rule.id: _rule(rule) for rule in rules}
    for finding in kept:
        if finding.rule not in described:
            described[finding.rule] = _unregistered(finding)
    index = {id_: number for number, id_ in enumerate(described)}
    notifications = _left_out(len(worst_first) - len(kept))
    run = {
        "tool": {
            "driver": {
                "name": "assets-actions",
                "version": assets_actions.__version__,
                "rules": list(described.values()),
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "results": _results(kept, index),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _left_out(count: int) -> list[Sarif]:
    text = f"{counted(count, 'finding')} left out, the least severe: GitHub takes {MAX_RESULTS:,} of a run."
    return [{"level": "warning", "message": {"text": text}}] if count else []


def _rule(rule: Rule) -> Sarif:
    return _descriptor(rule.id, rule.group, rule.severity, rule.summary, rule.documentation.strip())


def _unregistered(finding: Finding) -> Sarif:
    """What is known of an id that no rule has: `release-blocked`, say, which a plan finds."""
    words = f"{finding.rule.replace('-', ' ').capitalize()}."
    return _descriptor(finding.rule, finding.group, finding.severity, words, words)


def _descriptor(id_: str, group: str, severity: Severity, summary: str, documentation: str) -> Sarif:
    # No `name`: ids are words already, and the validator wants a name to be more than the id again.
    return {
        "id": id_,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": documentation},
        "help": {"text": documentation, "markdown": documentation},
        "defaultConfiguration": {"level": str(severity)},
        "properties": {"tags": [group], "problem.severity": PROBLEM_SEVERITIES[severity]},
    }


def _results(findings: Sequence[Finding], index: Mapping[str, int]) -> list[Sarif]:
    seen: Counter[tuple[str, ...]] = Counter()
    results = []
    for finding in findings:
        same = (finding.rule, finding.file, finding.message)
        seen[same] += 1
        results.append(
            {
                "ruleId": finding.rule,
                "ruleIndex": index[finding.rule],
                "level": str(finding.severity),
                "message": {"text": _message(finding)},
                "locations": [{"physicalLocation": _location(finding)}],
                # No line in it: a finding stays the same one where the text before it grows.
                "partialFingerprints": {FINGERPRINT: _hash(*same, seen[same])},
            }
        )
    return results


def _message(finding: Finding) -> str:
    text = visible(f"{finding.message}: {finding.fix}" if finding.fix else finding.message)
    # `[text](target)` is a link in a message of SARIF; what a file says is to be no link.
    text = text.replace("](", "] (")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _location(finding: Finding) -> Sarif:
    # A byte of a name that is not UTF-8 came as a surrogate (PEP 383), and leaves as the byte.
    uri = quote(finding.file, errors="surrogateescape")
    line = finding.line
    region = {"startLine": line, "startColumn": finding.column, "endLine": line, "endColumn": finding.place.end_column}
    return {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}, "region": region}


def _hash(*values: str | int) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
