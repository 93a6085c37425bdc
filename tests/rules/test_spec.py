"""How a spec and its asset config go together, and what a spec asks for."""

import pytest

from tests.rules.examples import (
    ADDER,
    EC,
    EE,
    ENV,
    ES,
    C,
    Example,
    Files,
    Given,
    S,
    appended,
    assert_alone,
    changed,
    each_bad,
    each_good,
    judge,
)  # fmt: skip

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/"
AUTO = ('version: "{{asset.version}}"', "version: 3")
BAD = [
    Example("missing-identity", changed(ENV, EC, ("name: sklearn-1.7\n", "")), f"{EC}:1:1", "`name` is missing"),
    Example("missing-identity", changed(ADDER, S, ("version: '1'", 'version: "{{asset.version}}"')), f"{C}:1:1", "`version` is missing"),
    Example("auto-version-in-spec", changed(ENV, ES, AUTO), f"{ES}:2:10", "`3` cannot be", 'version: "{{asset.version}}"\n'),
    Example("spec-name-mismatch", appended(ADDER, C, "name: other\n"), f"{S}:2:7", "`adder` is not the name in the asset config, `other`"),
    Example("spec-version-mismatch", appended(ADDER, C, "version: 2\n"), f"{S}:3:10", "`1` is not the version in the asset config, `2`"),
    Example("unknown-schema", appended(ADDER, S, f"{SCHEMA}commandComponents.schema.json\n"), f"{S}:6:10", "did you mean `https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json`?"),
    Example("unknown-schema", appended(ADDER, S, "$schema: x\n"), f"{S}:6:10", "`x` is not a known schema"),
    Example("unknown-spec-tag", appended(ADDER, S, 'description: a "{{asset.nam}}"\n'), f"{S}:6:17", "`{{asset.nam}}` resolves to nothing here; did you mean `asset.name`?"),
    Example("unknown-spec-tag", appended(ADDER, S, 'description: "{{ image.name }}"\n'), f"{S}:6:15", "`{{ image.name }}`"),
    Example("unknown-spec-tag", appended(ADDER, S, 'description: "{{asset.Name}}"\n'), f"{S}:6:15", "`{{asset.Name}}`"),
    Example("unknown-spec-tag", appended(ADDER, S, 'description: "{{asset.version2}}" # {{asset.x}}\n'), f"{S}:6:15", "did you mean `asset.version`?"),
    Example("unknown-spec-tag", changed(ENV, ES, ("tags:", 'description: "{{image.publish.host}}"\ntags:')), f"{ES}:6:15", "did you mean `image.publish.hostname`?"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "the same name and version in both": appended(ADDER, C, "name: adder\nversion: 1\n"),
    "an auto version": ENV,
    "a known schema": appended(ADDER, S, f"{SCHEMA}commandComponent.schema.json\n"),
    "an internal schema": appended(ADDER, S, "$schema: http://azureml/sdk-2-0/CommandComponent.json\n"),
    "expressions of pipelines": appended(ADDER, S, "description: ${{parent.inputs.x}} ${{asset.x}} {{asset}} {{assets.x}} {{x.asset.y}}\n"),
    "tags in comments": appended(ADDER, S, "# {{asset.x}}\ndescription: x # {{asset.x}}\n"),
    "the tags that there are": appended(ADDER, S, 'description: "{{asset.name}} {{ asset.version }} {{asset.repo.url}} {{asset.repo.commit_hash}}"\n'),
    "the tags of environments": changed(ENV, ES, ("tags:", 'description: "{{image.name}} {{image.publish.hostname}} {{asset.repo.build_context.path}}"\ntags:')),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


@pytest.mark.parametrize(
    "spec",
    ["base: &base {version: 3}\n<<: *base\n", "version: &v 3\ndescription: *v\n", "description: &v 3\nversion: *v\n"],
    ids=["by a merge key", "with an anchor", "by an alias"],
)
def test_a_version_that_is_more_than_a_scalar_is_not_mended(spec: str) -> None:
    findings = judge({**ENV, ES: f'name: "{{{{asset.name}}}}"\n{spec}'}).findings
    assert [f.edit for f in findings if f.rule == "auto-version-in-spec"] == [None]


def test_of_many_unknown_tags_only_the_first_get_a_suggestion() -> None:
    findings = judge(appended(ADDER, S, f"description: '{'{{asset.nam}}' * 30}'\n")).findings
    assert [finding.rule for finding in findings] == ["unknown-spec-tag"] * 30
    assert ["did you mean" in finding.message for finding in findings] == [True] * 20 + [False] * 10


def test_tags_of_an_image_without_context_and_publication_are_unknown() -> None:
    files: Files = {**ENV, EE: "image:\n  name: azureml/curated/sklearn-1.7\n  os: linux\n"}
    files = changed(files, ES, ("tags:", 'description: "{{image.publish.hostname}}"\ntags:'))
    findings = [finding for finding in judge(files).findings if finding.rule == "unknown-spec-tag"]
    assert [finding.line for finding in findings] == [4, 5, 6]


def test_an_environment_without_a_build_context_has_no_tag_for_its_path() -> None:
    build = ('build:\n  path: "{{image.context.path}}"\n', 'build:\n  path: "{{asset.repo.build_context.path}}"\n')
    files = changed(ENV, ES, build, ('  dockerfile_path: "{{image.dockerfile.path}}"\n', ""))
    without = changed(files, EE, ("  context:\n    dir: context\n", ""))
    told = [[f.message for f in judge(some).findings if f.rule == "unknown-spec-tag"] for some in (files, without)]
    assert told == [
        [],
        ["`{{asset.repo.build_context.path}}` resolves to nothing here; did you mean `asset.repo.url`?"],
    ]
