"""A job summary as a picture, SVG, drawn as GitHub shows it: for the documentation.

Of Markdown it knows what the reports write: headings, paragraphs, and tables with code in their cells.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

WIDTH, MARGIN, PAD, CELL_PAD = 1000, 16, 24, 13
SIZE, CODE_SIZE, LINE = 14, 12, 22
CODE_WIDTH = 0.602
_NARROW, _WIDE = set("ijl.,:;|!'()[]{}/ftrI"), set("mwMW→·%@")
_TAG = re.compile(r"(<code>.*?</code>)")
STYLE = """
text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;fill:#1f2328}
.c{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
.b{font-weight:600}.q{fill:#59636e}
.page{fill:#fff;stroke:#d1d9e0}.line{stroke:#d1d9e0}.row{fill:#fff;stroke:#d1d9e0}.odd{fill:#f6f8fa}.chip{fill:#818b981f}
@media(prefers-color-scheme:dark){
text{fill:#f0f6fc}.q{fill:#9198a1}
.page,.row{fill:#0d1117;stroke:#3d444d}.odd{fill:#151b23}.line{stroke:#3d444d}.chip{fill:#656c7633}}
"""


class _Word(NamedTuple):
    text: str
    is_code: bool = False

    @property
    def width(self) -> float:
        """About as wide as it is in the fonts that GitHub's pages are shown in."""
        if self.is_code:
            return len(self.text) * CODE_SIZE * CODE_WIDTH + 10
        return SIZE * sum(0.33 if c in _NARROW else 0.88 if c in _WIDE else 0.55 for c in self.text)


SPACE = _Word(" ").width


def picture(markdown: str, title: str) -> str:
    """The summary of a job with this title. The same Markdown gives the same picture, byte for byte."""
    body: list[str] = []
    y = MARGIN + 44.0
    for is_table, some in groupby(filter(None, markdown.splitlines()), lambda line: line.startswith("|")):
        parts, y = (_table if is_table else _paragraphs)(list(some), y)
        body += parts
    height = round(y + 64)
    size = f'width="{WIDTH}" height="{height}"'
    left, page = MARGIN + PAD, WIDTH - 2 * MARGIN - 1
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH} {height}">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{STYLE}</style>",
        _box("page", MARGIN + 0.5, MARGIN + 0.5, page, height - 2 * MARGIN - 1, 6),
        _text(left, MARGIN + 28, title, 'class="b"', SIZE),
        f'<path class="line" d="M{MARGIN} {MARGIN + 44.5}H{WIDTH - MARGIN}"/>',
    ]
    last = _text(left, height - MARGIN - 16, "Job summary generated at run-time", 'class="q"', CODE_SIZE)
    return "\n".join([*head, *body, last, "</svg>\n"])


def _paragraphs(lines: Sequence[str], y: float) -> tuple[list[str], float]:
    parts = []
    for line in lines:
        text = line.lstrip("#").strip()
        if line.startswith("#"):
            y += 44
            parts.append(_text(MARGIN + PAD, y, html.unescape(text), 'class="b"', 18))
        else:
            y += 32
            parts.append(_words(MARGIN + PAD, y, _split(text)))
    return parts, y


def _table(lines: Sequence[str], y: float) -> tuple[list[str], float]:
    rows = [[_split(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
    del rows[1]  # the line below the head
    widths = [max(map(_length, column)) + 2 * CELL_PAD for column in zip(*rows, strict=True)]
    widths[-1] = WIDTH - 2 * (MARGIN + PAD) - sum(widths[:-1])
    parts = []
    y += 20
    for number, row in enumerate(rows):
        cells = [list(_wrapped(cell, width - 2 * CELL_PAD)) for cell, width in zip(row, widths, strict=True)]
        height = LINE * max(map(len, cells)) + 14
        x = float(MARGIN + PAD)
        for cell, width in zip(cells, widths, strict=True):
            parts.append(_box("row odd" if number and number % 2 == 0 else "row", x, y, width, height))
            for line, words in enumerate(cell):
                parts.append(_words(x + CELL_PAD, y + 23 + LINE * line, words, bold=number == 0))
            x += width
        y += height
    return parts, y


def _split(text: str) -> list[_Word]:
    words: list[_Word] = []
    for part in _TAG.split(text):
        if part.startswith("<code>"):
            words.append(_Word(html.unescape(part[6:-7]), is_code=True))
        else:
            words += [_Word(html.unescape(word)) for word in part.split()]
    return words


def _length(words: Sequence[_Word]) -> float:
    return sum(word.width for word in words) + SPACE * (len(words) - 1)


def _wrapped(words: Sequence[_Word], room: float) -> Iterator[list[_Word]]:
    line: list[_Word] = []
    for word in words:
        if line and _length([*line, word]) > room:
            yield line
            line = []
        line.append(word)
    yield line


def _words(x: float, y: float, words: Sequence[_Word], *, bold: bool = False) -> str:
    parts = []
    for is_code, some in groupby(words, lambda word: word.is_code):
        run = list(some)
        if not is_code:
            parts.append(_text(x, y, " ".join(word.text for word in run), 'class="b"' if bold else "", SIZE))
            x += _length(run) + SPACE
            continue
        for word in run:
            parts.append(_box("chip", x, y - 15, word.width, 20, 5))
            parts.append(_text(x + 5, y - 1, word.text, f'class="c" textLength="{word.width - 10:.1f}"', CODE_SIZE))
            x += word.width + SPACE
    return "".join(parts)


def _text(x: float, y: float, text: str, attributes: str, size: int) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {attributes}>{html.escape(text)}</text>'


def _box(kind: str, x: float, y: float, width: float, height: float, radius: int = 0) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {place} rx="{radius}"/>'
