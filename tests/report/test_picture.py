"""A summary as a picture."""

import re
from xml.etree import ElementTree as ET

from assets_actions.report.markdown import escape, table
from assets_actions.report.picture import WIDTH, picture

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


def test_headings_paragraphs_and_tables_are_drawn_as_text_and_not_as_markdown() -> None:
    markdown = f"### Release\n\n{escape('2 assets · <1 new>')}\n\n{table(('status', 'asset'), [('new', '`a/b_c`')])}"
    svg = picture(markdown, "Plan & more")
    assert texts(svg)[:5] == ["Plan & more", "Release", "2 assets · <1 new>", "status", "asset"]
    assert texts(svg)[5:7] == ["new", "a/b_c"]
    assert picture(markdown, "Plan & more") == svg


def test_a_long_cell_is_wrapped_and_makes_its_row_higher() -> None:
    def height(cell: str) -> int:
        return int(ET.fromstring(picture(table(("a", "why"), [("x", cell)]), "t")).attrib["height"])  # noqa: S314

    assert height("word " * 60) > height("word")
    assert all(len(text) * 5 < WIDTH for text in texts(picture(table(("a", "why"), [("x", "word " * 60)]), "t")))


def test_it_needs_nothing_from_elsewhere() -> None:
    assert re.findall(r"https?://[^\"' ]+", picture("### A\n", "t")) == ["http://www.w3.org/2000/svg"]
