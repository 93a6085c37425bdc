"""What no two assets may share."""

from assets_actions.rules.policy import Policy
from tests.conftest import component
from tests.rules.examples import ADDER, MODEL, Example, Files, Given, assert_alone, changed, each_bad, each_good, judge

COPY = {path.replace("adder/", "copy/"): text for path, text in ADDER.items()}
EXCEPTED = Policy.model_validate({"models": {"duplicate_names": ["m", "adder"]}})


def _models(*versions: str) -> Files:
    """The model, and others of its name with these versions."""
    files = dict(MODEL)
    for number, version in enumerate(versions):
        other = {path.replace("/m/", f"/m{number}/"): text for path, text in MODEL.items()}
        files |= changed(other, f"assets/m{number}/spec.yaml", ("version: 1", f"version: {version}"))
    return files


BAD = [
    Example("duplicate-asset", {**ADDER, **COPY}, "assets/copy/asset.yaml:1:1", "component/adder is already defined in assets/adder/asset.yaml"),
    Example("duplicate-asset", {**ADDER, "assets/copy/asset.yaml": "name: adder\ntype: component\nspec: ../adder/spec.yaml\ncategories: [X]\n"}, "assets/copy/asset.yaml:1:7", "already defined"),
    Example("duplicate-asset", _models("2"), "assets/m0/asset.yaml:1:1", "model/m is already defined in assets/m/asset.yaml"),
    Example("duplicate-asset", Given({**ADDER, **COPY}, policy=EXCEPTED), "assets/copy/asset.yaml:1:1", "component/adder is already defined"),
    Example("duplicate-asset", Given(_models("1"), policy=EXCEPTED), "assets/m0/spec.yaml:2:10", "model/m 1 is already defined in assets/m/asset.yaml"),
    Example("duplicate-asset", Given(_models("2", "2"), policy=EXCEPTED), "assets/m1/spec.yaml:2:10", "model/m 2 is already defined in assets/m0/asset.yaml"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "two names": {**ADDER, **component("other")},
    "two types of one name": {**ADDER, "assets/x/asset.yaml": "type: code\nname: adder\nspec: s\ncategories: [X]\n", "assets/x/s": 'name: "{{asset.name}}"\nversion: 1\n'},
    "an excepted model in several versions": Given(_models("2", "3"), policy=EXCEPTED),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
