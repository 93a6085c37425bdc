from assets_actions.release.affected import Affected, AffectedAsset, Effect
from assets_actions.release.compare import Change
from assets_actions.report.affected import LONGEST_GRAPH, MOST_EDGES, AffectedReport
from assets_actions.report.text import plain

HOSTILE = 'assets/a"];\n```\n<b>`%%{init}%% --> #quot; |\udcff/asset.yaml'
ENV, STEP = "environment/env-1", "component/step"


def asset(id_: str, effect: Effect, *reasons: Change, chain: tuple[str, ...] = ()) -> AffectedAsset:
    type_, _, name = id_.partition("/")
    return AffectedAsset(id_, type_, name, f"assets/{name}/asset.yaml", effect, reasons, chain or (id_,))


AFFECTED = Affected(
    "s" * 40,
    "b" * 40,
    (
        asset(STEP, Effect.DEPENDENT, chain=(ENV, STEP)),
        asset(ENV, Effect.MODIFIED, *(Change(f"{n}\n", "modified") for n in range(5))),
        asset("model/new", Effect.ADDED, Change("x", "added")),
        AffectedAsset(HOSTILE, None, None, HOSTILE, Effect.REMOVED, (), (HOSTILE,)),
    ),
    ((ENV, STEP),),
    7,
)


def test_a_person_sees_what_is_affected_and_why() -> None:
    few = Affected(*("s" * 40, "b" * 40), AFFECTED.assets[:3], AFFECTED.edges, 7)
    assert plain(AffectedReport(few, []).text()) == (
        "added      model/new           x\n"
        "modified   environment/env-1   0\\n, 1\\n, 2\\n, and 2 more\n"
        "dependent  component/step      environment/env-1 → component/step\n"
        "10 assets · 1 added · 1 modified · 1 dependent · 7 unaffected · since bbbbbbbbbbbb\n"
    )
    nothing = Affected("s", None, (), (), 1)
    assert plain(AffectedReport(nothing, [], "why").text()) == "1 asset · 1 unaffected · why\n"


def test_a_machine_sees_the_shape_that_scripts_rely_on() -> None:
    data = AffectedReport(AFFECTED, [[STEP], [ENV]]).data()
    assert {key: data[key] for key in data if key != "assets"} == {
        "schema_version": 1,
        "source": "s" * 40,
        "base": "b" * 40,
        "summary": {"added": 1, "modified": 1, "removed": 1, "dependent": 1, "unaffected": 7},
        "shards": [[STEP], [ENV]],
    }
    assert data["assets"][0] == {
        "id": STEP,
        "type": "component",
        "name": "step",
        "path": "assets/step/asset.yaml",
        "status": "dependent",
        "reasons": [],
        "chain": [ENV, STEP],
    }
    assert data["assets"][2]["reasons"] == [{"path": "x", "change": "added"}]


def test_the_summary_has_a_graph_and_a_table() -> None:
    markdown = AffectedReport(AFFECTED, []).markdown()
    assert '```mermaid\nflowchart LR\n  n0["environment/env-1"]\n  n1["component/step"]\n  n0 --> n1\n```\n' in markdown
    assert "| dependent | <code>component/step</code> | environment/env-1 → component/step |" in markdown
    assert "mermaid" not in AffectedReport(Affected("s", "b", AFFECTED.assets, (), 0), []).markdown()


def test_no_name_gets_out_of_the_graph_or_the_table() -> None:
    markdown = AffectedReport(Affected("s", "b", AFFECTED.assets, ((HOSTILE, STEP),), 0), []).markdown()
    graph = markdown[markdown.index("```mermaid") :].split("\n")
    assert graph[2].count('"') == 2
    assert graph[2].startswith('  n0["assets/a#34;#93;#59;#92;n#96;#96;#96;#92;n#60;b#62;#96;#37;#37;#123;')
    assert graph[5] == "```"
    assert markdown.count("```") == 2
    assert "<b>" not in markdown


def test_a_graph_that_mermaid_would_not_draw_is_cut_off_and_says_so() -> None:
    for name, most in (("short", MOST_EDGES), ("x" * 400, 120)):
        edges = tuple((ENV, f"component/{name}{number:03}") for number in range(700))
        markdown = AffectedReport(Affected("s", "b", (), edges, 0), []).markdown()
        graph = markdown[markdown.index("flowchart") : markdown.rindex("```")]
        drawn = graph.count(" --> ")
        assert f"The graph shows {drawn} of 700 dependencies.\n" in markdown
        assert len(graph) <= LONGEST_GRAPH
        assert most - 10 < drawn <= most
