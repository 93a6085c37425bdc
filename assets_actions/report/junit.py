"""Findings as JUnit XML, for whatever shows the results of tests."""

from collections.abc import Sequence
from typing import Any

from assets_actions.rules.registry import Finding, Severity

from .text import visible

_NOT_XML = {code: f"\\u{code:04x}" for code in (0xFFFE, 0xFFFF)}
"""Characters that XML 1.0 cannot hold though a terminal can."""


def junit(findings: Sequence[Finding], name: str) -> str:
    """A suite a file, a case a finding, in their order: an error fails its case, all else stands in its output.

    Where nothing was found, one case that passes, so that readers see a run.
    """
    # It costs 0.05 s, and few want it. Its methods are not typed.
    from junitparser import JUnitXml, TestSuite

    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    root: Any = JUnitXml(name)
    # Not add_testsuite and add_testcase: they look at all the others each time.
    for file, found in by_file.items():
        suite: Any = TestSuite(_text(file))
        suite.extend([_case(finding) for finding in found])
        root.append(suite)
    if not findings:
        root.append(_nothing(name))
    root.update_statistics()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root.tostring().decode()}\n'


def _case(finding: Finding) -> Any:
    from junitparser import Failure, TestCase

    case: Any = TestCase(f"{finding.rule} {finding.line}:{finding.column}", _text(finding.file))
    message = _text(finding.message)
    lines = [f"{_text(str(finding.place))}: {finding.severity}: {message}", _text(finding.fix or "")]
    text = "\n".join(line for line in lines if line)
    if finding.severity is Severity.ERROR:
        failure: Any = Failure(message, finding.rule)
        failure.text = text
        case.append(failure)
    else:
        case.system_out = text
    return case


def _nothing(name: str) -> Any:
    from junitparser import TestCase, TestSuite

    suite: Any = TestSuite(name)
    suite.append(TestCase("no findings", name))
    return suite


def _text(text: str) -> str:
    return visible(text).translate(_NOT_XML)
