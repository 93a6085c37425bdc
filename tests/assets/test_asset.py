import pytest

from assets_actions.assets.tree import EXECUTABLE, SUBMODULE, SYMLINK, Kind
from tests.conftest import component, environment
from tests.trees import catalog, only


def spec_asset(type_: str, spec: str, config: str = "", **files: str) -> dict[str, str | bytes]:
    made = {
        "assets/x/asset.yaml": f"type: {type_}\nspec: spec.yaml\n{config}",
        "assets/x/spec.yaml": f"name: x\nversion: 1\n{spec}",
    }
    return {**made, **{path.replace("__", "/").replace("_dot_", "."): text for path, text in files.items()}}


def test_name_and_version_are_the_asset_configs_or_else_the_specs() -> None:
    files = component("adder", "0.1")
    assert (only(files).id, only(files).version) == ("component/adder", "0.1")
    files["assets/adder/asset.yaml"] = "type: component\nspec: spec.yaml\nname: other\nversion: 7\n"
    assert (only(files).id, only(files).version) == ("component/other", "7")


def test_a_template_tag_is_no_name() -> None:
    files = environment()
    files["assets/env-1/asset.yaml"] = "type: environment\nspec: spec.yaml\nextra_config: environment.yaml\n"
    assert (only(files).id, only(files).version) == (None, None)
    assert not only(files).is_loaded


def test_a_release_carries_config_spec_and_code_relative_to_what_they_share() -> None:
    files = component(code="code: ../src\n")
    files["assets/src/add.py"] = files.pop("assets/adder/src/add.py")
    files["assets/src/deep/er.py"] = ""
    files["assets/adder/notes.md"] = "not carried"
    asset = only(files)
    assert asset.files == [
        "assets/adder/asset.yaml",
        "assets/adder/spec.yaml",
        "assets/src/add.py",
        "assets/src/deep/er.py",
    ]
    assert asset.root == "assets"


def test_an_environment_carries_its_config_and_all_of_its_context() -> None:
    files = environment()
    files["assets/env-1/context/.dockerignore"] = "x"
    files["assets/env-1/tests/test_it.py"] = "not carried"
    assert only(files).files == [
        "assets/env-1/asset.yaml",
        "assets/env-1/context/.dockerignore",
        "assets/env-1/context/Dockerfile",
        "assets/env-1/environment.yaml",
        "assets/env-1/spec.yaml",
    ]


@pytest.mark.parametrize(
    ("type_", "spec", "carried"),
    [
        ("component", "type: command\ncode: src\n", ["src/a.py", "src/b/c.py"]),
        ("component", "type: parallel\ntask: {code: src/b}\ncode: src\n", ["src/b/c.py"]),
        ("component", "type: automl\ntask: forecasting\n", []),
        ("data", "type: uri_file\npath: src/a.py\n", ["src/a.py"]),
        ("data", "type: uri_folder\npath: src\n", ["src/a.py", "src/b/c.py"]),
        ("data", "type: uri_folder\npath: azureml://registries/x/data/y\n", []),
        ("model", "path: ./\n", ["notes.md", "src/a.py", "src/b/c.py"]),
        ("evaluationresult", "type: evaluationresult\npath: src/b\n", ["src/b/c.py"]),
        ("evaluator", "path: ./src\n", ["src/a.py", "src/b/c.py"]),
        ("prompt", "type: prompt\ndata_uri: ./src/b\n", ["src/b/c.py"]),
        ("agentmanifest", "anything: goes\n", []),
    ],
)
def test_what_the_spec_names_is_carried(type_: str, spec: str, carried: list[str]) -> None:
    asset = only(
        spec_asset(type_, spec, assets__x__src__a_dot_py="", assets__x__src__b__c_dot_py="", assets__x__notes_dot_md="")
    )
    own = {"assets/x/asset.yaml", "assets/x/spec.yaml"}
    assert sorted(set(asset.files) - own) == [f"assets/x/{path}" for path in carried]


def test_release_paths_add_and_take_away() -> None:
    config = 'release_paths:\n  - ../lib\n  - "!../lib/test"\n  - "!../lib/skip.py"\n  - "!nothing"\n'
    files = spec_asset("code", "code: src\n", config, assets__x__src__a_dot_py="")
    files |= {f"assets/lib/{name}": "" for name in ("a.py", "skip.py", "test/t.py", "testing/u.py")}
    asset = only(files)
    assert [path for path in asset.files if "lib" in path] == ["assets/lib/a.py", "assets/lib/testing/u.py"]


