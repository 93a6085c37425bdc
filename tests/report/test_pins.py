"""Pins, and what moved, for people and machines."""

from assets_actions.assets.document import Place
from assets_actions.release.content import ResolvedTag
from assets_actions.report.pins import PinsReport
from assets_actions.report.text import plain
from assets_actions.templates.moves import Move
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

IMAGE, TOOL, OTHER = ImageTag("host/base", None), PackageVersion("My_Tool", False), PackageVersion("other", True)
PLACES = [Place("a/Dockerfile", line, 6, 9, "…") for line in (1, 2, 3, 4)]
RESOLVED = [
    ResolvedTag(PLACES[0], IMAGE, ":20260101.v1"),
    ResolvedTag(PLACES[1], TOOL, "1.1"),
    ResolvedTag(PLACES[2], TOOL, "1.1"),
    ResolvedTag(PLACES[3], OTHER, "2.0rc1"),
]
MOVES: dict[Wanted, Move] = {
    IMAGE: Move((":20251201.v1",), ":20260101.v1"),
    TOOL.canonical: Move(("1.0", "1.2"), "1.1", True, "1.2 is yanked (<b>broken</b>)"),
}
REPORT = PinsReport(RESOLVED, [], "nothing written", MOVES, "--- a/Dockerfile\n+RUN x")


def test_what_moved_is_told_from_what_to_what_and_a_downgrade_why() -> None:
    assert plain(REPORT.text()) == (
        "--- a/Dockerfile\n"
        "+RUN x\n"
        "host/base:{{latest-image-tag}}      20251201.v1 → 20260101.v1\n"
        "My_Tool=={{latest-pypi-version}}    1.0, 1.2 → 1.1  (2 times)  downgrade: 1.2 is yanked (<b>broken</b>)\n"
        "other=={{latest-pypi-version:pre}}  2.0rc1\n"
        "4 template tags · 3 pins · 1 file · 2 moved since the last release · nothing written\n"
    )


def test_machines_get_the_same() -> None:
    data = REPORT.data()
    assert data["summary"] == {"tags": 4, "images": 1, "packages": 2, "unresolved": 0, "moved": 2}
    tool, other = data["packages"]
    assert (tool["previous"], tool["downgrade"]) == (["1.0", "1.2"], True)
    assert tool["why"] == "1.2 is yanked (<b>broken</b>)"
    assert "previous" not in other
    assert data["images"][0]["previous"] == [":20251201.v1"]
    assert data["diff"] == "--- a/Dockerfile\n+RUN x"
    unknown = PinsReport(RESOLVED, [], "nothing written").data()
    assert "moved" not in unknown["summary"]


def test_a_summary_shows_first_what_moved() -> None:
    rows = [line for line in REPORT.markdown().splitlines() if line.startswith("| <code>")]
    assert ["→" in row for row in rows] == [True, True, False]
    assert "downgrade: 1.2 is yanked (&lt;b&gt;broken&lt;/b&gt;)" in rows[1]
