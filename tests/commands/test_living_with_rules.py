"""validate: choosing rules, living with their findings, having them mended."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Repo, assets_actions, component, environment

SPEC = "assets/adder/spec.yaml"
TAGGED = component()[SPEC] + "tags:\n  Python: 3.10  # the oldest\n"
BAD = {**component(), "assets/adder/asset.yaml": "type: component\nspec: spec.yaml\n", SPEC: TAGGED}
"""One error (missing-category) and one warning (tag-value-type)."""


def rules(ran: Ran) -> list[str]:
    return sorted(finding["rule"] for finding in ran.json["findings"])


def found(repo: Repo, *arguments: str) -> list[str]:
    return rules(repo.run("validate", "--format", "json", *arguments))


def test_rules_are_selected_and_ignored_by_id_and_by_group(repo: Repo) -> None:
    repo.write(BAD)
    assert found(repo) == ["missing-category", "tag-value-type"]
    assert found(repo, "--select", "tag") == ["tag-value-type"]
    assert found(repo, "--select", "tag-value-type", "--select", "category") == ["missing-category", "tag-value-type"]
    assert found(repo, "--ignore", "category") == ["tag-value-type"]
    assert found(repo, "--ignore", "missing-category", "--ignore", "tag-value-type") == []
    assert found(repo, "--select", "tag", "--ignore", "tag-value-type") == []


def test_a_rule_that_is_none_is_told_with_the_nearest_name(repo: Repo) -> None:
    repo.write(BAD)
    ran = repo.run("validate", "--ignore", "missing-categroy")
    assert ran.code == 2
    assert "no rule and no group of rules `missing-categroy`; did you mean `missing-category`?" in ran.err
    repo.write({".github/assets-actions.yml": "rules:\n  severity:\n    tagg: error\n"})
    ran = repo.run("validate")
    assert ran.code == 2
    assert ".github/assets-actions.yml: there is no rule and no group of rules `tagg`" in ran.err
    assert repo.run("validate", "--explain", "nothing").code == 2


def test_strict_makes_errors_of_warnings(repo: Repo) -> None:
    repo.write({**BAD, **component()})
    repo.write({SPEC: TAGGED})
    assert repo.run("validate").code == 0
    ran = repo.run("validate", "--strict", "--format", "json")
    assert ran.code == 1
    assert ran.json["findings"][0]["severity"] == "error"


def test_settings_select_ignore_and_weigh_rules_and_flags_win(repo: Repo) -> None:
    settings = "rules:\n  ignore: [category]\n  severity:\n    tag-value-type: error\n"
    repo.write({**BAD, ".github/assets-actions.yml": settings})
    ran = repo.run("validate", "--format", "json")
    assert [(f["rule"], f["severity"]) for f in ran.json["findings"]] == [("tag-value-type", "error")]
    repo.write({".github/assets-actions.yml": "rules:\n  select: [category]\n"})
    assert found(repo) == ["missing-category"]
    assert found(repo, "--select", "tag") == ["tag-value-type"]


def test_settings_ignore_rules_in_some_files(repo: Repo) -> None:
    per_path = 'rules:\n  per_path:\n    "assets/*/spec.yaml": [tag]\n    "other/*": [category]\n'
    repo.write({**BAD, ".github/assets-actions.yml": per_path})
    ran = repo.run("validate", "--format", "json")
    assert rules(ran) == ["missing-category"]
    assert ran.json["summary"]["ignored"] == 1


@pytest.mark.parametrize("names", ["tag-value-type", "tag", "category, tag-value-type"])
def test_a_comment_on_the_line_ignores_a_rule_there(repo: Repo, names: str) -> None:
    text = TAGGED.replace("# the oldest", f"# assets-actions: ignore[{names}] published so for years")
    repo.write({**BAD, SPEC: text + "  Other: 2.10\n"})
    ran = repo.run("validate", "--format", "json", "--select", "tag")
    assert [finding["line"] for finding in ran.json["findings"]] == [8]
    assert ran.json["summary"]["ignored"] == 1


def test_a_comment_for_another_rule_ignores_nothing(repo: Repo) -> None:
    repo.write({**BAD, SPEC: TAGGED.replace("# the oldest", "# assets-actions: ignore[category]")})
    assert found(repo, "--select", "tag") == ["tag-value-type"]


@pytest.mark.parametrize(
    "value",
    [
        '"3.10 # assets-actions: ignore[tag]"',
        "'x' # x 'assets-actions: ignore[tag]",
    ],
)
def test_what_is_no_comment_ignores_nothing(repo: Repo, value: str) -> None:
    repo.write({**BAD, SPEC: component()[SPEC] + f"tags: {{a: 1.10, b: {value}\n}}\n"})
    ran = repo.run("validate", "--format", "json", "--select", "tag")
    assert [f["line"] for f in ran.json["findings"]] == [6]


def test_what_is_ignored_is_still_shown_to_who_looks(repo: Repo, tmp_path: Path) -> None:
    repo.write({**BAD, SPEC: TAGGED.replace("# the oldest", "# assets-actions: ignore[tag] known")})
    ran = repo.run("validate", "--format", "json")
    assert [f["rule"] for f in ran.json["ignored"]] == ["tag-value-type"]
    summary = tmp_path / "summary.md"
    repo.run("validate", env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
    assert "<summary>1 ignored</summary>" in summary.read_text()
    assert "<code>tag-value-type</code>" in summary.read_text()


def test_a_baseline_knows_what_is_there_today_and_nothing_more(repo: Repo) -> None:
    repo.write(BAD)
    ran = repo.run("validate", "--write-baseline", "base.json", "--dry-run")
    assert ran.code == 1
    assert "would write 2 findings to base.json" in ran.err
    assert not (repo.path / "base.json").exists()
    assert repo.run("validate", "--write-baseline", "base.json").code == 0
    assert found(repo, "--baseline", "base.json") == []
    # Lines move; what is new is told, and what stands elsewhere or otherwise is new.
    repo.write({SPEC: "# a comment\n" + TAGGED})
    assert found(repo, "--baseline", "base.json") == []
    repo.write({SPEC: TAGGED.replace("3.10", "3.20")})
    assert found(repo, "--baseline", "base.json") == ["tag-value-type"]
    repo.write({SPEC: TAGGED + "  Other: 2.10\n"})
    assert found(repo, "--baseline", "base.json") == ["tag-value-type"]
    ran = repo.run("validate", "--format", "json", "--baseline", "base.json")
    assert ran.json["summary"]["baseline"] == 2
    # Written again, it knows everything again.
    assert repo.run("validate", "--baseline", "base.json", "--write-baseline", "base.json").code == 0
    assert found(repo, "--baseline", "base.json") == []


def test_the_settings_name_a_baseline_of_the_repository(repo: Repo, tmp_path: Path) -> None:
    repo.write(BAD)
    repo.run("validate", "--write-baseline", str(repo.path / ".github/base.json"))
    repo.write({".github/assets-actions.yml": "rules:\n  baseline: .github/base.json\n"})
    assert assets_actions("validate", "--format", "json", cwd=repo.path / "assets").json["findings"] == []
    (tmp_path / "base.json").write_text("{}")
    repo.write({".github/assets-actions.yml": "rules:\n  baseline: ../base.json\n"})
    ran = repo.run("validate")
    assert ran.code == 2
    assert "lies outside the repository" in ran.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "this is no JSON"),
        ("[]", "this is no baseline of findings"),
        ('{"version": 7, "findings": []}', "this is a baseline of version 7"),
        ('{"version": 1, "findings": [{"file": "x"}]}', "this is no baseline of findings"),
        (
            '{"version": 1, "findings": [{"file": "x", "rule": "x", "line": "", "count": 1e400}]}',
            "this is a baseline in which a count is no whole number",
        ),
        (
            '{"version": 1, "findings": [{"file": "x", "rule": "x", "line": "", "count": -5}]}',
            "this is a baseline in which a count is no whole number",
        ),
        ("[" * 200_000, "this is no baseline of findings"),
    ],
)
def test_a_baseline_that_is_none_is_told(repo: Repo, content: str, message: str) -> None:
    repo.write({**BAD, "base.json": content})
    ran = repo.run("validate", "--baseline", "base.json")
    assert ran.code == 2
    assert f"base.json: {message}" in ran.err
    assert repo.run("validate", "--baseline", "gone.json").code == 2


FIXABLE: dict[str, Any] = {
    **environment("sklearn-1.7"),
    "assets/sklearn-1.7/asset.yaml": "# Ours.\r\nname: sklearn-1.7\r\nversion: auto\r\ntype: environment\r\n"
    'spec: spec.yaml\r\nextra_config: environment.yaml\r\ncategories: \'["A", "Ü"]\'  # two\r\n',
    "assets/sklearn-1.7/spec.yaml": "\ufeffname: '{{asset.name}}'\nversion:   7 # by hand\ntags:\n"
    "  OS: Ubuntu22.04\n  Python:    3.10   # ten\n  Preview: ''\n",
}
FIXED = {
    "assets/sklearn-1.7/asset.yaml": FIXABLE["assets/sklearn-1.7/asset.yaml"].replace('\'["A", "Ü"]\'', '["A", "Ü"]'),
    "assets/sklearn-1.7/spec.yaml": FIXABLE["assets/sklearn-1.7/spec.yaml"]
    .replace("3.10", '"3.10"')
    .replace("7 #", '"{{asset.version}}" #'),
}


def test_fix_mends_what_has_an_obvious_mend_and_leaves_all_else_as_it_is(repo: Repo) -> None:
    repo.write(FIXABLE)
    config = repo.path / "assets/sklearn-1.7/asset.yaml"
    config.chmod(0o755)
    dry = repo.run("validate", "--fix", "--dry-run")
    assert '-  Python:    3.10   # ten\n+  Python:    "3.10"   # ten' in dry.out
    assert dry.code == 1
    assert config.read_bytes().decode() == FIXABLE["assets/sklearn-1.7/asset.yaml"]
    ran = repo.run("validate", "--fix")
    assert ran.code == 0, ran.out
    for path, text in FIXED.items():
        assert (repo.path / path).read_bytes().decode() == text
    assert stat.S_IMODE(config.stat().st_mode) == 0o755
    again = repo.run("validate", "--fix", "--format", "json")
    assert again.json["findings"] == []
    assert again.json["diff"] == ""


def test_fix_leaves_alone_what_is_ignored_or_in_the_baseline(repo: Repo) -> None:
    repo.write(BAD)
    repo.run("validate", "--write-baseline", "base.json")
    repo.run("validate", "--fix", "--baseline", "base.json")
    repo.run("validate", "--fix", "--ignore", "tag")
    assert (repo.path / SPEC).read_text() == TAGGED


def test_a_mend_that_would_not_read_back_is_not_made(repo: Repo) -> None:
    repo.write({**environment("sklearn-1.7"), ".github/assets-actions.yml": "images:\n  prefix: 'acme: #x/'\n"})
    assert repo.run("validate", "--fix", "--format", "json").json["diff"] == ""


def test_a_baseline_is_of_everything(repo: Repo) -> None:
    repo.commit(BAD)
    ran = repo.run("validate", "--write-baseline", "base.json", "--changed-since", "HEAD")
    assert ran.code == 2
    assert "it would forget the rest" in ran.err


def test_a_dry_run_of_nothing_is_told(repo: Repo) -> None:
    ran = repo.run("validate", "--dry-run")
    assert ran.code == 2
    assert "dry-run goes with fix or write-baseline" in ran.err


def test_a_rule_is_explained_without_a_repository(tmp_path: Path) -> None:
    ran = assets_actions("validate", "--explain", "disallowed-index", cwd=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith("disallowed-index  (build-context, error)\n")
    for part in ("Why: ", "Fix: ", "Source: "):
        assert part in ran.out
    data = assets_actions("validate", "--explain", "tag-value-type", "--format", "json", cwd=tmp_path).json
    assert (data["id"], data["severity"], data["fixable"]) == ("tag-value-type", "warning", True)


def test_all_rules_are_listed(tmp_path: Path) -> None:
    ran = assets_actions("validate", "--list-rules", "--format", "json", cwd=tmp_path)
    listed = {rule["id"] for rule in ran.json["rules"]}
    assert {"yaml-syntax", "name-order", "released-version"} <= listed
    text = assets_actions("validate", "--list-rules", cwd=tmp_path).out
    assert all(f"  {rule} " in text for rule in listed)


def test_it_needs_no_network_no_token_and_writes_nothing_to_a_read_only_repository(repo: Repo) -> None:
    repo.commit(BAD)
    repo.git("remote", "set-url", "origin", "https://no.such.host.invalid/x.git")
    folders = [path for path in (repo.path, *repo.path.rglob("*")) if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        ran = repo.run("validate", "--format", "json", env={"HOME": "/nonexistent", "TMPDIR": "/nonexistent"})
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert ran.err == ""
    assert rules(ran) == ["missing-category", "tag-value-type"]


def test_a_version_is_held_against_what_was_fetched_of_the_release(repo: Repo) -> None:
    repo.commit({**component("adder", "1.2"), **component("other", "3")})
    assert repo.release("--tag").code == 0
    repo.git(
        "fetch", "--quiet", "origin", "+refs/heads/release:refs/remotes/origin/release", "+refs/tags/*:refs/tags/*"
    )
    assert found(repo) == []
    repo.write({"assets/adder/src/add.py": "print(3)\n"})
    ran = repo.run("validate", "--format", "json")
    assert [(f["rule"], f["file"], f["line"]) for f in ran.json["findings"]] == [("released-version", SPEC, 3)]
    assert "src/add.py changed since" in ran.json["findings"][0]["message"]
    repo.write(component("adder", "1.1"))
    assert found(repo) == ["version-goes-down"]
    repo.write({**component("adder", "1.10"), "assets/adder/src/add.py": "print(3)\n"})
    assert found(repo) == []
    # Line endings and the mode of the checkout are no change; a mode that git keeps is one.
    repo.write(component("adder", "1.2"))
    repo.write({"assets/adder/src/add.py": "print(1 + 1)\r\n"})
    assert found(repo) == []
    (repo.path / "assets/adder/src/add.py").chmod(0o755)
    assert found(repo) == ["released-version"]


def test_what_others_refer_to_is_not_removed(repo: Repo) -> None:
    user = component("user")
    user["assets/user/spec.yaml"] += "environment: azureml:sklearn-1.7:1\n"
    repo.commit({**user, **environment("sklearn-1.7")})
    repo.release()
    repo.git("fetch", "--quiet", "origin", "+refs/heads/release:refs/remotes/origin/release")
    assert found(repo) == []
    repo.git("rm", "-rq", "assets/sklearn-1.7")
    ran = repo.run("validate", "--format", "json")
    assert rules(ran) == ["removed-dependency"]
    assert ran.json["findings"][0]["file"] == "assets/user/spec.yaml"


def test_without_a_repository_what_was_released_is_not_known_and_that_is_said(tmp_path: Path) -> None:
    for path, text in component().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    ran = assets_actions("validate", cwd=tmp_path, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert "3 checks skipped: this is no git repository, so what was released is not known" in ran.out
    assert ran.code == 0


def test_the_summary_and_annotations_of_a_run_have_them_all(repo: Repo, tmp_path: Path) -> None:
    names = [f"part{number:02}" for number in range(14)]
    for name in names:
        repo.write({**component(name), f"assets/{name}/asset.yaml": "type: component\nspec: spec.yaml\n"})
    summary = tmp_path / "summary.md"
    ran = repo.run("validate", env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
    assert ran.code == 1
    assert ran.out.count("::error ") == 10
    assert all(f"assets/{name}/asset.yaml" in summary.read_text() for name in names)
    assert os.path.getsize(summary) < 1024 * 1024
    assert json.dumps(ran.out)
