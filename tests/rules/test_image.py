"""The image of an environment."""

from tests.rules.examples import (
    EE,
    ENV,
    ES,
    NAME,
    Example,
    Files,
    Given,
    assert_alone,
    changed,
    each_bad,
    each_good,
    found,
    judge,
    named,
    without,
)  # fmt: skip

BUILD = ('build:\n  path: "{{image.context.path}}"\n  dockerfile_path: "{{image.dockerfile.path}}"\n', "")
OTHER = "assets/sklearn-1.8/environment.yaml"
BAD = [
    Example("image-name", changed(ENV, EE, (f"azureml/curated/{NAME}", NAME)), f"{EE}:2:9", f"`{NAME}` is not `azureml/curated/{NAME}`", f"  name: azureml/curated/{NAME}\n"),
    Example("image-name", changed(ENV, EE, ("curated/sklearn", "curated/Sklearn")), f"{EE}:2:9", "is not `azureml/curated/sklearn-1.7`"),
    Example("missing-build-context", changed(changed(ENV, ES, BUILD), EE, ("  context:\n    dir: context\n", "")), f"{EE}:1:1", "`context` is missing"),
    Example("missing-publish", changed(ENV, EE, ("  publish:\n    location: mcr\n    visibility: public\n", "")), f"{EE}:1:1", "`publish` is missing"),
    Example("image-visibility", changed(ENV, EE, ("visibility: public", "visibility: internal")), f"{EE}:8:17", "`internal` is not `public`"),
    Example(
        "duplicate-image",
        Given(changed({**ENV, **named("sklearn-1.8")}, OTHER, ("sklearn-1.8", NAME))),
        f"{OTHER}:2:9",
        f"`azureml/curated/{NAME}` is the image of {EE} already",
    ),
    Example(
        "duplicate-image",
        Given(
            {
                path: str(text).replace("  publish:\n    location: mcr\n    visibility: public\n", "").replace("sklearn-1.8\n  os", f"{NAME}\n  os")
                for path, text in {**ENV, **named("sklearn-1.8")}.items()
            },
            ignore=["missing-publish"],
        ),
        f"{OTHER}:2:9",
        "already",
    ),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "two environments": {**ENV, **named("sklearn-1.8")},
    "one image at two places": Given(
        changed(
            {**ENV, **named("sklearn-1.8")},
            OTHER,
            ("  publish:\n    location: mcr\n    visibility: public\n", ""),
            ("sklearn-1.8", NAME),
        ),
        ignore=["image-name", "missing-publish"],
    ),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_two_environments_that_share_their_config_are_told_once_that_one_name_is_wrong() -> None:
    files = without(changed({**ENV, **named("sklearn-1.8")}, "assets/sklearn-1.8/asset.yaml", (": environment.yaml", f": ../{NAME}/environment.yaml")), OTHER)  # fmt: skip
    assert found(files) == [("image-name", f"{EE}:2:9")]


def test_a_name_that_a_merge_key_brings_is_not_mended() -> None:
    text = "base: &base\n  name: x\nimage:\n  <<: *base\n  os: linux\n  context: {dir: context}\n  publish: {location: mcr, visibility: public}\n"
    findings = [finding for finding in judge({**ENV, EE: text}).findings if finding.rule == "image-name"]
    assert [(str(finding.place), finding.edit) for finding in findings] == [(f"{EE}:3:1", None)]
