"""Which version an asset may have."""

from collections.abc import Mapping

from assets_actions.release.compare import Change
from assets_actions.release.history import Released
from tests.conftest import component, environment
from tests.rules.examples import (
    ADDER,
    EC,
    ENV,
    NAME,
    Example,
    Files,
    Given,
    S,
    assert_alone,
    each_bad,
    each_good,
    judge,
)


def _released(
    version: str, *changes: str, now: str = "1", id_: str = "component/adder", files: Mapping[str, str] | None = None
) -> Given:
    made = {id_: tuple(Change(path, "modified") for path in changes)}
    return Given(files or component(version=now), released=Released({id_}, {id_: version}, made))


OWN = {
    **component(),
    "assets/adder/asset.yaml": "type: component\nspec: spec.yaml\nname: adder\nversion: 1\ncategories: [X]\n",
}
BAD = [
    Example("environment-version", environment(NAME, version="3"), f"{EC}:2:10", "`3` is the version of an environment"),
    Example("released-version", _released("1", "src/add.py"), f"{S}:3:10", "component/adder 1 is released already, and src/add.py changed since"),
    Example("released-version", _released("1", "a", "b", "c"), f"{S}:3:10", "and a, b, c changed since"),
    Example("released-version", _released("1", "a", "b", "c", "d"), f"{S}:3:10", "and a, b, c, … changed since"),
    Example("released-version", _released("1", "a", files=OWN), "assets/adder/asset.yaml:4:10", "is released already"),
    Example("version-goes-down", _released("2"), f"{S}:3:10", "`1` is lower than `2`, which is released"),
    Example("version-goes-down", _released("1.10", now="1.9"), f"{S}:3:10", "`1.9` is lower than `1.10`"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "never released": ADDER,
    "released and unchanged": _released("1"),
    "a higher version": _released("1.9", now="1.10"),
    "the same version, written otherwise": _released("1.0"),
    "versions without an order": _released("zebra", now="ant"),
    "another asset": _released("2", id_="component/other"),
    "an auto version": _released("2", id_=f"environment/{NAME}", files=ENV),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
