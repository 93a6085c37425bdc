from dataclasses import replace

from assets_actions.assets.document import Place
from assets_actions.release.compare import Change
from assets_actions.release.plan import Blocked, Plan, PlannedAsset, Status
from assets_actions.release.records import Records
from assets_actions.report.commit import commit_message
from assets_actions.report.plan import PlanReport
from assets_actions.report.text import plain

PLACE = Place("assets/score/asset.yaml", 2, 1, 8, "version: 1.4")
PLAN = Plan(
    "s" * 40,
    "r" * 40,
    (
        PlannedAsset(
            "component/score_model",
            "assets/score/asset.yaml",
            Status.BLOCKED,
            "1.4",
            "1.4",
            (Change("a", "added"),),
            Blocked("bump it", PLACE),
        ),
        PlannedAsset(
            "component/train_model",
            "assets/train/asset.yaml",
            Status.UPDATED,
            "0.2",
            "0.3",
            tuple(Change(name, "modified") for name in ("a.py", "b.py", "c\n.py", "d.py", "e.py")),
        ),
        PlannedAsset(
            "environment/automl",
            "assets/e/asset.yaml",
            Status.UPDATED,
            "34",
            "35",
            (Change("context/Dockerfile", "modified", "base 1 → 2"),),
        ),
        PlannedAsset("environment/pending", "assets/p/asset.yaml", Status.UPDATED, "3", "3", (Change("x", "mode"),)),
        PlannedAsset("evaluator/new_one", "assets/n/asset.yaml", Status.NEW, None, "4"),
        PlannedAsset("evaluator/old_one", "latest/evaluator/old_one/asset.yaml", Status.REMOVED, "2", None),
        PlannedAsset("model/same", "assets/m/asset.yaml", Status.UNCHANGED, "1", "1"),
    ),
    6,
    {"latest/x": None},
    {},
    Records("s" * 40, frozenset({"environment/a/5"}), {"environment/b": "sha256:1"}),
)


def test_a_person_sees_what_happens_to_each_asset_and_why() -> None:
    assert plain(PlanReport(PLAN, "nothing written").text()) == (
        "new       evaluator/new_one              4\n"
        "updated   component/train_model  0.2 → 0.3   a.py, b.py, c\\n.py, and 2 more\n"
        "updated   environment/automl       34 → 35   context/Dockerfile: base 1 → 2\n"
        "updated   environment/pending            3   x\n"
        "blocked   component/score_model        1.4   bump it (assets/score/asset.yaml:2)\n"
        "removed   evaluator/old_one\n"
        "6 assets · 1 new · 3 updated · 1 blocked · 1 removed · 1 unchanged · nothing written\n"
    )


def test_a_machine_sees_the_shape_that_scripts_rely_on() -> None:
    data = PlanReport(PLAN).data()
    assert {key: data[key] for key in ("schema_version", "source", "release", "summary")} == {
        "schema_version": 1,
        "source": "s" * 40,
        "release": "r" * 40,
        "summary": {"new": 1, "updated": 3, "unchanged": 1, "removed": 1, "blocked": 1},
    }
    assert data["assets"][2] == {
        "id": "environment/automl",
        "type": "environment",
        "name": "automl",
        "path": "assets/e/asset.yaml",
        "status": "updated",
        "previous_version": "34",
        "version": "35",
        "reasons": [{"path": "context/Dockerfile", "change": "modified"}],
    }
    assert data["assets"][0]["message"] == "bump it"


def test_what_blocks_is_an_error_at_its_line() -> None:
    (finding,) = PlanReport(PLAN).findings
    assert (finding.rule, finding.file, finding.line) == ("release-blocked", "assets/score/asset.yaml", 2)
    assert finding.message == "component/score_model 1.4: bump it"


def test_the_summary_is_a_table_of_the_same() -> None:
    markdown = PlanReport(PLAN).markdown()
    assert "| updated | <code>environment/automl</code> | 34 → 35 | context/Dockerfile: base 1 → 2 |" in markdown
    assert "same" not in markdown


def test_the_commit_tells_what_was_released_and_from_where() -> None:
    assert commit_message(PLAN, {"Tool-Version": "x\ny"}) == (
        "Release 4 assets: component/train_model 0.3, environment/automl 35, environment/pending 3, …\n"
        "\n"
        "updated component/train_model 0.3 (was 0.2): a.py modified, b.py modified, c\\n.py modified, d.py modified, e.py modified\n"
        "updated environment/automl 35 (was 34): context/Dockerfile modified (base 1 → 2)\n"
        "updated environment/pending 3 (was 3): x mode\n"
        "new evaluator/new_one 4\n"
        "removed evaluator/old_one\n"
        "\n"
        f"Source-Commit: {'s' * 40}\n"
        "Burned: environment/a/5\n"
        "Held: environment/b sha256:1\n"
        "Tool-Version: x\\ny\n"
    )


def test_a_release_that_only_removes_says_so() -> None:
    plan = Plan("s", "r", tuple(PLAN.having(Status.REMOVED)), 1, {}, {})
    assert commit_message(plan, {}).startswith("Remove 1 asset: evaluator/old_one\n")


def test_what_is_done_by_hand_has_a_title_of_its_own_and_says_so() -> None:
    plan = replace(PLAN, assets=(), title="Burn environment/a 5")
    assert commit_message(plan, {}).startswith(f"Burn environment/a 5\n\nSource-Commit: {'s' * 40}\n")
    assert PlanReport(plan, "pushed").headline == "Burn environment/a 5 · pushed"


def test_what_is_held_back_is_shown_with_what_it_would_release() -> None:
    held = PlannedAsset("environment/a", "a", Status.UNCHANGED, "6", "6", (Change("x", "modified"),), note="held back")
    report = PlanReport(replace(PLAN, assets=(held,)))
    assert plain(report.text()) == "unchanged environment/a  6   held back: x\n1 asset · 1 unchanged\n"
    assert report.data()["assets"][0]["note"] == "held back"
