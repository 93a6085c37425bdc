"""Which assets of the working tree are built: the dry run of build-images tells."""

import json
from pathlib import Path

import pytest

from tests.conftest import Ran, Repo, component, environment
from tests.registries.package_index import Index
from tests.registries.registry import Registry


def planned(ran: Ran) -> dict[str, str]:
    """What would be built: id → its pins."""
    assert ran.code == 0, ran.err
    return {one["asset"]: one["reason"] for one in ran.json["images"]}


def dry(repo: Repo, *arguments: str) -> Ran:
    return repo.run("build-images", "--dry-run", "--format", "json", *arguments)


@pytest.fixture
def three(repo: Repo) -> Repo:
    """Three environments and a component, all released."""
    for name in ("a", "b", "c"):
        repo.write(environment(name))
    repo.commit(component())
    repo.release("--tag")
    return repo


def test_without_names_it_is_what_a_release_would_release(three: Repo) -> None:
    assert planned(dry(three)) == {}
    three.commit({"assets/b/context/more": "x"})
    assert list(planned(dry(three))) == ["environment/b"]


def test_the_working_tree_counts_with_what_git_has_not_seen_yet(three: Repo) -> None:
    three.write({"assets/c/context/Dockerfile": "FROM scratch\nLABEL a=b\n", **environment("d")})
    assert list(planned(dry(three))) == ["environment/c", "environment/d"]


def test_a_change_of_a_description_alone_builds_it_too_for_it_is_released(three: Repo) -> None:
    three.write({"assets/a/description.md": "new\n"})
    assert list(planned(dry(three))) == ["environment/a"]


def test_those_that_are_named_are_built_changed_or_not(three: Repo) -> None:
    assert list(planned(dry(three, "--asset", "environment/c", "--asset", "environment/a"))) == ["environment/a", "environment/c"]  # fmt: skip
    assert list(planned(dry(three, "--every"))) == ["environment/a", "environment/b", "environment/c"]


@pytest.mark.parametrize(("asset", "built"), [("[]", []), ("", ["environment/b"])], ids=["none", "not given"])
def test_an_empty_list_of_names_is_none_not_all_that_a_release_would_release(
    three: Repo, asset: str, built: list[str]
) -> None:
    three.commit({"assets/b/context/more": "x"})
    inputs = {"asset": asset, "dry-run": "true", "format": "json"}
    assert list(planned(three.run("build-images", env={"ASSETS_ACTIONS_INPUTS": json.dumps(inputs)}))) == built


def test_to_name_some_needs_neither_a_release_nor_a_remote(repo: Repo) -> None:
    repo.write(environment("a"))
    repo.git("remote", "remove", "origin")
    assert list(planned(dry(repo, "--asset", "environment/a"))) == ["environment/a"]


def test_names_that_cannot_be_meant_are_all_told(three: Repo) -> None:
    ran = dry(three, "--asset", "environment/aa", "--asset", "component/adder", "--asset", "environment/b")
    assert ran.code == 2
    assert "there is no asset `environment/aa`" in ran.err
    assert "`component/adder` is no environment" in ran.err


def test_an_asset_that_cannot_be_read_is_told_at_its_line(three: Repo) -> None:
    three.write({"assets/b/environment.yaml": "image: [\n"})
    ran = dry(three, "--every")
    assert ran.code == 1
    assert ran.json["findings"][0]["file"] == "assets/b/environment.yaml"


def test_the_pins_of_a_file_are_taken_and_one_that_it_lacks_is_told(repo: Repo, tmp_path: Path) -> None:
    repo.commit(environment("a", "FROM h/base:{{latest-image-tag}}\nRUN x=={{latest-pypi-version}}\n"))
    pins = tmp_path / "pins.json"
    image = {"image": "h/base", "tag_regex": None, "reference": ":7"}
    package = {"package": "x", "pre": False, "version": "1.0"}
    pins.write_text(json.dumps({"version": 1, "images": [image], "packages": [package]}))
    (reason,) = planned(dry(repo, "--every", "--pins", str(pins))).values()
    assert reason.split(", ")[0].endswith("base:{{latest-image-tag}} 7")
    assert reason.endswith(" 1.0")
    pins.write_text(json.dumps({"version": 1, "images": [image], "packages": []}))
    ran = dry(repo, "--every", "--pins", str(pins))
    assert ran.code == 1
    assert [(f["file"], f["line"]) for f in ran.json["findings"]] == [("assets/a/context/Dockerfile", 2)]


def test_without_a_file_they_are_looked_up(repo: Repo, registry: Registry, index: Index) -> None:
    registry.push("chosen", "latest", "20260101.v1")
    index.add("tool", "1.1")
    settings = f"images: {{hosts: ['{registry.host}']}}\npackages: {{indexes: ['{index.url}']}}\n"
    text = f"FROM {registry.host}/chosen:{{{{latest-image-tag}}}}\nRUN tool=={{{{latest-pypi-version}}}}\n"
    repo.commit({".github/assets-actions.yml": settings, **environment("a", text), **environment("b")})
    (reason,) = planned(dry(repo, "--asset", "environment/a")).values()
    assert "20260101.v1" in reason
    assert "1.1" in reason
    before = len(index.requests)
    assert planned(dry(repo, "--asset", "environment/b")) == {"environment/b": "no template tags"}
    assert len(index.requests) == before, "what is not built is not looked up"


def test_a_host_that_the_settings_do_not_allow_is_not_asked(repo: Repo, registry: Registry) -> None:
    repo.commit(environment("a", f"FROM {registry.host}/x:{{{{latest-image-tag}}}}\n"))
    ran = dry(repo, "--every")
    assert ran.code == 1
    assert "setting: images.hosts" in ran.json["findings"][0]["message"]
