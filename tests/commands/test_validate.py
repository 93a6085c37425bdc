"""validate, on real working trees."""

import os
import re
import time
from pathlib import Path

import pytest

from tests.conftest import Repo, assets_actions, component, environment

TWENTY: dict[str, tuple[str, str | bytes, int, str]] = {
    "yaml": ("asset.yaml", "type: [\n", 1, "yaml-syntax"),
    "quote": ("spec.yaml", "name: x\nversion: 1\ndescription: 'never closed\n", 3, "yaml-syntax"),
    "tab": ("spec.yaml", "name: x\n\tversion: 1\n", 2, "yaml-syntax"),
    "colon": ("spec.yaml", "name: x\nversion: 1\ndescription: a: b\n", 3, "yaml-syntax"),
    "latin": ("spec.yaml", b"name: x\nversion: 1\ndescription: caf\xe9\n", 3, "yaml-syntax"),
    "nul": ("spec.yaml", b"name: x\nversion: 1\nd: \0\n", 3, "yaml-syntax"),
    "two": ("spec.yaml", "name: x\nversion: 1\n---\nname: y\n", 3, "yaml-syntax"),
    "bomb": ("spec.yaml", "name: x\nversion: 1\na: &a [&b [1], *c]\n", 3, "yaml-syntax"),
    "deep": ("spec.yaml", "name: x\nversion: 1\na: " + "[" * 5000 + "\n", 3, "yaml-syntax"),
    "huge": ("spec.yaml", "name: x\nversion: 1\n" + "#" * 1_100_000, 1, "yaml-syntax"),
    "bare-tag": ("spec.yaml", "version: 1\nname: {{asset.name}}\n", 2, "yaml-syntax"),
    "list": ("asset.yaml", "- type: code\n", 1, "wrong-value"),
    "empty": ("asset.yaml", "", 1, "wrong-value"),
    "twice": ("spec.yaml", "name: x\nversion: 1\ntags:\n  a: b\n  a: c\n", 5, "duplicate-key"),
    "unknown": ("asset.yaml", "type: code\nspec: spec.yaml\nrelease_path: []\n", 3, "unknown-key"),
    "no-spec": ("asset.yaml", "\ntype: code\n", 2, "missing-key"),
    "no-version": ("spec.yaml", "# head\nname: x\n", 2, "missing-key"),
    "bad-type": ("asset.yaml", "spec: spec.yaml\ntype: cod\n", 2, "wrong-value"),
    "bad-name": ("spec.yaml", "version: 1\nname: a/b\n", 2, "wrong-value"),
    "gone": ("asset.yaml", "type: code\nspec: spec.yaml\nrelease_paths:\n  - gone\n", 4, "missing-file"),
    "outside": ("spec.yaml", "name: x\nversion: 1\ncode: ../../../outside\n", 3, "outside-repository"),
    "home": ("asset.yaml", "type: code\nspec: /etc/hostname\n", 2, "outside-repository"),
}


NOT_FETCHED = "what was released is not known here: `refs/remotes/origin/release` has not been fetched"


def broken(repo: Repo) -> dict[str, int]:
    """A repository in which every asset is broken in its own way; returns file → line."""
    wanted = {}
    for name, (file, content, line, _) in TWENTY.items():
        good = {
            f"assets/{name}/asset.yaml": f"type: code\nspec: spec.yaml\nname: {name}\n",
            f"assets/{name}/spec.yaml": f"name: {name}\nversion: 1\n",
        }
        repo.write({**good, f"assets/{name}/{file}": content})
        wanted[f"assets/{name}/{file}"] = line
    return wanted


def snapshot(directory: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in directory.rglob("*")
        if ".git/" not in str(path)
    }


def test_twenty_broken_documents_give_all_their_findings_in_one_run_and_stay_as_they_are(repo: Repo) -> None:
    wanted = broken(repo)
    repo.git("add", "--all")
    before = snapshot(repo.path)
    ran = repo.run("validate", "--format", "json")
    assert ran.code == 1
    assert ran.err == ""
    found = {(f["file"], f["line"], f["rule"]) for f in ran.json["findings"]}
    for name, (file, _, line, rule) in TWENTY.items():
        assert (f"assets/{name}/{file}", line, rule) in found, name
    assert {f["file"]: f["line"] for f in ran.json["findings"] if f["group"] in ("document", "reference")} == wanted
    assert ran.json["summary"]["assets"] == len(TWENTY)
    assert ran.json["summary"]["errors"] == sum(f["severity"] == "error" for f in ran.json["findings"])
    assert snapshot(repo.path) == before


