import os
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from assets_actions.assets.document import Place
from assets_actions.report.junit import junit
from assets_actions.rules.registry import Finding, Severity

TEXT = st.text(st.characters() | st.sampled_from("\0\n\x1b\ud800\udcff\ufffe\uffff]]>&<\"'"))


def finding(
    file: str = "a/x.yaml", line: int = 3, severity: Severity = Severity.ERROR, message: str = "it is wrong", fix: str | None = None
) -> Finding:  # fmt: skip
    return Finding("some-rule", "group", severity, message, None, Place(file, line, 5, 8, "key: val"), fix)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 (our own)


def cases(text: str) -> list[tuple[str, str, str]]:
    """Suite, case and what came of it."""
    return [
        (suite.name, case.name, "failed" if case.is_failure else "passed")
        for suite in JUnitXml.fromstring(text.encode())
        for case in suite
    ]


def test_a_file_is_a_suite_and_a_finding_a_case_whatever_their_order() -> None:
    text = junit([finding("b.yaml"), finding("a.yaml"), finding("b.yaml", 4, Severity.NOTE)], "checks")
    assert cases(text) == [
        ("b.yaml", "some-rule 3:5", "failed"),
        ("b.yaml", "some-rule 4:5", "passed"),
        ("a.yaml", "some-rule 3:5", "failed"),
    ]


def test_an_error_is_a_failure_that_says_what_where_and_what_to_do() -> None:
    text = junit([finding(fix="write it right")], "checks")
    (failure,) = parsed(text).iter("failure")
    assert failure.attrib == {"message": "it is wrong", "type": "some-rule"}
    assert failure.text == "a/x.yaml:3:5: error: it is wrong\nwrite it right"


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.NOTE])
def test_a_finding_that_is_no_error_passes_and_says_so_in_its_output(severity: Severity) -> None:
    root = parsed(junit([finding(severity=severity)], "checks"))
    assert [out.text for out in root.iter("system-out")] == [f"a/x.yaml:3:5: {severity}: it is wrong"]
    assert root.attrib["failures"] == "0"


def test_suites_and_the_whole_count_their_cases() -> None:
    text = junit([finding("b.yaml"), finding("a.yaml"), finding("b.yaml", severity=Severity.WARNING)], "checks")
    root = parsed(text)
    assert (root.attrib["name"], root.attrib["tests"], root.attrib["failures"]) == ("checks", "3", "2")
    assert [(s.attrib["tests"], s.attrib["failures"]) for s in root] == [("2", "1"), ("1", "1")]


def test_where_nothing_was_found_one_case_passes_so_that_readers_see_a_run() -> None:
    assert cases(junit([], "checks")) == [("checks", "no findings", "passed")]


@given(TEXT, TEXT, st.binary(min_size=1), st.sampled_from(list(Severity)))
def test_any_text_and_any_file_name_is_xml_that_can_be_read_back(
    message: str, fix: str, file: bytes, severity: Severity
) -> None:
    text = junit([finding(os.fsdecode(file), 3, severity, message, fix)], "checks")
    ((_, name, result),) = cases(text)
    assert (name, result) == ("some-rule 3:5", "failed" if severity is Severity.ERROR else "passed")


def test_what_xml_cannot_hold_is_shown_instead() -> None:
    (suite,) = parsed(junit([finding("bad\udcff\n\uffff.yaml")], "checks"))
    assert suite.attrib["name"] == "bad\\xff\\n\\uffff.yaml"


def test_a_text_that_looks_like_xml_is_only_text() -> None:
    message = '</failure><testcase name="x"/> ]]> &amp;'
    (failure,) = parsed(junit([finding(message=message)], "checks")).iter("failure")
    assert failure.attrib["message"] == message


def test_the_same_findings_give_the_same_text() -> None:
    assert junit([finding(), finding()], "checks") == junit([finding(), finding()], "checks")
