"""What holds of plans whatever is edited, pinned, released, rebuilt and burned in between."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from assets_actions.assets.catalog import Catalog
from assets_actions.assets.tree import EXECUTABLE, FILE, Tree
from assets_actions.release.by_hand import burn, roll_back
from assets_actions.release.differences import labels_of
from assets_actions.release.plan import Plan, Status
from assets_actions.release.planner import make_plan
from assets_actions.release.records import Records
from assets_actions.release.released import Release, find_released
from assets_actions.release.versions import ReleaseTags
from assets_actions.templates.pins import ImagePin, PackagePin, Pins
from tests.conftest import component, environment
from tests.trees import catalog, tree

SOURCE = "5" * 40
DOCKERFILE = "FROM host/base:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}}\n"
NAMES = ("a", "b", "c")


class File(NamedTuple):
    mode: str
    content: bytes


Files = Mapping[str, File]


def tree_of(files: Files) -> Tree:
    return tree({path: file.content for path, file in files.items()}, {path: file.mode for path, file in files.items()})


def pins(number: int) -> Pins:
    return Pins(
        images=[ImagePin(image="host/base", reference=f":2026.{number}")],
        packages=[PackagePin(package="x", version=f"1.{number}")],
    )


def asset(name: str, kind: str, version: int, content: str) -> dict[str, str | bytes]:
    """The files of an asset; every one of them releases a file that all share."""
    if kind == "environment":
        made = environment(name, f"{DOCKERFILE}# {content}\n")
    else:
        made = component(name, str(version))
        made[f"assets/{name}/src/add.py"] = content
    config = f"assets/{name}/asset.yaml"
    return {**made, config: f"{made[config]}release_paths: [../shared]\n"}


class World:
    """A source and a release branch, as values."""

    def __init__(self) -> None:
        self.assets: dict[str, tuple[str, int, str]] = {}
        self.shared = File(FILE, b"shared")
        self.pins = 0
        self.released: dict[str, File] = {}
        self.tags: dict[str, dict[str, File]] = {}
        self.records = Records()
        self.number = 0

    @property
    def catalog(self) -> Catalog:
        files = {path: text for name, one in self.assets.items() for path, text in asset(name, *one).items()}
        made = {**files, "assets/shared/common.py": self.shared.content}
        return catalog(made, {"assets/shared/common.py": self.shared.mode})

    @property
    def release(self) -> Release:
        found = tree_of(self.released)
        tagged = {tag: tree_of(files) for tag, files in self.tags.items()}
        tags = ReleaseTags(self.tags.keys(), self.records.burned)
        return Release(str(self.number), find_released(found), tags, tagged, self.records)

    def plan(self, *rebuild: str) -> Plan:
        return make_plan(SOURCE, self.catalog, self.release, pins(self.pins), rebuild=rebuild)

    def carry_out(self, plan: Plan, *, tag: bool) -> None:
        source = self.catalog.tree
        by_blob = {entry.blob: path for path, entry in source.entries.items()}
        earlier = {entry.blob: path for path, entry in tree_of(self.released).entries.items()}
        past = {e.blob: f[p].content for f in self.tags.values() for p, e in tree_of(f).entries.items()}
        for path, entry in plan.edits.items():
            if entry is None:
                continue
            if entry.blob in plan.blobs:
                content = plan.blobs[entry.blob]
            elif entry.blob in by_blob:
                content = source.read([by_blob[entry.blob]])[by_blob[entry.blob]]
            else:
                content = self.released[earlier[entry.blob]].content if entry.blob in earlier else past[entry.blob]
            self.released[path] = File(entry.mode, content)
        for path, entry in plan.edits.items():
            if entry is None:
                self.released.pop(path, None)
        self.records, self.number = plan.records, self.number + 1
        for one in plan.released:
            if tag:
                files = {p: f for p, f in self.released.items() if p.startswith(f"latest/{one.id}/")}
                assert self.tags.setdefault(one.tag, files) == files, f"{one.tag} names two contents"


def contents() -> st.SearchStrategy[str]:
    return st.sampled_from(["one", "two", "three"])


class Interleaving(RuleBasedStateMachine):
    """Any order of edits and releases."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.highest: dict[str, int] = {}

    @rule(name=st.sampled_from(NAMES), content=contents())
    def edit_environment(self, name: str, content: str) -> None:
        self.world.assets[f"e-{name}"] = ("environment", 0, content)

    @rule(name=st.sampled_from(NAMES), content=contents(), version=st.integers(1, 3))
    def edit_component(self, name: str, content: str, version: int) -> None:
        self.world.assets[f"c-{name}"] = ("component", version, content)

    @rule(name=st.sampled_from([f"{kind}-{name}" for kind in "ec" for name in NAMES]))
    def remove(self, name: str) -> None:
        self.world.assets.pop(name, None)

    @rule(content=contents(), mode=st.sampled_from([FILE, EXECUTABLE]))
    def edit_what_all_share(self, content: str, mode: str) -> None:
        self.world.shared = File(mode, content.encode())

    @rule(number=st.integers(0, 2))
    def pin(self, number: int) -> None:
        self.world.pins = number

    @rule(tag=st.booleans(), again=st.booleans())
    def release(self, tag: bool, again: bool) -> None:
        autos = [f"environment/{name}" for name, (kind, *_) in self.world.assets.items() if kind == "environment"]
        self._carry_out(self.world.plan(*(autos if again else ())), tag=tag)
        after = self.world.plan()
        assert after.edits == {}
        assert {one.status for one in after.assets} <= {Status.UNCHANGED, Status.BLOCKED}

    @rule(name=st.sampled_from(NAMES), version=st.integers(1, 9))
    def burn(self, name: str, version: int) -> None:
        id_ = f"environment/e-{name}"
        if id_ in self.world.release.assets and f"{id_}/{version}" not in self.world.tags:
            self._carry_out(burn(SOURCE, self.world.release, id_, str(version)), tag=False)

    @rule(name=st.sampled_from(NAMES), which=st.integers(0, 9))
    def roll_back(self, name: str, which: int) -> None:
        id_, release = f"environment/e-{name}", self.world.release
        now = next((one for one in self.world.catalog.assets if one.id == id_), None)
        if now is None or id_ not in release.assets:
            return
        current = f"{id_}/{labels_of(release, [id_])[id_].version}"
        known = sorted(tag for tag in self.world.tags if tag.startswith(f"{id_}/") and tag != current)
        if not known:
            return
        tag = known[which % len(known)]
        plan = roll_back(SOURCE, release, id_, tag.rpartition("/")[2], release.tagged[tag], now)
        self._carry_out(plan, tag=True)
        (held,) = [one for one in self.world.plan().assets if one.id == id_]
        assert held.status is Status.UNCHANGED

    def _carry_out(self, plan: Plan, *, tag: bool) -> None:
        tagged_before = {*self.world.tags}
        for one in plan.released:
            assert one.tag not in self.world.records.burned
            if one.id.startswith("environment/"):
                assert one.version
                pending = self.world.tags and one.version == one.previous_version and one.tag not in tagged_before
                assert int(one.version) > self.highest.get(one.id, 0) or pending, one
                self.highest[one.id] = int(one.version)
        self.world.carry_out(plan, tag=tag)

    @rule(seed=st.integers(0, 9))
    def plan_in_another_order(self, seed: int) -> None:
        plan, found = self.world.plan(), self.world.catalog
        shuffled = list(found.assets)
        random.Random(seed).shuffle(shuffled)  # noqa: S311 (no secret)
        other = make_plan(SOURCE, replace(found, assets=shuffled), self.world.release, pins(self.world.pins))
        assert (other.assets, other.digest, dict(other.edits)) == (plan.assets, plan.digest, dict(plan.edits))


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = settings(max_examples=600, stateful_step_count=50)


@given(st.permutations(NAMES), st.sampled_from(["auto", "1"]), contents())
def test_what_is_planned_for_one_asset_depends_on_no_other(order: list[str], version: str, content: str) -> None:
    world = World()
    for name in order:
        world.assets[name] = ("environment" if version == "auto" else "component", 1, content)
    alone = World()
    alone.assets[order[0]] = world.assets[order[0]]
    (own,) = alone.plan().assets
    assert own in world.plan().assets
