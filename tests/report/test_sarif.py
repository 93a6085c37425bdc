import json
import os
import re
import subprocess
import tomllib
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions import __version__
from assets_actions.assets.document import Place
from assets_actions.report import sarif as module
from assets_actions.report.sarif import sarif
from assets_actions.rules import rules
from assets_actions.rules.registry import Finding, Severity
from tests.conftest import ROOT, Repo, component

TOOLS = ROOT / ".tools/@microsoft"
HOSTILE_FILES = (
    "a b.yaml", "100%.yaml", "%41.yaml", "#.yaml", "what?.yaml", "c:d/e.yaml", "new\nline.yaml", "back\\slash.yaml",
    "名前/ü.yaml", "\U0001f600.yaml", "bad\udcff.yaml", "<&'\".yaml", "[x](y).yaml",
)  # fmt: skip
HOSTILE_MESSAGES = (
    "it is `wrong`", "two\nlines", "\x1b[31m\0", "\ud800 \udcff", "{0} {{asset.name}} {", "[click](http://a.example)", "",
)  # fmt: skip


def finding(
    rule: str = "some-rule",
    severity: Severity = Severity.ERROR,
    message: str = "it is wrong",
    file: str = "a/x.yaml",
    line: int = 3,
    fix: str | None = None,
) -> Finding:
    return Finding(rule, "group", severity, message, None, Place(file, line, 5, 8, "key: val"), fix)


def run_of(*findings: Finding) -> dict[str, Any]:
    (run,) = sarif(findings, rules())["runs"]
    assert isinstance(run, dict)
    return run


def result_of(one: Finding) -> dict[str, Any]:
    (result,) = run_of(one)["results"]
    assert isinstance(result, dict)
    return result


def test_the_tool_names_itself_its_version_and_every_rule_in_order() -> None:
    driver = run_of()["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("assets-actions", __version__)
    assert [rule["id"] for rule in driver["rules"]] == [rule.id for rule in rules()]


def test_a_rule_brings_its_documentation() -> None:
    rule = rules()[0]
    assert run_of()["tool"]["driver"]["rules"][0] == {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.documentation},
        "help": {"text": rule.documentation, "markdown": rule.documentation},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [rule.group], "problem.severity": "error"},
    }


def test_descriptions_are_as_short_as_github_shows_them() -> None:
    for rule in run_of()["tool"]["driver"]["rules"]:
        assert all(len(rule[key]["text"]) <= 1024 for key in ("shortDescription", "fullDescription"))


def test_a_finding_is_a_result_at_its_place() -> None:
    rule = rules()[4]
    result = result_of(finding(rule.id, Severity.WARNING, fix="write it right"))
    del result["partialFingerprints"]
    assert result == {
        "ruleId": rule.id,
        "ruleIndex": 4,
        "level": "warning",
        "message": {"text": "it is wrong: write it right."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a/x.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 8},
                }
            }
        ],
    }
    assert run_of()["columnKind"] == "unicodeCodePoints"


