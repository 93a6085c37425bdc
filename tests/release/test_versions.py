import pytest

from assets_actions.release.versions import Decision, ReleaseTags, decide
from tests.conftest import component, environment
from tests.trees import only

AUTO = only(environment())
MANUAL = only(component(version="1.4"))
ID = "environment/env-1"


@pytest.mark.parametrize(
    ("released", "tags", "version"),
    [
        (None, [], "1"),
        ("3", [f"{ID}/3"], "4"),
        ("3", [f"{ID}/2"], "3"),
        ("3", [], "4"),
        ("3", ["component/other/1"], "4"),
        ("3", ["environment/other/1"], "3"),
        ("9", [f"{ID}/9"], "10"),
        ("3", [f"{ID}/3", f"{ID}/7"], "8"),
        (None, [f"{ID}/7"], "8"),
        ("3", [f"{ID}/3", f"{ID}/9-beta", f"{ID}/x"], "4"),
    ],
    ids=[
        "new",
        "tagged, so the next",
        "not tagged yet, so the same",
        "nothing is tagged at all",
        "its type is not tagged at all",
        "its type is tagged",
        "counted as numbers",
        "tagged beyond what is released",
        "back from an earlier life",
        "tags that are no numbers",
    ],
)
def test_an_automatic_version_follows_the_released_one(released: str | None, tags: list[str], version: str) -> None:
    assert decide(AUTO, released, ReleaseTags(frozenset(tags))) == Decision(version)


def test_an_automatic_version_that_has_no_successor_is_blocked() -> None:
    decision = decide(AUTO, "0.2.1", ReleaseTags(frozenset([f"{ID}/0.2.1"])))
    assert decision.blocked
    assert "0.2.1" in decision.blocked


@pytest.mark.parametrize("released", [None, "1.4", "1.3"])
def test_a_manual_version_that_was_tagged_is_blocked(released: str | None) -> None:
    decision = decide(MANUAL, released, ReleaseTags(frozenset(["component/adder/1.4"])))
    assert decision.version == "1.4"
    assert decision.blocked == "released already, content differs: bump its version"


@pytest.mark.parametrize("tags", [[], ["component/adder/1.3"], ["component/adder/1.4.1"], ["environment/adder/1.4"]])
def test_a_manual_version_that_was_not_is_released_as_it_stands(tags: list[str]) -> None:
    assert decide(MANUAL, "1.4", ReleaseTags(frozenset(tags))) == Decision("1.4")


def test_a_version_of_thousands_of_digits_is_no_number_to_count_up_from() -> None:
    digits = "1" * 5000
    assert decide(AUTO, "3", ReleaseTags({f"{ID}/3", f"{ID}/{digits}"}, {f"{ID}/{digits}"})) == Decision("4")
    assert decide(AUTO, digits, ReleaseTags({f"{ID}/{digits}"})).blocked
