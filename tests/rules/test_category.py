"""Categories of assets."""

import pytest

from tests.rules.examples import ADDER, C, Example, Files, Given, assert_alone, changed, each_bad, each_good, judge


def _with(categories: str) -> Files:
    return changed(ADDER, C, ("categories: [Maths]\n", categories))


BAD = [
    Example("missing-category", _with(""), f"{C}:1:1", "the asset has no category"),
    Example("missing-category", _with("categories: []\n"), f"{C}:3:13", "the asset has no category"),
    Example("category-as-text", _with("categories: Maths # x\n"), f"{C}:3:13", "`Maths` is text, not a list", 'categories: ["Maths"] # x\n'),
    Example("category-as-text", _with("""categories: '["A", "é"]'\n"""), f"{C}:3:13", """`["A", "é"]` is text""", 'categories: ["A", "é"]\n'),
    Example("category-as-text", _with("categories: '[1, [2]]'\n"), f"{C}:3:13", "`[1, [2]]` is text", 'categories: ["[1, [2]]"]\n'),
    Example("category-as-text", _with("categories: '{}'\n"), f"{C}:3:13", "`{}` is text", 'categories: ["{}"]\n'),
    Example("category-as-text", _with("""categories: '["\\ud800"]'\n"""), f"{C}:3:13", "is text", 'categories: ["[\\"\\\\ud800\\"]"]\n'),
    Example("category-as-text", _with("categories: '" + "[" * 5000 + "'\n"), f"{C}:3:13", "is text", 'categories: ["[['),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "a list": ADDER,
    "a list of lines": _with("categories:\n  - A\n  - B\n"),
    "a list by an alias": _with("release_paths: &a [src]\ncategories: *a\n"),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


@pytest.mark.parametrize(
    "categories",
    ["categories: |\n  A\n", "categories: &a A\ndescription_file: *a\n", "description_file: &a A\ncategories: *a\n", 'categories: "A\\x7f"\n', "categories:\n  A\n  B\n"],
    ids=["a block", "an anchor", "an alias", "an unprintable character", "two lines"],
)  # fmt: skip
def test_text_that_is_more_than_a_scalar_on_a_line_is_not_mended(categories: str) -> None:
    findings = [finding for finding in judge(_with(categories)).findings if finding.rule == "category-as-text"]
    assert [finding.edit for finding in findings] == [None]
