"""What pytest reported: its JUnit XML, and coverage's. Both come from where anybody's code ran: nothing is believed."""

import math
import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

MAX_REPORT = 32 * 1024 * 1024
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENTITIES = re.compile(r"<!(?!--)")
_RATE = re.compile(r"<coverage\b[^>]*?\bline-rate=\"([0-9.]{1,20})\"")
_OUTCOMES = {"failure": "failed", "error": "error", "skipped": "skipped"}
"""What a case's element is called, and what it means; the first that is there counts."""


class Case(NamedTuple):
    """One test: `outcome` is passed, skipped, failed or error; `file` and `line` (from 1) as the report has them."""

    classname: str
    name: str
    outcome: str
    message: str
    text: str
    file: str | None
    line: int | None
    seconds: float
    out: str
    err: str


class Report(NamedTuple):
    """All tests of a suite."""

    cases: list[Case]
    seconds: float

    def count(self, *outcomes: str) -> int:
        """How many came to one of these."""
        return sum(case.outcome in outcomes for case in self.cases)


class UnreadableError(Exception):
    """What should be a report is none; the message says why."""


def parse(content: bytes) -> Report:
    """Read what `--junit-xml` wrote, with the file and line of each test. Raises UnreadableError."""
    try:
        root = fromstring(_text(content))  # noqa: S314 (entities, with which XML does harm, were refused)
    except (ParseError, ValueError) as error:
        raise UnreadableError(f"it is no XML: {error}") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise UnreadableError("it holds no suite of tests")
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    cases = [_case(element) for suite in suites for element in suite.findall("testcase")]
    return Report(cases, sum(_seconds(suite) for suite in suites))


def _case(element: Element) -> Case:
    tag = next((tag for tag in _OUTCOMES if element.find(tag) is not None), None)
    result = element.find(tag) if tag else None
    line = element.get("line", "")
    return Case(
        element.get("classname", ""),
        element.get("name", ""),
        _OUTCOMES[tag] if tag else "passed",
        result.get("message", "") if result is not None else "",
        (result.text or "") if result is not None else "",
        element.get("file"),
        int(line) + 1 if re.fullmatch(r"[0-9]{1,8}", line) else None,  # pytest counts from 0
        _seconds(element),
        element.findtext("system-out", ""),
        element.findtext("system-err", ""),
    )


def _seconds(element: Element) -> float:
    try:
        seconds = float(element.get("time", "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds >= 0 else 0.0


def _text(content: bytes) -> str:
    """The XML as text, without what could make a parser do more than read it: other encodings, entities."""
    if len(content) > MAX_REPORT:
        raise UnreadableError(f"it has more than {MAX_REPORT:,} bytes")
    try:
        text = _DECLARATION.sub("", content.decode("utf-8"), count=1)
    except UnicodeDecodeError:
        raise UnreadableError("it is not UTF-8") from None
    if _ENTITIES.search(text):  # pytest and coverage escape each `<` of a text
        raise UnreadableError("it declares entities")
    return text


def coverage(content: bytes) -> float | None:
    """The share of lines that ran, in percent, as coverage's XML has it; None where it does not say."""
    try:
        found = _RATE.search(_text(content)[:10_000])
        return min(100.0, 100 * float(found[1])) if found else None
    except (UnreadableError, ValueError):
        return None
