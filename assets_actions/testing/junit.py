"""Results as JUnit XML: one file for each asset, and one with all."""

from collections.abc import Sequence
from typing import Any

from assets_actions.assets.asset import Asset
from assets_actions.report.text import visible

from .cases import Case
from .results import Result
from .suites import id_of

_NOT_XML = {code: f"\\u{code:04x}" for code in (0xFFFE, 0xFFFF)}


def of_asset(result: Result, asset: Asset) -> str:
    """The result of the suite that an asset is tested by, under the asset's id."""
    return _document([_suite(result, id_of(asset))])


def merged(results: Sequence[Result]) -> str:
    """All results, each suite once, under the ids of its assets."""
    return _document([_suite(result, result.suite.name) for result in results])


def _document(suites: Sequence[Any]) -> str:
    # It costs 0.05 s, and few want it. Its methods are not typed.
    from junitparser import JUnitXml

    root: Any = JUnitXml("assets")
    for suite in suites:
        root.append(suite)
    root.update_statistics()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root.tostring().decode()}\n'


def _suite(result: Result, name: str) -> Any:
    """A suite with its cases; one that did not come to an end has one more, in error, that says why."""
    from junitparser import TestSuite

    suite: Any = TestSuite(_text(name))
    cases = [_case(case) for case in result.report.cases]
    if result.message and not any(case.outcome in ("failed", "error") for case in result.report.cases):
        cases.append(_case(_unfinished(result, name)))
    suite.extend(cases)
    suite.update_statistics()
    return suite


def _unfinished(result: Result, name: str) -> Case:
    text = "\n".join(finding.message for finding in result.findings)
    return Case(name, str(result.status), "error", result.message, text, None, None, result.seconds, "", "")


def _case(case: Case) -> Any:
    from junitparser import Attr, Error, Failure, IntAttr, Skipped, TestCase

    class Placed(TestCase):
        file, line = Attr("file"), IntAttr("line")

    element: Any = Placed(_text(case.name), _text(case.classname), case.seconds)
    if case.file:
        element.file, element.line = _text(case.file), case.line
    kinds = {"failed": Failure, "error": Error, "skipped": Skipped}
    if kind := kinds.get(case.outcome):
        outcome: Any = kind(_text(case.message))
        outcome.text = "\n".join(_text(line) for line in case.text.split("\n"))
        element.append(outcome)
    if case.out:
        element.system_out = "\n".join(_text(line) for line in case.out.split("\n"))
    if case.err:
        element.system_err = "\n".join(_text(line) for line in case.err.split("\n"))
    return element


def _text(text: str) -> str:
    return visible(text.replace("\t", " ")).translate(_NOT_XML)
