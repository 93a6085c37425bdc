import pytest

from assets_actions.assets.config import AssetConfig, AssetType, EnvironmentConfig, ModelConfig, StorageConfig
from assets_actions.assets.document import parse
from assets_actions.assets.model import Section, read_as

REFERENCE_ASSET = """\
name: my_env
version: auto
type: environment
spec: spec.yaml
extra_config: environment.yaml
release_paths:
- ../src
- "!../src/test"
test:
  pytest:
    enabled: true
    pip_requirements: tests/requirements.txt
    tests_dir: tests
"""
REFERENCE_ENVIRONMENT = """\
image:
  name: azureml/curated/my_env
  os: linux
  context:
    dir: context
    dockerfile: Dockerfile
    template_files:
    - Dockerfile
  publish:
    location: mcr
    visibility: public
"""


def errors(text: str, kind: type[Section]) -> list[str]:
    return [error.message for error in read_as(parse("x.yaml", text.encode()), kind).errors]


def test_the_references_own_examples_are_read() -> None:
    asset = read_as(parse("asset.yaml", REFERENCE_ASSET.encode()), AssetConfig).model
    assert asset
    assert (asset.name, asset.version, asset.type) == ("my_env", "auto", AssetType.ENVIRONMENT)
    assert asset.release_paths == ["../src", "!../src/test"]
    assert asset.test
    assert asset.test.pytest
    assert asset.test.pytest.enabled is True
    environment = read_as(parse("environment.yaml", REFERENCE_ENVIRONMENT.encode()), EnvironmentConfig).model
    assert environment
    assert environment.image.context
    assert environment.image.context.template_files == ["Dockerfile"]


@pytest.mark.parametrize("type_", list(AssetType))
def test_every_type_of_asset_is_known(type_: AssetType) -> None:
    extra = "extra_config: environment.yaml\n" if type_ is AssetType.ENVIRONMENT else ""
    assert errors(f"type: {type_}\nspec: s.yaml\n{extra}", AssetConfig) == []


def test_a_wrong_type_is_answered_with_the_nearest() -> None:
    (message,) = errors("type: enviroment\nspec: s.yaml\n", AssetConfig)
    assert "did you mean `environment`?" in message


def test_an_environment_needs_its_config() -> None:
    assert errors("type: environment\nspec: s.yaml\n", AssetConfig) == ["`extra_config` is missing"]


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "a b", "", ".hidden", "a..b", "a.lock", "end.", "-dash", "a\tb", "$(id)", "a~b", "ä"]
)
def test_a_name_that_no_tag_or_path_should_hold_is_refused(name: str) -> None:
    assert errors(f"type: code\nspec: s.yaml\nname: '{name}'\n", AssetConfig)
    assert errors(f"type: code\nspec: s.yaml\nversion: '{name}'\n", AssetConfig)


@pytest.mark.parametrize(
    "name", ["builtin.bleu_score", "Azure-AI-x", "sklearn-1.5", "_x", "1", "0.0.1", "1.0.0-rc.1+3"]
)
def test_names_and_versions_in_use_are_not(name: str) -> None:
    assert errors(f"type: code\nspec: s.yaml\nname: '{name}'\nversion: '{name}'\n", AssetConfig) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path: {type: azureblob, storage_name: s, container_name: c}\n", "`container_path` is missing"),
        ("path: {type: git, uri: u}\n", "`branch` is missing"),
        ("path: {type: blob}\n", "`blob` is not one of"),
        ("path: {}\n", "`type` is missing"),
    ],
)
def test_where_files_are_kept_is_checked_by_the_kind_of_place(text: str, message: str) -> None:
    assert errors(text, StorageConfig)[0].startswith(message)


def test_a_models_config_needs_a_card_and_a_kind() -> None:
    text = "path: {type: local, uri: x}\npublish: {type: onnx_model}\n"
    messages = errors(text, ModelConfig)
    assert messages[0] == "`description` is missing"
    assert messages[1].startswith("`onnx_model` is not one of: custom_model")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image: {os: linux}\n", "`name` is missing"),
        ("image: {name: x, os: macos}\n", "`macos` is not one of: linux, windows"),
        ("image: {name: x, os: linux, context: {}}\n", "`dir` is missing"),
        ("image: {name: x, os: linux, publish: {location: hub, visibility: public}}\n", "`hub` is not one of: mcr"),
        ("image: {name: x, os: linux, publish: {location: mcr}}\n", "`visibility` is missing"),
        ("image:\n", "an empty value is not a mapping"),
    ],
)
def test_an_environments_config_is_checked(text: str, message: str) -> None:
    assert errors(text, EnvironmentConfig)[0].startswith(message)
