"""What a repository decides for itself: its settings change what the rules say."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from assets_actions.rules.policy import Policy
from tests.conftest import component
from tests.rules.examples import (
    ADDER,
    DATA,
    EE,
    ENV,
    ES,
    MODEL,
    MS,
    NAME,
    PROMPT,
    PS,
    RESULT,
    Files,
    Given,
    S,
    appended,
    changed,
    dockerfile,
    found,
    named,
)  # fmt: skip

TASK = [{"name": "task", "values": ["a", "b"], "multiple": True}]
BY_TASK = [
    {"name": "task", "required": True},
    {"name": "license", "required": True, "values": ["mit"], "when": {"task": "a"}},
]
TABLE: dict[str, tuple[Mapping[str, Any], Files, list[str], list[str]]] = {
    # settings, files, what is found by default, what is found with the settings
    "another word": ({"names": {"forbidden_words": ["add"]}}, ADDER, [], ["forbidden-word"]),
    "a word in upper case": ({"names": {"forbidden_words": ["ADD"]}}, ADDER, [], ["forbidden-word"]),
    "a word that holds another": ({"names": {"forbidden_words": ["Add", "adder"]}}, ADDER, [], ["forbidden-word"]),
    "no word": ({"names": {"forbidden_words": []}}, component("azure"), ["forbidden-word"], []),
    "a word for some types": ({"names": {"forbidden_words": [{"word": "add", "types": ["model"]}]}}, ADDER, [], []),
    "a word for all but some types": ({"names": {"forbidden_words": [{"word": "add", "not_types": ["component"]}]}}, ADDER, [], []),
    "a word for the others of them": ({"names": {"forbidden_words": [{"word": "add", "not_types": ["model"]}]}}, ADDER, [], ["forbidden-word"]),
    "a type's own name, whatever the words": ({"names": {"forbidden_words": []}}, component("my-component"), ["forbidden-word"], ["forbidden-word"]),
    "a free prefix": ({"names": {"free_prefixes": {"component": ["azure-"]}}}, component("azure-x"), ["forbidden-word"], []),
    "a free prefix of another type": ({"names": {"free_prefixes": {"model": ["azure-"]}}}, component("azure-x"), ["forbidden-word"], ["forbidden-word"]),
    "no free prefix": ({"names": {"free_prefixes": {}}}, changed(MODEL, MS, ("name: m\n", "name: Azure-x\n")), [], ["forbidden-word"]),
    "an exception": ({"names": {"exceptions": ["component/azure.*/1"]}}, component("azure-x"), ["forbidden-word"], []),
    "an exception that matches a part alone": ({"names": {"exceptions": ["azure", "component/azure-x"]}}, component("azure-x"), ["forbidden-word"], ["forbidden-word"]),
    "an excepted environment": ({"names": {"exceptions": ["environment/env_1/auto"]}}, named("env_1"), ["invalid-name", "missing-framework"], []),
    "another image prefix": ({"images": {"prefix": "curated/"}}, ENV, [], ["image-name"]),
    "the image prefix that is there": ({"images": {"prefix": "mine/"}}, changed(ENV, EE, ("azureml/curated/", "mine/")), ["image-name"], []),
    "a base image behind another prefix": ({"images": {"prefix": "azureml/curated/"}}, dockerfile("FROM mcr.microsoft.com/mine/x"), [], []),
    "another visibility": ({"images": {"visibility": "internal"}}, ENV, [], ["image-visibility"]),
    "the visibility that is there": ({"images": {"visibility": "staging"}}, changed(ENV, EE, ("public", "staging")), ["image-visibility"], []),
    "another host": ({"images": {"hosts": ["docker.io"]}}, dockerfile("FROM ubuntu:{{latest-image-tag}}"), ["image-host"], []),
    "no host": ({"images": {"hosts": []}}, dockerfile("FROM mcr.microsoft.com/x:{{latest-image-tag}}"), [], ["image-host"]),
    "another size": ({"models": {"inference_skus": ["Standard_DS3_v2"]}}, MODEL, [], ["unsupported-compute"]),
    "the sizes that are there": (
        {"models": {"inference_skus": ["A", "B"]}},
        changed(MODEL, MS, ("Standard_DS3_v2", "A"), ("Standard_NC6s_v3", "B")),
        ["unsupported-compute", "unsupported-compute"],
        [],
    ),
    "a model in two folders": (
        {"models": {"duplicate_names": ["m"]}},
        {**MODEL, **changed({path.replace("/m/", "/n/"): text for path, text in MODEL.items()}, "assets/n/spec.yaml", ("version: 1", "version: 2"))},
        ["duplicate-asset"],
        [],
    ),
    "a required tag": ({"tags": {"data": {"tags": [{"name": "x", "required": True}]}}}, DATA, [], ["missing-tag"]),
    "a recommended tag": ({"tags": {"data": {"tags": [{"name": "x", "recommended": True}]}}}, DATA, [], ["recommended-tag"]),
    "values of a tag": ({"tags": {"component": {"tags": [{"name": "task", "values": ["a"]}]}}}, appended(ADDER, S, "tags: {task: c}\n"), [], ["wrong-tag-value"]),
    "values of a tag that is not there": ({"tags": {"component": {"tags": [{"name": "task", "values": ["a"]}]}}}, ADDER, [], []),
    "one of several values": ({"tags": {"component": {"tags": TASK}}}, appended(ADDER, S, "tags: {task: 'a,b'}\n"), [], []),
    "a wrong one of several values": ({"tags": {"component": {"tags": TASK}}}, appended(ADDER, S, "tags: {task: 'a,c'}\n"), [], ["wrong-tag-value"]),
    "a tag that another asks for": ({"tags": {"component": {"tags": BY_TASK}}}, appended(ADDER, S, "tags: {task: a}\n"), [], ["missing-tag"]),
    "a value that another tag asks for": ({"tags": {"component": {"tags": BY_TASK}}}, appended(ADDER, S, "tags: {task: a, license: x}\n"), [], ["wrong-tag-value"]),
    "a tag that another does not ask for": ({"tags": {"component": {"tags": BY_TASK}}}, appended(ADDER, S, "tags: {task: b, license: x}\n"), [], []),
    "a closed table": ({"tags": {"component": {"closed": True, "tags": TASK}}}, appended(ADDER, S, "tags: {x: a}\n"), [], ["unknown-tag"]),
    "an open table": ({"tags": {"environment": {}}}, appended(ENV, ES, "  x: a\n"), ["unknown-tag"], []),
    "another type's table replaces none": ({"tags": {"component": {}}}, changed(PROMPT, PS, ("chat", "x")), ["wrong-tag-value"], ["wrong-tag-value"]),
    "a type's own table replaces the default": ({"tags": {"evaluationresult": {}}}, changed(RESULT, "assets/r/spec.yaml", ("text_quality", "x")), ["wrong-tag-value"], []),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "files", "by_default", "then"), TABLE.values(), ids=list(TABLE))
def test_settings_change_what_is_found(
    settings: Mapping[str, Any], files: Files, by_default: list[str], then: list[str]
) -> None:
    assert [rule for rule, _ in found(files)] == by_default
    assert [rule for rule, _ in found(Given(files, policy=Policy.model_validate(settings)))] == then


def test_a_base_image_is_ours_by_the_prefix_of_the_settings() -> None:
    policy = Policy.model_validate({"images": {"prefix": "mine/"}})
    files = changed(dockerfile("FROM mcr.microsoft.com/mine/x\n"), EE, ("azureml/curated/", "mine/"))
    assert found(Given(files, policy=policy)) == [("published-base-image", f"assets/{NAME}/context/Dockerfile:1:6")]
    files = changed(dockerfile("FROM mcr.microsoft.com/azureml/curated/x\n"), EE, ("azureml/curated/", "mine/"))
    assert found(Given(files, policy=policy)) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"names": {"exceptions": ["(?!x)"]}}, "is no regular expression of RE2"),
        ({"names": {"exceptions": ["("]}}, "missing )"),
        ({"names": {"forbidden_words": [{"word": "x", "types": ["zebra"]}]}}, "types"),
        ({"names": {"forbiden_words": []}}, "forbiden_words"),
        ({"tags": {"zebra": {}}}, "zebra"),
        ({"tags": ["a"]}, "tags"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(settings)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"packages": {"indexes": ["http://pypi.example.com/simple/"]}}, "is no address of an index"),
        ({"packages": {"indexes": ["https://me:secret@pypi.example.com/simple/"]}}, "holds a login"),
        ({"packages": {"indexes": ["https://pypi.example.com/simple/?token=x"]}}, "holds more than an address"),
        ({"packages": {"indexes": ["/simple"]}}, "is no address of an index"),
        ({"packages": {"python": "3"}}, "should match pattern"),
        ({"packages": {"minimum_age": "3"}}, "is no age"),
        ({"images": {"minimum_age": "P3D"}}, "is no age"),
        ({"images": {"platform": "linux"}}, "should match pattern"),
        ({"images": {"order": "newest"}}, "Input should be"),
    ],
)
def test_what_cannot_be_looked_up_by_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Policy.model_validate(settings)


def test_ages_are_hours_days_or_weeks_and_an_index_of_this_machine_needs_no_encryption() -> None:
    policy = Policy.model_validate(
        {"packages": {"minimum_age": "36h", "indexes": ["http://127.0.0.1:1/"]}, "images": {"minimum_age": "2w"}}
    )
    assert (policy.packages.minimum_age, policy.images.minimum_age) == (timedelta(hours=36), timedelta(days=14))
