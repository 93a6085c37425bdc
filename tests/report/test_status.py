import json
from datetime import UTC, datetime

from assets_actions.assets.document import Place
from assets_actions.release.compare import Change
from assets_actions.release.plan import Blocked, PlannedAsset, Status
from assets_actions.release.status import AssetStatus, LastRelease, Pin, Since, State
from assets_actions.report.status import StatusReport
from assets_actions.report.text import plain
from assets_actions.templates.tags import ImageTag, PackageVersion

MOMENT = datetime(2025, 11, 17, 11, tzinfo=UTC)
AT = datetime(2025, 11, 5, 10, tzinfo=UTC)
LAST = LastRelease("c" * 40, AT, "d" * 40)
PLANNED = PlannedAsset("environment/x", "a", Status.UPDATED, "3", "4", (Change("Dockerfile", "modified", "b 1 → 2"),))
BLOCKED = PlannedAsset("m/b", "b", Status.BLOCKED, "1", "1", (), Blocked("bump it", Place("b\n", 2, 1, 2, "")))
ASSETS = (
    AssetStatus(
        "environment/x",
        State.UPDATED,
        "assets/x/asset.yaml",
        "3",
        is_tagged=True,
        planned=PLANNED,
        last=LAST,
        pins=(
            Pin("Dockerfile", ImageTag("h/base", None), ":1", Since(AT, or_earlier=True)),
            Pin("Dockerfile", PackageVersion("p", False), "1.0"),
        ),
        dependents=tuple(f"component/{n}" for n in range(10)),
    ),
    AssetStatus("m/b", State.BLOCKED, "b", "1", planned=BLOCKED, last=LAST._replace(source=None, is_cut=True)),
    AssetStatus("model/a", State.UNCHANGED, "assets/a", "1", last=LAST._replace(at=MOMENT)),
    AssetStatus("a/\x1b|<b>", State.UNREADABLE, "a/\x1b|<b>", messages=("`x` is @wrong\n",)),
)


def report(*assets: AssetStatus, is_detailed: bool = False) -> StatusReport:
    return StatusReport(assets or ASSETS, "s" * 40, "r" * 40, MOMENT, is_detailed, outcome="nothing to do")


def test_a_person_sees_a_line_for_each_asset_and_those_that_need_a_look_last() -> None:
    assert plain(report().text()) == (
        "unchanged   model/a        1      no tag  today\n"
        "updated     environment/x  3 → 4  tagged  12 days ago          Dockerfile: b 1 → 2\n"
        "blocked     m/b            1      no tag  12 days or more ago  bump it (b\\n:2)\n"
        "unreadable  a/\\x1b|<b>                                         `x` is @wrong\\n\n"
        "4 assets · 1 unchanged · 1 updated · 1 blocked · 1 unreadable · with the pins of the last release · "
        "nothing to do\n"
    )


def test_a_person_sees_all_there_is_to_say_of_one_asset() -> None:
    assert plain(report(ASSETS[0], is_detailed=True).text()) == (
        "environment/x\n"
        "  updated      the next release makes version 4: Dockerfile: b 1 → 2\n"
        "  released     3 · 2025-11-05, 12 days ago · commit cccccccccccc · source dddddddddddd\n"
        "  release tag  environment/x/3\n"
        "  source       assets/x/asset.yaml\n"
        "  pins         h/base 1 · since 2025-11-05 or earlier, 12 days ago · Dockerfile\n"
        "               p 1.0 · Dockerfile\n"
        "  needed by    component/0, component/1, component/2, component/3, component/4, component/5, component/6, "
        "component/7, and 2 more\n"
        "\n"
        "1 asset · 1 updated · with the pins of the last release · nothing to do\n"
    )
    assert "its source is not known · or earlier: the history that is known here ends there\n" in plain(
        report(ASSETS[1], is_detailed=True).text()
    )


def test_every_state_has_words() -> None:
    for state in State:
        status = AssetStatus("m/b", state, None, "1", planned=BLOCKED)
        (line,) = [
            line for line in plain(report(status, is_detailed=True).text()).splitlines() if f"  {state} " in line
        ]
        assert len(line) > 20


def test_a_machine_sees_the_same() -> None:
    data = json.loads(json.dumps(report().data()))
    assert data["summary"]["updated"] == 1
    assert data["summary"].keys() == {str(state) for state in State}
    updated, blocked, *_ = data["assets"]
    assert updated["released"] == {"at": AT.isoformat(), "commit": "c" * 40, "source": "d" * 40, "or_earlier": False}
    assert [pin["since"] for pin in updated["pins"]] == [AT.isoformat(), None]
    assert (updated["tag"], updated["next_version"], blocked["tag"]) == ("environment/x/3", "4", None)
    assert blocked["messages"] == ["bump it"]


def test_markdown_shows_what_needs_a_look_and_nothing_of_it_is_markup() -> None:
    markdown = report().markdown()
    assert "model/a" not in markdown
    assert "| unreadable | a/&#92;x1b&#124;&lt;b&gt; |  |  |  | <code>x</code> is &#64;wrong&#92;n |" in markdown
    assert "#### a/&#92;x1b&#124;&lt;b&gt;\n" in report(*ASSETS, is_detailed=True).markdown()
