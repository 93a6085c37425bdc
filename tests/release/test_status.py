from collections.abc import Iterator
from datetime import UTC, datetime

from assets_actions.release.plan import Status
from assets_actions.release.planner import make_plan
from assets_actions.release.released import Release, find_released
from assets_actions.release.status import LastRelease, Pin, Since, plan_what_can_be, since_when
from assets_actions.release.versions import ReleaseTags
from assets_actions.templates.pins import Pins
from assets_actions.templates.tags import ImageTag, PackageVersion
from tests.conftest import component, environment
from tests.trees import catalog, tree

TEMPLATE = b"FROM h/b:{{latest-image-tag}}\nRUN pip install x=={{latest-pypi-version}}\n"
IMAGE = Pin("Dockerfile", ImageTag("h/b", None), ":2")
PACKAGE = Pin("Dockerfile", PackageVersion("x", False), "1.0")


def made(day: int, base: str, x: str, is_cut: bool = False) -> tuple[LastRelease, bytes]:
    release = LastRelease("c", datetime(2025, 1, day, tzinfo=UTC), None, is_cut)
    return release, f"FROM h/b:{base}\nRUN pip install x=={x}\n".encode()


def since(*versions: tuple[LastRelease, bytes]) -> list[Since | None]:
    def lazily() -> Iterator[tuple[LastRelease, bytes]]:
        yield from versions
        raise AssertionError("nobody should have asked for more")

    return [pin.since for pin in since_when([IMAGE, PACKAGE], TEMPLATE, "Dockerfile", lazily())]


def test_a_pin_is_as_old_as_the_first_of_the_versions_in_a_row_that_have_it() -> None:
    found = since(made(4, "2", "1.0"), made(3, "2", "0.9"), made(2, "1", "1.0"))
    assert [one and one.at.day for one in found] == [3, 4]


def test_a_version_that_cannot_be_compared_ends_the_search() -> None:
    other = made(3, "2", "1.0")[0], b"FROM other\n"
    assert [one and one.at.day for one in since(made(4, "2", "1.0"), other)] == [4, 4]


def test_where_the_history_ends_a_pin_may_be_older() -> None:
    versions = [made(4, "2", "1.0"), made(3, "2", "0.9", is_cut=True)]
    found = since_when([IMAGE, PACKAGE], TEMPLATE, "Dockerfile", versions)
    assert found[0].since == Since(datetime(2025, 1, 3, tzinfo=UTC), or_earlier=True)
    assert found[1].since == Since(datetime(2025, 1, 4, tzinfo=UTC), or_earlier=False)


def test_what_cannot_be_planned_is_left_out_and_is_not_removed() -> None:
    both = {**environment(dockerfile=TEMPLATE.decode()), **environment("env-2", TEMPLATE.decode()), **component()}
    released = tree({"latest/environment/env-1/x": "", "latest/component/adder/x": "", "latest/component/gone/x": ""})
    release = Release("r", find_released(released), ReleaseTags(set()))
    plan, unresolved = plan_what_can_be(
        catalog(both), {"component/adder"}, lambda some: make_plan("s", some, release, Pins())
    )
    assert {one.id: one.status for one in plan.assets} == {"component/gone": Status.REMOVED}
    assert unresolved.keys() == {"environment/env-1", "environment/env-2"}
    assert [tag.place.line for tag in unresolved["environment/env-2"]] == [1, 2]
