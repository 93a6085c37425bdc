"""The assets' own tests."""

from tests.rules.examples import ADDER, C, Example, Files, Given, appended, assert_alone, each_bad, each_good, judge

PYTEST = "test:\n  pytest:\n    enabled: true\n"
BOTH = {**appended(ADDER, C, f"{PYTEST}    conda_environment: x\n    pip_requirements: x\n"), "assets/adder/x": ""}
BAD = [
    Example(
        "conflicting-test-requirements",
        BOTH,
        f"{C}:8:5",
        "`pip_requirements` and `conda_environment` exclude each other",
    )
]
GOOD: dict[str, Given | Files] = {
    "no requirements": appended(ADDER, C, PYTEST),
    "pip": {**appended(ADDER, C, f"{PYTEST}    pip_requirements: x\n"), "assets/adder/x": ""},
    "conda": {**appended(ADDER, C, f"{PYTEST}    conda_environment: x\n"), "assets/adder/x": ""},
    "no pytest": appended(ADDER, C, "test: {}\n"),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
