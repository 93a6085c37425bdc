"""What a change affects, as values: two catalogs, no repository."""

from typing import Any

import pytest

from assets_actions.assets.tree import EXECUTABLE, SYMLINK
from assets_actions.release.affected import Affected, Effect, affected
from assets_actions.release.versions import ReleaseTags
from tests.conftest import component, environment
from tests.trees import catalog


def user(name: str, *lines: str, version: str = "1") -> dict[str, Any]:
    """A component whose spec has these lines."""
    files = component(name, version)
    files[f"assets/{name}/spec.yaml"] += "".join(f"{line}\n" for line in lines)
    return files


def of(old: dict[str, Any], new: dict[str, Any], *tags: str, **modes: Any) -> Affected:
    return affected("s", "b", catalog(new, **modes), catalog(old), ReleaseTags(set(tags)))


def effects(found: Affected) -> dict[str, str]:
    return {asset.id: str(asset.effect) for asset in found.assets}


def chain(found: Affected, id_: str) -> list[str]:
    return next(list(asset.chain) for asset in found.assets if asset.id == id_)


OLD = {**component("one"), **component("two"), **environment("env-1")}
ENV = "assets/env-1/context/Dockerfile"
CHANGED = {ENV: "FROM changed\n"}


def test_each_change_of_a_file_is_told_of_the_asset_that_it_touches() -> None:
    new = {**OLD, ENV: "FROM x\n", "assets/one/src/new.py": "", "README.md": "x"}
    del new["assets/two/src/add.py"]
    new["assets/two/src/sum.py"] = OLD["assets/two/src/add.py"]  # a rename
    found = of(OLD, new)
    assert {a.id: {(r.path, r.change) for r in a.reasons} for a in found.assets} == {
        "component/one": {("assets/one/src/new.py", "added")},
        "component/two": {("assets/two/src/add.py", "removed"), ("assets/two/src/sum.py", "added")},
        "environment/env-1": {(ENV, "modified")},
    }
    assert set(effects(found).values()) == {"modified"}
    assert found.unaffected == 0


@pytest.mark.parametrize(("mode", "change"), [(EXECUTABLE, "mode"), (SYMLINK, "mode")])
def test_a_mode_is_a_change(mode: str, change: str) -> None:
    (asset,) = of(OLD, OLD, modes={"assets/one/src/add.py": mode}).assets
    assert (asset.id, [r.change for r in asset.reasons]) == ("component/one", [change])


def test_assets_are_added_removed_renamed_and_moved() -> None:
    found = of(OLD, {**component("one"), **environment("env-1"), **component("three")})
    assert effects(found) == {"component/three": "added", "component/two": "removed"}
    assert found.unaffected == 2
    assert found.ids == ["component/three"]
    moved = {path.replace("assets/two/", "assets/deep/er/"): text for path, text in component("two").items()}
    found = of(OLD, {**component("one"), **environment("env-1"), **moved})
    assert effects(found) == {"component/two": "modified"}
    assert {r.change for r in found.assets[0].reasons} == {"added", "removed"}
    renamed = {**OLD, "assets/two/spec.yaml": OLD["assets/two/spec.yaml"].replace("name: two", "name: new")}
    assert effects(of(OLD, renamed)) == {"component/new": "added", "component/two": "removed"}


def test_an_asset_that_only_the_bases_settings_leave_out_is_added() -> None:
    files = {**component("one"), **{p.replace("assets/", "more/"): t for p, t in component("two").items()}}
    found = affected("s", "b", catalog(files, directories=["assets", "more"]), catalog(files), ReleaseTags(set()))
    assert effects(found) == {"component/two": "added"}


def test_an_asset_that_could_not_be_read_before_is_modified_or_removed_by_its_path() -> None:
    broken = {**OLD, "assets/two/asset.yaml": "type: [\n"}
    assert effects(of(broken, OLD)) == {"component/two": "modified"}
    without = {path: text for path, text in OLD.items() if not path.startswith("assets/two/")}
    (asset,) = of(broken, without).assets
    assert (asset.id, asset.type, asset.effect) == ("assets/two/asset.yaml", None, Effect.REMOVED)


def test_a_file_that_the_released_spec_takes_a_text_from_touches_its_asset() -> None:
    old = user("one", "tags: {notes: ../shared/notes.txt, license: license.txt}") | {"assets/shared/notes.txt": "a"}
    for new in (
        {**old, "assets/shared/notes.txt": "b"},
        {path: text for path, text in old.items() if "notes" not in path},
        {**old, "assets/one/license.txt": "MIT"},
    ):
        assert effects(of(old, new)) == {"component/one": "modified"}
    assert effects(of(old, {**old, "assets/one/other.txt": "x"})) == {}


