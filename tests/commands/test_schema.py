"""schema: what editors complete and check by."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assets_actions import sample
from tests.conftest import assets_actions


def check(schema: Path, *files: Path) -> str:
    """What a validator of JSON schemas says of some YAML files; nothing where all are well."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout


@pytest.fixture
def schemas(tmp_path: Path) -> dict[str, Path]:
    written = {}
    for name in ("asset", "environment", "settings"):
        written[name] = tmp_path / f"{name}.schema.json"
        assert assets_actions("schema", name, "--output", str(written[name]), cwd=tmp_path).code == 0
    return written


@pytest.mark.parametrize("name", ["asset", "environment", "settings"])
def test_it_prints_a_schema_that_is_one_with_the_line_for_editors(tmp_path: Path, name: str) -> None:
    printed = assets_actions("schema", name, cwd=tmp_path).json
    assert printed["$comment"] == f"# yaml-language-server: $schema={name}.schema.json"
    (tmp_path / "x.json").write_text(json.dumps(printed))
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--check-metaschema", str(tmp_path / "x.json")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_sample_is_well_by_the_schemas(schemas: dict[str, Path]) -> None:
    files = Path(sample.__file__).parent
    assert check(schemas["asset"], *files.rglob("asset.yaml")) == ""
    assert check(schemas["environment"], *files.rglob("environment.yaml")) == ""


def test_real_assets_are_well_by_the_schemas(schemas: dict[str, Path], corpus: Path, tmp_path: Path) -> None:
    case = min(path.parent.name for path in corpus.glob("*/repo.bundle"))
    subprocess.run([corpus / "unpack", case, tmp_path / case], check=True)
    main = tmp_path / "main"
    subprocess.run(["git", "clone", "-q", "--branch", "main", tmp_path / case / "origin.git", main], check=True)
    assert check(schemas["environment"], *main.rglob("environment.yaml")) == ""
    wrong = check(schemas["asset"], *main.rglob("asset.yaml"))
    assert {line.split("::")[1].split(":")[0] for line in wrong.splitlines() if "::" in line} <= {"$.categories"}, wrong


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("asset", "type: component\nspec: spec.yaml\nversoin: 1\n", "versoin"),
        ("asset", "type: componnent\nspec: spec.yaml\n", "componnent"),
        ("environment", "image:\n  name: x\n", "'os' is a required property"),
        ("settings", "rules:\n  severity:\n    tag: fatal\n", "fatal"),
        ("settings", "image:\n  hosts: []\n", "image"),
    ],
)
def test_an_editor_sees_what_is_wrong(
    schemas: dict[str, Path], tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / "x.yaml").write_text(text)
    assert told in check(schemas[name], tmp_path / "x.yaml")


def test_settings_as_the_readme_shows_them_are_well(schemas: dict[str, Path], tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    shown = readme.split("## Settings")[1].split("```yaml\n")[1].split("```")[0]
    (tmp_path / "x.yaml").write_text(shown)
    assert check(schemas["settings"], tmp_path / "x.yaml") == ""
    (tmp_path / "repo/assets").mkdir(parents=True)
    (tmp_path / "repo/assets/x").touch()
    ran = assets_actions("validate", "--settings", str(tmp_path / "x.yaml"), cwd=tmp_path / "repo")
    assert ran.code == 0, ran.err


def test_a_schema_that_there_is_none_of_is_told(tmp_path: Path) -> None:
    assert assets_actions("schema", "spec", cwd=tmp_path).code == 2
    assert assets_actions("schema", cwd=tmp_path).code == 2
