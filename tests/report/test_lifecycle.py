import datetime
from typing import Literal

from assets_actions.deprecation.lifecycle import Stage, Standing
from assets_actions.report.lifecycle import LifecycleReport, ticked
from assets_actions.report.text import plain

ENDS: list[tuple[Stage, Literal["due", "done"] | None]] = [
    (Stage.ARCHIVED, "done"),
    (Stage.TO_ARCHIVE, "due"),
    (Stage.REMOVED, None),
]
DAY = datetime.date(2027, 5, 24)
STANDINGS = [
    Standing(
        "component/a",
        Stage.ANNOUNCED,
        None,
        DAY,
        "b",
        "remove",
        False,
        "its release",
        ("its replacement b is not here",),
    ),
    Standing("environment/longer", Stage.RELEASED, "2", DAY, "c", "remove", True, ""),
    Standing("environment/x|y", Stage.TO_ARCHIVE, "3", DAY, "c", None, False, "", archive="due"),
    Standing("prompt/p", Stage.TO_ARCHIVE, "1", DAY, None, None, False, "", archive="due"),
    Standing("model/m", Stage.ARCHIVED, "1", None, None, None, False, "", archive="done"),
]


def test_each_asset_has_a_line_and_what_is_to_be_archived_its_command() -> None:
    assert plain(LifecycleReport(STANDINGS, "acme", note="nothing written").text()) == (
        "announced  component/a          2027-05-24   waits for its release\n"
        "           its replacement b is not here\n"
        "released   environment/longer   2027-05-24   its removal is due\n"
        "to archive environment/x|y      2027-05-24\n"
        "to archive prompt/p             2027-05-24\n"
        "archived   model/m\n"
        "to archive:\n"
        "az ml environment archive --name 'x|y' --registry-name acme\n"
        "5 deprecated assets · 1 announced · 1 released · 2 to archive · 1 archived · 1 due · nothing written\n"
    )


def test_the_table_is_one_of_markdowns_and_ticks_are_read_back() -> None:
    markdown = LifecycleReport(STANDINGS, did={"environment/longer": "its removal is proposed: https://x/1"}).markdown()
    assert (
        "| <code>environment/longer</code> | released | 2027-05-24 | c | its removal is proposed: https://x/1 |"
        in markdown
    )
    assert "| <code>environment/x&#124;y</code> | to archive | 2027-05-24 | c |  |" in markdown
    assert "- [ ] <code>prompt/p</code>, where it is published <!-- archived: prompt/p -->" in markdown
    assert ticked(markdown) == {"model/m"}
    assert ticked(markdown.replace("- [ ]", "- [X]").replace("\n", "\r\n")) == {
        "model/m",
        "environment/x|y",
        "prompt/p",
    }
    assert ticked("- [x] `a` <!-- archived: a --> and more\n") == set()


def test_a_text_that_would_be_too_long_leaves_out_what_is_least_urgent_and_nothing_that_is_ticked_off() -> None:
    many = [
        Standing(
            f"environment/{stage.name.lower()}-{number:03}", stage, "1", DAY, "c", None, False, "", archive=archive
        )
        for stage, archive in ENDS
        for number in range(200)
    ]
    whole, short = LifecycleReport(many).markdown(), LifecycleReport(many).markdown(60_000)
    assert len(short) <= 60_000 < len(whole)
    assert LifecycleReport(STANDINGS).markdown(60_000) == LifecycleReport(STANDINGS).markdown()
    assert ticked(short) == {one.id for one in many if one.stage is Stage.ARCHIVED}
    rows = [line for line in short.splitlines() if line.startswith("| <code>")]
    assert all("| to archive |" in row for row in rows)
    assert f"And {600 - len(rows)} more: `assets-actions sweep --no-pr` tells of all." in short
