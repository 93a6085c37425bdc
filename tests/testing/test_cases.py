"""What pytest reports is read, and nothing else."""

import pytest

from assets_actions.testing.cases import MAX_REPORT, UnreadableError, coverage, parse

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="1.5">
<testcase classname="tests.test_a" name="test_ok" file="tests/test_a.py" line="0" time="0.5"/>
<testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="4" time="nan">
<failure message="assert 1 == 2">def test_bad():
E  assert 1 == 2

tests/test_a.py:7: AssertionError</failure></testcase>
<testcase classname="" name="tests.test_b"><error message="collection failure">x</error></testcase>
<testcase classname="tests.test_a" name="test_not" file="tests/test_a.py" line="x"><skipped type="pytest.skip"
message="not now">y</skipped></testcase>
</testsuite></testsuites>"""


def test_each_test_is_read_with_its_place() -> None:
    report = parse(REPORT.encode())
    assert [(case.name, case.outcome, case.file, case.line) for case in report.cases] == [
        ("test_ok", "passed", "tests/test_a.py", 1),
        ("test_bad", "failed", "tests/test_a.py", 5),
        ("tests.test_b", "error", None, None),
        ("test_not", "skipped", "tests/test_a.py", None),
    ]
    assert report.cases[1].message == "assert 1 == 2"
    assert report.cases[1].seconds == 0
    assert report.seconds == 1.5
    assert (report.count("failed", "error"), report.count("passed")) == (2, 1)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><testsuites><testsuite><testcase name='&j;'/></testsuite></testsuites>"
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no XML"),
        (b"<testsuites>", "no XML"),
        (b"<html/>", "no suite of tests"),
        (b"\xff\xfe", "not UTF-8"),
        (LAUGHS.encode(), "declares entities"),
        (LAUGHS.encode("utf-16"), "not UTF-8"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuites/>', "declares entities"),
        (b"<testsuites>\0</testsuites>", "no XML"),
        (b" " * (MAX_REPORT + 1), "more than"),
    ],
)
def test_what_does_harm_or_is_no_report_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        parse(content)


def test_a_declared_encoding_counts_for_nothing() -> None:
    assert parse(b'<?xml version="1.0" encoding="utf-7"?><testsuites/>').cases == []


@pytest.mark.parametrize(
    ("content", "share"),
    [
        (b'<?xml version="1.0" ?>\n<coverage version="7" lines-valid="4" line-rate="0.75" branch-rate="0">', 75.0),
        (b'<coverage line-rate="9">', 100.0),
        (b'<coverage line-rate="1.2.3">', None),
        (b"<coverage>", None),
        (b"\xff", None),
    ],
)
def test_the_share_of_lines_that_ran_is_read(content: bytes, share: float | None) -> None:
    assert coverage(content) == share
