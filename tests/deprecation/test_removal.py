"""What goes with an asset that is removed, and what keeps it, as values."""

from typing import Any

import pytest

from assets_actions.assets.tree import SYMLINK
from assets_actions.deprecation.removal import dependents, files_to_remove
from tests.conftest import component, environment
from tests.trees import catalog

TEST = "test:\n  pytest:\n    enabled: true\n    tests_dir: {}\n    pip_requirements: {}\n"


def config(name: str, *lines: str) -> dict[str, Any]:
    """An asset config of a component with more lines."""
    return {f"assets/{name}/asset.yaml": "type: component\nspec: spec.yaml\n" + "".join(f"{line}\n" for line in lines)}


def removed(
    files: dict[str, Any], id_: str = "component/old", *, links: tuple[str, ...] = (), directories: Any = ("assets",)
) -> set[str]:
    """What goes, without what stands in the folder of the asset that is called `old`."""
    found = catalog(files, dict.fromkeys(links, SYMLINK), directories=directories)
    (asset,) = (asset for asset in found.assets if asset.id == id_)
    gone = files_to_remove(found, asset)
    assert gone == sorted(set(gone) & files.keys())
    assert asset.path in gone
    return {path for path in gone if not path.startswith("assets/old/")}


OLD, NEW = component("old"), component("new")
SHARED = {"assets/shared/a.py": "", "assets/shared/sub/b.py": ""}


def test_all_that_stands_in_the_assets_folder_goes_and_nothing_else() -> None:
    files = {**environment("env-1"), **NEW, "assets/env-1/tests/t.py": "", "assets/env-1/.notes\n": "", "README.md": ""}
    files |= {"assets/README.md": "", "assets/env-10/notes": "", "assets/env-1.md": ""}
    assert removed(files, "environment/env-1") == {path for path in files if path.startswith("assets/env-1/")}


@pytest.mark.parametrize("code", ["../shared", "./../shared/", "../../assets/shared"])
def test_a_directory_elsewhere_goes_with_the_last_asset_that_uses_it(code: str) -> None:
    files = {**component("old", code=f"code: {code}\n"), **SHARED}
    assert removed({**files, **NEW}) == {*SHARED}
    assert removed({**files, **component("new", code="code: ../shared\n")}) == set()
    assert removed({**files, **component("new", code="code: ../shared/sub\n")}) == {"assets/shared/a.py"}


def test_what_its_documents_name_goes_as_well() -> None:
    more = [
        "description_file: ../old.md",
        "release_paths: [../shared, '!../shared/sub']",
        "extra_config: ../extra.yaml",
    ]
    files = {**OLD, **SHARED, "assets/old.md": "", "assets/extra.yaml": "a: b\n", "assets/notes.md": ""}
    files |= config("old", *more) | {"assets/tests/t.py": "", "assets/requirements.txt": ""}
    files["assets/old/asset.yaml"] += TEST.format("../tests", "../requirements.txt")
    gone = {*SHARED, "assets/old.md", "assets/extra.yaml", "assets/tests/t.py", "assets/requirements.txt"}
    assert removed({**files, **NEW}) == gone
    files |= NEW
    files["assets/new/asset.yaml"] += TEST.format("../tests", "../requirements.txt")
    assert removed(files) == gone - {"assets/tests/t.py", "assets/requirements.txt"}


def test_texts_of_the_spec_go_unless_another_asset_takes_them_as_well() -> None:
    files = {**OLD, **NEW, "assets/license.txt": "x"}
    tags = "tags:\n  license: ../license.txt\n"
    files["assets/old/spec.yaml"] += tags
    assert removed(files) == {"assets/license.txt"}
    files["assets/new/spec.yaml"] += tags
    assert removed(files) == set()


def test_outside_of_the_directories_of_assets_only_what_a_release_carries_goes() -> None:
    files = {**component("old", code="code: ../../src\n"), **NEW, "src/a.py": "", "src/b.py": "", "tests/t.py": ""}
    files |= config("old", "release_paths: ['!../../src/b.py']") | {"requirements.txt": ""}
    files["assets/old/asset.yaml"] += TEST.format("../../tests", "../../requirements.txt")
    assert removed(files) == {"src/a.py"}
    assert removed(files, directories=("assets", "src")) == {"src/a.py", "src/b.py"}


def test_tests_that_stand_beside_many_assets_do_not_take_these_along() -> None:
    files = {**OLD, **NEW, "assets/README.md": "", "assets/conftest.py": ""}
    files["assets/old/asset.yaml"] += TEST.format("..", "requirements.txt")
    assert removed(files) == set()