def test_the_shape_of_the_json_is_the_one_that_scripts_rely_on(repo: Repo) -> None:
    repo.write({**component(), "assets/adder/spec.yaml": "type: command\nname: adder\n"})
    ran = repo.run("validate", "--format", "json")
    assert ran.json == {
        "schema_version": 1,
        "summary": {
            "assets": 1,
            "errors": 1,
            "warnings": 0,
            "skipped": ran.json["summary"]["skipped"],
            "notes": 0,
            "ignored": 0,
            "baseline": 0,
        },
        "findings": [
            {
                "rule": "missing-key",
                "group": "document",
                "severity": "error",
                "message": "`version` is missing",
                "asset": "assets/adder/asset.yaml",
                "file": "assets/adder/spec.yaml",
                "line": 1,
                "column": 1,
            }
        ],
    }


def test_a_person_sees_files_lines_and_a_caret(repo: Repo) -> None:
    repo.write({**component(), **environment("sklearn-1.7")})
    repo.write({"assets/adder/asset.yaml": "type: componnent\nspec: spec.yaml\n"})
    ran = repo.run("validate")
    assert ran.code == 1
    text = re.sub(r"\d\.\d s", "0.1 s", re.sub(r"\d+ checks", "9 checks", ran.out))
    assert text == (
        "assets/adder/asset.yaml\n"
        "    1:7    error    wrong-value  `componnent` is not one of: agentblueprint, agentmanifest, apptemplate, benchmarkspec, "
        "code, component, data, environment, evaluationresult, evaluator, humanevaluationtemplate, model, prompt; "
        "did you mean `component`?\n"
        "       1 | type: componnent\n"
        "         |       ^^^^^^^^^^\n"
        "9 checks skipped: a file of the asset could not be read\n"
        f"9 checks skipped: {NOT_FETCHED}\n"
        "2 assets · 1 error · 0 warnings · 0.1 s        explain a rule: assets-actions validate --explain wrong-value\n"
    )


def test_good_assets_give_no_findings(repo: Repo) -> None:
    repo.write({**component(), **environment("sklearn-1.7")})
    ran = repo.run("validate")
    assert ran.code == 0
    assert re.fullmatch(rf"3 checks skipped: {NOT_FETCHED}\n2 assets · 0 errors · 0 warnings · \d\.\d s\n", ran.out)


def test_files_that_git_ignores_are_not_there(repo: Repo) -> None:
    repo.write({**component(), ".gitignore": "src/\n"})
    ran = repo.run("validate", "--format", "json")
    assert [finding["rule"] for finding in ran.json["findings"]] == ["missing-file"]


def test_files_that_are_deleted_are_not_there_and_new_ones_are(repo: Repo) -> None:
    repo.commit(component())
    (repo.path / "assets/adder/src/add.py").unlink()
    assert repo.run("validate").code == 1
    repo.write({"assets/adder/src/new.py": ""})
    assert repo.run("validate").code == 0


def test_a_plain_directory_can_be_validated(tmp_path: Path) -> None:
    Repo(tmp_path, tmp_path).write({**component(), "assets/adder/spec.yaml": "name: adder\nversion: 1\ncode: gone\n"})
    ran = assets_actions("validate", "--format", "json", cwd=tmp_path)
    assert ran.json["findings"][0]["rule"] == "missing-file"


def test_it_works_from_a_folder_of_the_repository_and_names_files_from_its_root(repo: Repo) -> None:
    repo.write({**component(), "assets/adder/asset.yaml": "type: x\n"})
    ran = assets_actions("validate", "--format", "json", cwd=repo.path / "assets/adder")
    assert {finding["file"] for finding in ran.json["findings"]} == {"assets/adder/asset.yaml"}