def test_an_id_that_no_rule_has_is_described_once_behind_the_rules() -> None:
    run = run_of(finding("release-blocked"), finding("release-blocked", line=4), finding("unresolved-tag"))
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described[len(rules()) :]] == ["release-blocked", "unresolved-tag"]
    assert described[len(rules())]["shortDescription"] == {"text": "Release blocked."}
    assert all(described[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_the_worst_findings_come_first_and_otherwise_their_order_stays() -> None:
    found = [finding(severity=severity, line=line) for line, severity in enumerate([*Severity][::-1] * 2, 1)]
    order = [
        (result["level"], result["locations"][0]["physicalLocation"]["region"]["startLine"])
        for result in run_of(*found)["results"]
    ]
    assert order == [("error", 3), ("error", 6), ("warning", 2), ("warning", 5), ("note", 1), ("note", 4)]


@given(st.binary(min_size=1))
def test_a_file_name_of_any_bytes_becomes_a_uri_that_gives_the_bytes_back(name: bytes) -> None:
    uri = result_of(finding(file=os.fsdecode(name)))["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)
    assert unquote_to_bytes(uri) == name


@given(st.text(), st.none() | st.text())
def test_any_message_becomes_one_line_of_utf_8_without_links(message: str, fix: str | None) -> None:
    text = result_of(finding(message=message, fix=fix))["message"]["text"]
    assert len(text.splitlines()) == 1
    assert "](" not in text
    json.dumps(text, ensure_ascii=False).encode()


def fingerprints(*findings: Finding) -> list[str]:
    return [next(iter(result["partialFingerprints"].values())) for result in run_of(*findings)["results"]]


def test_a_finding_keeps_its_fingerprint_where_its_line_moves() -> None:
    assert fingerprints(finding(line=3), finding(line=9)) == fingerprints(finding(line=30), finding(line=31))


def test_findings_that_differ_have_different_fingerprints_as_have_equal_ones_in_one_file() -> None:
    found = [finding(), finding(line=4), finding("other"), finding(message="other"), finding(file="bad\udcff")]
    assert len(set(fingerprints(*found))) == len(found)


def test_more_findings_than_github_takes_lose_the_least_severe_and_a_notification_says_so() -> None:
    found = [finding(severity=Severity.NOTE)] * 10 + [finding(severity=Severity.ERROR)] * 24_999
    run = run_of(*found)
    assert [result["level"] for result in run["results"]] == ["error"] * 24_999 + ["note"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("9 findings left out, the least severe")
    assert len(run_of(*found[:25_000])["results"]) == 25_000
    assert run_of(*found[:25_000])["invocations"][0]["toolExecutionNotifications"] == []


def validated(log: dict[str, Any], directory: Path) -> list[dict[str, Any]]:
    """What Microsoft's validator, with the rules that GitHub asks for, says about a log."""
    found = sorted(TOOLS.glob("sarif-multitool-linux@*/node_modules/@microsoft/*/Sarif.Multitool"))
    if not found:
        pytest.skip(f"no Sarif.Multitool in {TOOLS}; .ci/run installs it")
    given, said = directory / "given.sarif", directory / "said.sarif"
    given.write_text(json.dumps(log, indent=2))
    arguments = ["validate", str(given), "--output", str(said), "--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas"]
    levels = ["--level", "Error;Warning;Note", "--quiet"]
    # One of its rules would ask the web whether the schema is there; behind this proxy is nobody.
    env = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run([str(found[-1]), *arguments, *levels], env=env, check=False, capture_output=True)
    (run,) = json.loads(said.read_text("utf-8-sig"))["runs"]
    # A file that it did not look at has no complaints either.
    assert run["invocations"][0]["executionSuccessful"]
    assert "toolConfigurationNotifications" not in run["invocations"][0]
    return list(run["results"])


JUSTIFIED = {
    # Our messages stand in the source, in one language: no message table.
    ("SARIF2002", "Note_Default"),
    # A pure function knows no commit, and GitHub knows it from the upload.
    ("SARIF2003", "Note_Default"),
    # A warning. The project has no page on the web that it could name; with one in pyproject.toml this must go.
    ("SARIF2005", "Warning_ProvideToolnformationUri"),
    # The test gives it no network.
    ("SARIF2006", "Note_Default"),
    # Ids are words that people can select and ignore, not numbers.
    ("SARIF2009", "Note_UseConventionalRuleIds"),
    # GitHub shows the file's own lines.
    ("SARIF2010", "Note_Default"),
    ("SARIF2011", "Note_Default"),
    # Ids are words: a name would be the id again, which SARIF1001 warns of. The help stands in the file.
    ("SARIF2012", "Note_ProvideFriendlyName"),
    ("SARIF2012", "Note_ProvideHelpUri"),
}


def complaints(log: dict[str, Any], directory: Path) -> set[tuple[str, str]]:
    return {(one["ruleId"], one["message"]["id"]) for one in validated(log, directory)} - JUSTIFIED


def test_the_validator_has_no_complaint_of_a_run_without_findings(tmp_path: Path) -> None:
    assert complaints(sarif([], rules()), tmp_path) == set()


def test_the_validator_has_no_complaint_of_hostile_findings_of_every_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [*(rule.id for rule in rules()), "release-blocked", "unresolved-tag"]
    found = [
        finding(ids[number % len(ids)], severity, message, file, number + 1, [None, "mend\nit"][number % 2])
        for number, (severity, message, file) in enumerate(product(Severity, HOSTILE_MESSAGES, HOSTILE_FILES))
    ]
    monkeypatch.setattr(module, "MAX_RESULTS", len(found) - 1)
    log = sarif(found, rules())
    assert log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert complaints(log, tmp_path) == set()


def test_the_validator_does_complain_of_what_is_wrong(tmp_path: Path) -> None:
    log = sarif([finding()], rules())
    log["runs"][0]["results"][0]["ruleIndex"] = 10_000
    del log["runs"][0]["tool"]["driver"]["rules"][0]["help"]
    assert complaints(log, tmp_path)


def test_the_tool_needs_a_page_on_the_web_as_soon_as_the_project_has_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert ("urls" in project) == ("informationUri" in run_of()["tool"]["driver"])


@pytest.mark.parametrize("output", [True, False])
def test_a_command_writes_sarif_and_junit_to_a_file_or_to_standard_output(repo: Repo, output: bool) -> None:
    repo.write({**component(), "assets/adder/spec.yaml": "type: command\nname: adder\n"})
    for form in ("sarif", "junit"):
        ran = repo.run("validate", "--format", form, *(["--output", "found"] if output else []))
        assert (ran.code, ran.err) == (1, "")
        text = (repo.path / "found").read_text() if output else ran.out
        assert (ran.out == "") is output
        if form == "sarif":
            assert [result["ruleId"] for result in json.loads(text)["runs"][0]["results"]] == ["missing-key"]
        else:
            assert "missing-key" in text
            assert 'failures="1"' in text


def test_in_a_workflow_run_outputs_and_summary_are_set_beside_sarif(repo: Repo, tmp_path: Path) -> None:
    repo.write({**component(), "assets/adder/spec.yaml": "type: command\nname: adder\n"})
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    ran = repo.run("validate", "--format", "sarif", env={"GITHUB_ACTIONS": "true", **files})
    assert json.loads(ran.out)["version"] == "2.1.0"
    assert "errors" in (tmp_path / "GITHUB_OUTPUT").read_text()
    assert "missing-key" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
