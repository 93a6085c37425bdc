import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.report.markdown import escape, table
from assets_actions.report.text import counted, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 名前", "plain ünïcode 名前"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("left\u202eright\u2066", "left\\u202eright\\u2066"),
        ("\x85\u2028\ufeff\x00\x7f", "\\x85\\u2028\\ufeff\\x00\\x7f"),
    ],
)
def test_what_a_terminal_would_act_on_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_any_text_becomes_one_printable_line(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
    visible(text).encode()


def test_numbers_are_counted_in_words() -> None:
    assert [counted(n, "asset") for n in (0, 1, 2, 1234)] == ["0 assets", "1 asset", "2 assets", "1,234 assets"]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain text, 1.0", "plain text, 1.0"),
        ("`code` and `more`", "<code>code</code> and <code>more</code>"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("[link](http://x) ![i](y)", "&#91;link&#93;(http://x) &#33;&#91;i&#93;(y)"),
        ("a | b\nc", "a &#124; b&#92;nc"),
        ("**b** __u__ ~~s~~", "&#42;&#42;b&#42;&#42; &#95;&#95;u&#95;&#95; &#126;&#126;s&#126;&#126;"),
        ("@someone #1", "&#64;someone &#35;1"),
        ("`<b>|</b>`", "<code>&lt;b&gt;&#124;&lt;/b&gt;</code>"),
        ("odd ` tick", "odd &#96; tick"),
    ],
)
def test_markdown_of_other_people_is_only_text(text: str, markdown: str) -> None:
    assert escape(text) == markdown


def test_a_table_has_a_row_a_line_whatever_the_cells_hold() -> None:
    assert table(("a", "b"), [("1|2", "x\ny")]) == "| a | b |\n| --- | --- |\n| 1&#124;2 | x&#92;ny |\n"
