from dataclasses import replace

from assets_actions.assets.document import Place
from assets_actions.report.findings import FindingsReport
from assets_actions.report.text import plain
from assets_actions.rules.registry import Finding, Severity, Skipped


def finding(severity: Severity = Severity.ERROR, **place: object) -> Finding:
    where = {"file": "a/x.yaml", "line": 3, "column": 5, "end_column": 8, "source": "key: val # more", **place}
    return Finding("missing-category", "group", severity, "it is `wrong`", "model/x", Place(**where), "write it right")  # type: ignore[arg-type]


def test_the_source_line_has_a_caret_below_what_is_meant() -> None:
    report = FindingsReport(2, [finding(), finding(Severity.WARNING, line=120, column=1, end_column=4)], seconds=1.24)
    assert plain(report.text()) == (
        "a/x.yaml\n"
        "    3:5    error    missing-category  it is `wrong`\n"
        "       3 | key: val # more\n"
        "         |     ^^^ write it right\n"
        "  120:1    warning  missing-category  it is `wrong`\n"
        "     120 | key: val # more\n"
        "         | ^^^ write it right\n"
        "2 assets · 1 error · 1 warning · 1.2 s        explain a rule: assets-actions validate --explain missing-category\n"
    )


def test_a_caret_stands_right_below_tabs_and_hidden_characters() -> None:
    text = plain(FindingsReport(1, [finding(source="\t\x1bkey: val", column=3, end_column=6)]).text())
    assert "       3 |  \\x1bkey: val\n         |      ^^^ write it right\n" in text


def test_a_line_that_is_too_long_is_not_shown_but_the_fix_is() -> None:
    text = plain(FindingsReport(1, [finding(source="x" * 500)]).text())
    assert "xxx" not in text
    assert "write it right" in text


def test_notes_and_skipped_checks_are_counted_where_there_are_any() -> None:
    skipped = [Skipped("a", "x", "no network"), Skipped("b", "x", "no network"), Skipped("b", "y", "no tags")]
    text = plain(FindingsReport(1, [finding(Severity.NOTE)], skipped).text())
    assert "2 checks skipped: no network\n1 check skipped: no tags\n1 asset · 0 errors · 0 warnings · 1 note" in text


def test_what_is_ignored_or_known_is_counted_where_there_is_any() -> None:
    text = plain(FindingsReport(1, [], ignored=[finding(), finding()], known=3).text())
    assert text == "1 asset · 0 errors · 0 warnings · 2 ignored · 3 in the baseline\n"


def test_the_summary_has_the_worst_first_and_the_fix_beside_it() -> None:
    markdown = FindingsReport(1, [finding(Severity.WARNING), finding(Severity.ERROR)]).markdown()
    rows = markdown.splitlines()
    assert rows[0] == "### Validation"
    assert (
        rows[6]
        == "| error | <code>a/x.yaml:3</code> | <code>missing-category</code> | it is <code>wrong</code>: write it right |"
    )
    assert rows[7].startswith("| warning |")
    assert "|" not in FindingsReport(1, []).markdown()


def test_only_what_is_a_rule_can_be_explained() -> None:
    unknown = replace(finding(), rule="unresolved-tag")
    assert "explain" not in plain(FindingsReport(1, [unknown]).text())
    assert "--explain missing-category" in plain(FindingsReport(1, [unknown, finding()]).text())