def test_an_asset_within_the_folder_of_another_stays_and_may_go_by_itself() -> None:
    inner = {path.replace("assets/in/", "assets/old/in/"): text for path, text in component("in").items()}
    files = {**OLD, **NEW, **inner, "assets/old/in/notes": "", "assets/old/notes": ""}
    found = catalog(files)
    outer, within = (next(a for a in found.assets if a.id == f"component/{name}") for name in ("old", "in"))
    assert files_to_remove(found, within) == sorted([*inner, "assets/old/in/notes"])
    assert files_to_remove(found, outer) == sorted([*OLD, "assets/old/notes"])


def test_what_another_asset_uses_of_its_folder_stays() -> None:
    files = {**OLD, **component("new", code="code: ../old/src\n"), "assets/old/tests/t.py": ""}
    found = catalog(files)
    (old,) = (asset for asset in found.assets if asset.id == "component/old")
    assert files_to_remove(found, old) == ["assets/old/asset.yaml", "assets/old/spec.yaml", "assets/old/tests/t.py"]


def test_the_asset_config_goes_even_where_another_asset_releases_it() -> None:
    assert removed({**OLD, **component("new", code="code: ../old\n")}) == set()


@pytest.mark.parametrize("target", ["../../shared", "../../shared/a.py", "../../way/shared", "../../way/shared/a.py"])
@pytest.mark.parametrize("place", ["src/lib", "tests/lib"])
def test_what_a_link_leads_to_goes_with_it_unless_another_asset_uses_it(target: str, place: str) -> None:
    links = (f"assets/old/{place}", f"assets/new/{place}", "assets/way")
    files = {**OLD, **NEW, **SHARED, f"assets/old/{place}": target, "assets/way": "."}
    way = {"assets/way"} if "way" in target else set()
    gone = {"assets/shared/a.py"} if target.endswith(".py") else {*SHARED}
    assert removed(files, links=links) == gone | way
    assert removed({**files, f"assets/new/{place}": target}, links=links) == set()
    used = {**files, **component("new", code="code: ../shared\n")}
    assert removed(used, links=links) == way


@pytest.mark.parametrize(
    "target", ["..", "../..", "../../..", "/", "/etc", "../../../..", "lib", "nowhere", "../../new"]
)
def test_links_that_lead_above_outside_nowhere_or_to_another_asset_take_nothing_along(target: str) -> None:
    files = {**OLD, **NEW, **SHARED, "assets/old/src/lib": target, "README.md": ""}
    assert removed(files, links=("assets/old/src/lib",)) == set()


def test_a_link_to_what_the_asset_that_goes_has_keeps_that() -> None:
    files = {**OLD, **NEW, "assets/new/src/lib": "../../old/src"}
    found = catalog(files, {"assets/new/src/lib": SYMLINK})
    (old,) = (asset for asset in found.assets if asset.id == "component/old")
    assert files_to_remove(found, old) == ["assets/old/asset.yaml", "assets/old/spec.yaml"]


def test_an_asset_in_the_root_takes_no_more_along_than_it_uses() -> None:
    files = {path.removeprefix("assets/old/"): text for path, text in OLD.items()}
    more = {**NEW, "README.md": "", ".github/workflows/ci.yml": ""}
    assert removed({**files, **more}, directories=("",)) == {*files}


def test_dependents_are_told_with_the_place_of_each_reference_of_any_version() -> None:
    files = {**environment("env-1"), **OLD, **NEW, **component("other")}
    files["assets/old/spec.yaml"] += (
        "environment: azureml:env-1:1\nmore:\n- environment: azureml:env-1@latest\n- environment: azureml:env-1\n"
    )
    files["assets/new/spec.yaml"] += "image: azureml://registries/r/environments/env-1/versions/9\n"
    files["assets/other/spec.yaml"] += "environment: azureml:env-2:1\nimage: azureml:env-1:1\n"
    files["assets/env-1/spec.yaml"] += "environment: azureml:env-1:1\n"
    found = catalog(files)
    (asset,) = (asset for asset in found.assets if asset.environment)
    assert [(one.id, str(one.place)) for one in dependents(found, asset)] == [
        ("component/new", "assets/new/spec.yaml:6:8"),
        ("component/old", "assets/old/spec.yaml:6:14"),
        ("component/old", "assets/old/spec.yaml:8:16"),
        ("component/old", "assets/old/spec.yaml:9:16"),
    ]
    assert dependents(found, found.assets[-1]) == []


def test_a_dependent_without_an_id_is_told_by_its_path() -> None:
    files = {**environment("env-1"), **NEW}
    files["assets/new/spec.yaml"] = "environment: azureml:env-1:1\n"
    found = catalog(files)
    (asset,) = (asset for asset in found.assets if asset.environment)
    assert [one.id for one in dependents(found, asset)] == ["assets/new/asset.yaml"]
