from collections import Counter

from assets_actions.assets.tree import SUBMODULE, SYMLINK
from assets_actions.release.previous_pins import previous_pins
from assets_actions.release.released import LARGEST
from assets_actions.templates.moves import Before
from assets_actions.templates.tags import ImageTag, PackageVersion
from tests.conftest import component, environment
from tests.trees import catalog, tree

DOCKERFILE = "FROM a.b/c:{{latest-image-tag}}\nRUN pip install x-y=={{latest-pypi-version}}\n"
IMAGE, PACKAGE = ImageTag("a.b/c", None), PackageVersion("x-y", False)
PLACE = "latest/environment/env-1/context/Dockerfile"
SOURCE = {**environment(dockerfile=DOCKERFILE), **environment("env-2", DOCKERFILE.replace("x-y", "X_y")), **component()}
RELEASED = {
    PLACE: "FROM a.b/c:1\nRUN pip install x-y==1.0\n",
    "latest/environment/env-2/context/Dockerfile": "FROM a.b/c:1\nRUN pip install X_y==2.0\n",
    "latest/environment/gone/context/Dockerfile": "FROM a.b/c:3\n",
    "latest/component/adder/src/add.py": "print(1 + 1)\n",
}


def previous(
    released: dict[str, str | bytes], modes: dict[str, str] | None = None, source: dict[str, str | bytes] = SOURCE
) -> Before:
    assets = catalog(source).assets
    texts = {
        path: text.encode() if isinstance(text := source[path], str) else text
        for asset in assets
        for path in asset.pinned_files
    }
    return previous_pins(assets, texts, tree(released, modes))


def test_the_released_files_of_all_assets_tell_what_was_released_and_how_often() -> None:
    assert previous({**RELEASED}) == {IMAGE: Counter({":1": 2}), PACKAGE: Counter({"1.0": 1, "2.0": 1})}


def test_what_was_not_released_is_not_known() -> None:
    assert previous({}) == {}
    assert previous({PLACE: RELEASED[PLACE]}) == {IMAGE: Counter({":1": 1}), PACKAGE: Counter({"1.0": 1})}


def test_the_image_of_an_environment_config_is_known() -> None:
    config = "image:\n  name: a.b/c:{}\n  os: linux\n"
    source = {**environment(), "assets/env-1/environment.yaml": config.format("{{latest-image-tag}}")}
    released: dict[str, str | bytes] = {"latest/environment/env-1/environment.yaml": config.format("7")}
    assert previous(released, source=source) == {IMAGE: Counter({":7": 1})}


def test_files_that_are_not_utf_8_are_read() -> None:
    source = {**environment(), "assets/env-1/context/Dockerfile": b"# \xff\nFROM a.b/c:{{latest-image-tag}} # \xfe\n"}
    assert previous({PLACE: b"\xfd\nFROM a.b/c:1 # \xfe\n"}, source=source) == {IMAGE: Counter({":1": 1})}


def test_what_is_no_file_or_too_large_to_be_read_whole_says_nothing() -> None:
    for mode in (SYMLINK, SUBMODULE):
        assert previous({PLACE: RELEASED[PLACE]}, {PLACE: mode}) == {}
    assert previous({PLACE: RELEASED[PLACE] + " " * LARGEST}) == {}