def test_links_and_pipes_are_never_followed_or_read(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("type: code\nspec: x\n")
    repo.write({"assets/x/spec.yaml": "name: x\nversion: 1\n"})
    (repo.path / "assets/x/asset.yaml").symlink_to(tmp_path / "secret")
    (repo.path / "assets/y").symlink_to(tmp_path)
    (repo.path / "assets/z").mkdir()
    os.mkfifo(repo.path / "assets/z/asset.yaml")
    ran = repo.run("validate", "--format", "json")
    assert ran.code == 1
    assert [(f["rule"], f["file"]) for f in ran.json["findings"]] == [("yaml-syntax", "assets/x/asset.yaml")]


def test_names_of_any_bytes_are_shown_without_harm(repo: Repo) -> None:
    name = os.fsdecode(b"assets/\x1b[31mred\n::error::x\xff")
    repo.write({f"{name}/asset.yaml": "type: x\n"})
    ran = repo.run("validate")
    assert "assets/\\x1b[31mred\\n::error::x\\xff/asset.yaml" in ran.out
    assert repo.run("validate", "--format", "json").json["findings"][0]["file"] == f"{name}/asset.yaml"


def test_settings_say_where_assets_are(repo: Repo) -> None:
    moved = {path.replace("assets/", "ml/things/"): text for path, text in component().items()}
    repo.write({**moved, ".github/assets-actions.yml": "assets_dirs: [ml]\n"})
    assert "1 asset " in repo.run("validate").out
    repo.write(component())
    assert "2 assets " in repo.run("validate", "--assets-dir", "ml", "--assets-dir", "assets/").out
    repo.write({"other.yml": "assets_dirs: [assets]\n"})
    assert "1 asset " in repo.run("validate", "--settings", "other.yml").out


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("assets_dir: [x]\n", ".github/assets-actions.yml:1:1: wrong settings: there is no setting `assets_dir`"),
        ("\nassets_dirs: x\n", ".github/assets-actions.yml:2:14: wrong settings: `x` is not a list"),
        ("assets_dirs: []\n", ".github/assets-actions.yml:1:14: wrong settings: a list"),
        ('release_branch: "x\\0y"\n', "holds a character that no name has"),
        ("a: [\n", ".github/assets-actions.yml:1:4: wrong settings: did not find expected"),
    ],
)
def test_settings_that_are_wrong_are_told_with_their_place(repo: Repo, settings: str, message: str) -> None:
    repo.write({**component(), ".github/assets-actions.yml": settings})
    ran = repo.run("validate")
    assert ran.code == 2
    assert message in ran.err


def test_a_result_can_go_to_a_file(repo: Repo, tmp_path: Path) -> None:
    repo.write(component())
    ran = repo.run("validate", "--format", "json", "--output", str(tmp_path / "findings.json"))
    assert ran.out == ""
    assert '"assets": 1' in (tmp_path / "findings.json").read_text()
    ran = repo.run("validate", "--output", str(tmp_path / "no/such/dir"))
    assert ran.code == 2
    assert "the result cannot be written: there is no directory" in ran.err


def test_settings_outside_of_the_repository_are_none(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("password: hunter2\n")
    repo.write(component())
    (repo.path / ".github").mkdir()
    (repo.path / ".github/assets-actions.yml").symlink_to(tmp_path / "secret.yml")
    ran = repo.run("validate")
    assert ran.code == 2
    assert "the settings are no file of the repository" in ran.err
    assert "password" not in ran.err + ran.out


def test_a_huge_file_is_not_read_to_be_told_too_large(repo: Repo) -> None:
    repo.write(component())
    with (repo.path / "assets/adder/spec.yaml").open("wb") as file:
        file.truncate(20_000_000_000)
    ran = repo.run("validate", "--format", "json")
    assert [(f["rule"], f["file"]) for f in ran.json["findings"]] == [("yaml-syntax", "assets/adder/spec.yaml")]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"unknown{n}: x\n" for n in range(45_000)),
        "".join("same: x\n" for _ in range(45_000)),
        "name: " + "x" * 900_000,
        "a: [" + "'', " * 45_000 + "]",
    ],
    ids=["unknown keys", "the same key", "a long name", "a long list"],
)
def test_a_document_made_to_be_slow_is_not(repo: Repo, text: str) -> None:
    repo.write({**component(), "assets/adder/asset.yaml": text})
    started = time.monotonic()
    ran = repo.run("validate", "--format", "json")
    assert ran.code == 1
    assert time.monotonic() - started < 10, "linear takes about one second; what is quadratic takes minutes"
    assert max(len(f["message"]) for f in ran.json["findings"]) < 500


def test_a_submodule_of_that_name_is_no_asset_config(repo: Repo) -> None:
    commit = repo.commit(component())
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},assets/x/asset.yaml")
    (repo.path / "assets/x/asset.yaml").mkdir(parents=True)
    assert "1 asset " in repo.run("validate").out