def test_dependents_are_affected_through_others_by_the_shortest_chain_and_of_two_the_first() -> None:
    old = {
        **environment("env-1"),
        **user("step-b", "environment: azureml:env-1@latest"),
        **user("step-a", "environment: azureml:env-1"),
        **user("pipeline", "jobs:", "  x: {component: 'azureml:step-b:1'}", "  y: {component: 'azureml:step-a:1'}"),
        **user("over", "jobs: {x: {component: 'azureml:pipeline:1'}}"),
        **user("other"),
    }
    found = of(old, old | CHANGED)
    assert effects(found) == {
        "component/over": "dependent",
        "component/pipeline": "dependent",
        "component/step-a": "dependent",
        "component/step-b": "dependent",
        "environment/env-1": "modified",
    }
    assert chain(found, "component/over") == [
        "environment/env-1", "component/step-a", "component/pipeline", "component/over",
    ]  # fmt: skip
    assert found.unaffected == 1
    assert found.edges == (
        ("component/pipeline", "component/over"),
        ("component/step-a", "component/pipeline"),
        ("component/step-b", "component/pipeline"),
        ("environment/env-1", "component/step-a"),
        ("environment/env-1", "component/step-b"),
    )


def test_cycles_are_survived() -> None:
    old = {
        **user("a", "jobs: {x: {component: azureml:b}, y: {component: azureml:a}}"),
        **user("b", "jobs: {x: {component: azureml:c}}"),
        **user("c", "jobs: {x: {component: azureml:a}}"),
    }
    found = of(old, {**old, "assets/b/src/add.py": "x"})
    assert effects(found) == {"component/a": "dependent", "component/b": "modified", "component/c": "dependent"}
    assert chain(found, "component/c") == ["component/b", "component/a", "component/c"]


REGISTRY = "azureml://registries/any"


@pytest.mark.parametrize(
    ("reference", "version", "tags", "is_affected"),
    [
        ("environment: azureml:env-1:3", "3", [], True),
        ("environment: azureml:env-1:2", "3", [], False),
        ("environment: azureml:env-1:3", "3", ["environment/env-1/3"], True),
        ("environment: azureml:env-1:3", "auto", [], True),
        ("environment: azureml:env-1:3", "auto", ["environment/env-1/3"], False),
        ("environment: azureml:env-1:4", "auto", ["environment/env-1/3"], True),
        ("environment: azureml:env-1@stable", "auto", ["environment/env-1/stable"], True),
        ("environment: azureml:env-1", "3", ["environment/env-1/3"], True),
        (f"environment: {REGISTRY}/environments/env-1/versions/3", "3", [], True),
        (f"environment: {REGISTRY}/environments/env-1/versions/2", "3", [], False),
        (f"environment: {REGISTRY}/environments/env-1/versions/3", "auto", ["environment/env-1/3"], False),
        (f"environment: {REGISTRY}/environments/env-1/labels/latest", "3", ["environment/env-1/3"], True),
        (f"environment: {REGISTRY}/environments/env-1", "3", [], True),
        (f"jobs: {{x: {{environment_variables: {{A: '{REGISTRY}/environments/env-1/versions/3'}}}}}}", "3", [], True),
        (f"environment: {REGISTRY}/components/env-1/labels/latest", "3", [], False),
        (f"environment: {REGISTRY}/environments/env-10/labels/latest", "3", [], False),
        ("environment: azureml:gone", "3", [], False),
    ],
)
def test_a_reference_counts_where_it_means_the_asset_as_it_is_now(
    reference: str, version: str, tags: list[str], is_affected: bool
) -> None:
    old = {**environment("env-1", version=version), **user("one", reference)}
    assert ("component/one" in effects(of(old, old | CHANGED, *tags))) == is_affected


def test_what_is_removed_affects_whoever_refers_to_any_version_of_it() -> None:
    old = {**environment("env-1"), **user("one", f"environment: {REGISTRY}/environments/env-1/versions/1")}
    new = {path: text for path, text in old.items() if not path.startswith("assets/env-1/")}
    found = of(old, new, "environment/env-1/1")
    assert effects(found) == {"component/one": "dependent", "environment/env-1": "removed"}
    assert chain(found, "component/one") == ["environment/env-1", "component/one"]


def test_the_same_two_states_give_the_same_answer_in_whatever_order_they_are_read() -> None:
    old: dict[str, Any] = {}
    for number in range(30):
        jobs = ", ".join(f"x{n}: {{component: azureml:c{(number * 7 + n * 11) % 30}}}" for n in range(3))
        old |= user(f"c{number}", f"jobs: {{{jobs}}}")
    new = {**old, "assets/c3/src/add.py": "x", "assets/c9/src/add.py": "x"}
    first = of(old, new)
    assert len(first.assets) > 10
    for shift in (1, 50):
        files = list(new.items())
        assert of(old, dict([*files[shift:], *files[:shift]][::-1])) == first


def test_of_nothing_everything_is_added() -> None:
    found = affected("s", None, catalog(OLD), catalog({}, directories=[]), ReleaseTags(set()))
    assert set(effects(found).values()) == {"added"}
    assert len(found.assets) == 3