def test_an_exclusion_never_takes_the_asset_config_or_the_spec() -> None:
    asset = only(spec_asset("code", "", 'release_paths: ["!."]\n'))
    assert asset.files == ["assets/x/asset.yaml", "assets/x/spec.yaml"]


@pytest.mark.parametrize(("config", "file"), [("", "description.md"), ("description_file: card.md\n", "card.md")])
def test_the_description_file_is_carried(config: str, file: str) -> None:
    files = spec_asset("model", "", config)
    files["assets/x/description.md"] = files["assets/x/card.md"] = "text"
    asset = only(files)
    assert asset.description_file
    assert asset.description_file.path == f"assets/x/{file}"
    assert [path for path in asset.files if path.endswith(".md")] == [f"assets/x/{file}"]


def test_template_files_are_those_listed_or_else_the_dockerfile() -> None:
    files = environment()
    assert only(files).template_files == ["assets/env-1/context/Dockerfile"]
    files["assets/env-1/environment.yaml"] = (
        "image:\n  name: x\n  os: linux\n  context:\n    dir: context\n    dockerfile: sub/File\n"
    )
    files["assets/env-1/context/sub/File"] = "FROM scratch\n"
    assert only(files).template_files == ["assets/env-1/context/sub/File"]
    files["assets/env-1/environment.yaml"] += "    template_files: [Dockerfile, missing.txt, Dockerfile]\n"
    assert only(files).template_files == ["assets/env-1/context/Dockerfile"]


def test_a_linked_folder_is_carried_with_its_link() -> None:
    files = component()
    files["assets/lib/x.py"] = files.pop("assets/adder/src/add.py")
    files["assets/adder/src"] = "../lib"
    asset = only(files, {"assets/adder/src": SYMLINK})
    assert asset.files == ["assets/adder/asset.yaml", "assets/adder/spec.yaml", "assets/adder/src", "assets/lib/x.py"]


def test_references_tell_what_they_need_and_what_they_lead_to() -> None:
    files = environment()
    config = "test:\n  pytest:\n    enabled: true\n    pip_requirements: r.txt\n    tests_dir: tests\n"
    files["assets/env-1/asset.yaml"] = f"{files['assets/env-1/asset.yaml']}{config}"
    found = {".".join(map(str, r.keys)): (r.wanted, r.target.kind) for r in only(files).references}
    assert found["test.pytest.pip_requirements"] == (Kind.FILE, Kind.MISSING)
    assert found["test.pytest.tests_dir"] == (None, Kind.MISSING)
    assert found["image.context.dir"] == (Kind.DIRECTORY, Kind.DIRECTORY)
    assert found["image.context.dockerfile"] == (Kind.FILE, Kind.FILE)


def test_modes_stay_with_the_entries_and_submodules_are_seen() -> None:
    asset = only(component(), {"assets/adder/src/add.py": EXECUTABLE})
    assert asset.tree.entries["assets/adder/src/add.py"].mode == EXECUTABLE
    asset = only({**component(), "assets/adder/src/vendored": ""}, {"assets/adder/src/vendored": SUBMODULE})
    assert "assets/adder/src/vendored" in asset.files


def test_assets_are_found_below_the_directories_and_nowhere_else() -> None:
    files = {
        **component("b"),
        **component("a"),
        "other/asset.yaml": "type: code\nspec: x\n",
        "assets/c/not_asset.yaml": "",
    }
    assert [asset.path for asset in catalog(files).assets] == ["assets/a/asset.yaml", "assets/b/asset.yaml"]


def test_an_asset_that_is_broken_is_in_the_catalog_and_breaks_nothing_else() -> None:
    files = {**component("good"), "assets/bad/asset.yaml": "type: [\n", "assets/worse/asset.yaml": b"\xff"}
    assert {asset.path: asset.is_loaded for asset in catalog(files).assets} == {
        "assets/bad/asset.yaml": False,
        "assets/good/asset.yaml": True,
        "assets/worse/asset.yaml": False,
    }
