"""The tags of a spec."""

import pytest

from tests.rules.examples import (
    EC,
    ENV,
    ES,
    NAME,
    PROMPT,
    PS,
    RESULT,
    RS,
    Example,
    Files,
    Given,
    appended,
    assert_alone,
    changed,
    each_bad,
    each_good,
    judge,
    named,
)  # fmt: skip


def _result(type_: str, *lines: str) -> Files:
    """An evaluation result of this type, with these tags beside it."""
    text = "".join(f"  {line}\n" for line in lines)
    return changed(RESULT, RS, ("text_quality", type_), ("  index_metric_key: index_metric\n", text))


def _prompt(old: str, new: str) -> Files:
    return changed(PROMPT, PS, (old, new))


def _env(*tags: str, description: str = "") -> Files:
    """An environment with more tags."""
    files = appended(ENV, ES, "".join(f"  {tag}\n" for tag in tags))
    return changed(files, ES, ("tags:", f"description: {description}\ntags:")) if description else files


D = f"assets/{NAME}/description.md"
DEPRECATED, DELETE_ON, SAID = 'Deprecated: ""', 'DeleteOn: "2027-01-31"', '"DEPRECATED: use x instead"'


def _about(text: str, *tags: str) -> Files:
    """An environment with a description file."""
    return {**_env(*tags), D: text}


def _deprecated(date: str) -> Files:
    return _env(DEPRECATED, f"DeleteOn: {date}", description=SAID)


BAD = [
    # required, recommended
    Example("missing-tag", changed(RESULT, RS, ("  evaluation_type: text_quality\n", "")), f"{RS}:3:1", "`evaluation_type` is missing; an evaluationresult has it: text_generation, text_embeddings, vision"),
    Example("missing-tag", changed(RESULT, RS, ("tags:\n  evaluation_type: text_quality\n  index_metric_key: index_metric\n", "")), f"{RS}:1:1", "`evaluation_type` is missing"),
    Example("missing-tag", _result("text_cost"), f"{RS}:3:1", "`index_metric_key` is missing; an evaluationresult whose `evaluation_type` is `text_cost` has it: total_cost_per_1M_tokens"),
    Example("missing-tag", _result("vision", "index_metric_key: x"), f"{RS}:3:1", "`task` is missing"),
    Example("missing-tag", _prompt("  modality: chat\n", ""), f"{PS}:3:1", "`modality` is missing; a prompt has it: completion, chat, image, video"),
    Example("recommended-tag", changed(ENV, ES, ("  OS: Ubuntu22.04\n", "")), f"{ES}:6:1", "`OS` is missing; an environment has it"),
    Example("recommended-tag", changed(ENV, ES, ('  Python: "3.12"\n', "")), f"{ES}:6:1", "`Python` is missing"),
    # values
    Example("wrong-tag-value", _result("text_qualty", "task: x"), f"{RS}:4:20", "`text_qualty` is not one of: text_generation, text_embeddings, vision, text_quality, text_performance, text_cost; did you mean `text_quality`?"),
    Example("wrong-tag-value", _result("vision", "task: sts"), f"{RS}:5:9", "`sts` is not one of: image-generation, image-vqa"),
    Example("wrong-tag-value", _result("vision", "task: image-vqa,image-generation"), f"{RS}:5:9", "`image-vqa,image-generation` is not one of"),
    Example("wrong-tag-value", _result("vision", "task: [image-vqa]"), f"{RS}:5:9", "this is not one of"),
    Example("wrong-tag-value", _result("[vision]", "task: image-vqa"), f"{RS}:4:20", "this is not one of"),
    Example("wrong-tag-value", _prompt("chat", "Chat"), f"{PS}:4:13", "`Chat` is not one of: completion, chat, image, video; did you mean `chat`?"),
    Example("wrong-tag-value", _prompt("translation", "translation,sumarization,sumarization"), f"{PS}:5:9", "`sumarization` is not one of"),
    Example("wrong-tag-value", _prompt("translation", "{a: b}"), f"{PS}:5:9", "this is not one of: summarization"),
    Example("wrong-tag-value", _prompt("translation\n", "translation\n  industry: retail,energy\n"), f"{PS}:6:13", "`retail,energy` is not one of: financial-services"),
    # names
    Example("unknown-tag", _env("Scikit-learn: x"), f"{ES}:9:3", "`Scikit-learn` is not a known tag of an environment; did you mean `ScikitLearn`?"),
    # types
    Example("tag-value-type", changed(ENV, ES, ('"3.12"', "3.10")), f"{ES}:8:11", "`Python: 3.10` is read as the number 3.1", 'Python: "3.10"\n'),
    Example("tag-value-type", _env("GPU: no"), f"{ES}:9:8", "`GPU: no` is read as false, a truth value", 'GPU: "no"\n'),
    Example("tag-value-type", _env("GPU: 010"), f"{ES}:9:8", "`GPU: 010` is read as the number 8", 'GPU: "010"\n'),
    Example("tag-value-type", _env("GPU: 1_000"), f"{ES}:9:8", "is read as the number 1000", 'GPU: "1_000"\n'),
    Example("tag-value-type", _env("GPU: 12:30:45"), f"{ES}:9:8", "is read as the number 45045", 'GPU: "12:30:45"\n'),
    Example("tag-value-type", _env("GPU: ~ # x"), f"{ES}:9:8", "`GPU: ~` is read as nothing", 'GPU: "" # x\n'),
    Example("tag-value-type", _env("GPU: # x"), f"{ES}:9:7", "`GPU: ` is read as nothing", 'GPU: "" # x\n'),
    Example("tag-value-type", changed(PROMPT, PS, ("tags:\n  modality: chat\n  task: translation\n", "tags: {modality: chat, x: yes}\n")), f"{PS}:3:27", "is read as true, a truth value", 'x: "yes"}'),
    # deprecation in the spec
    Example("incomplete-deprecation", _env(DEPRECATED, description=SAID), f"{ES}:10:3", "`DeleteOn` is missing beside `Deprecated`"),
    Example("incomplete-deprecation", _env(DELETE_ON), f"{ES}:9:3", "`Deprecated` is missing beside `DeleteOn`"),
    Example("incomplete-deprecation", _env(DEPRECATED, DELETE_ON), f"{ES}:1:1", "the description of a deprecated asset begins with `DEPRECATED:`"),
    Example("incomplete-deprecation", _env(DEPRECATED, DELETE_ON, description="this is DEPRECATED"), f"{ES}:6:1", "begins with `DEPRECATED:`"),
    Example("incomplete-deprecation", _env(description=SAID), f"{ES}:6:1", "`Deprecated` is missing among the tags"),
    Example("incomplete-deprecation", _about("DEPRECATED: x", DEPRECATED), f"{ES}:9:3", "`DeleteOn` is missing"),
    # and in a description file
    Example("deprecated-description", _about("A model.\n", DEPRECATED, DELETE_ON), f"{D}:1:1", "the description of a deprecated asset begins with `DEPRECATED:`"),
    Example("deprecated-description", _about("", DEPRECATED, DELETE_ON), f"{D}:1:1", "begins with `DEPRECATED:`"),
    Example("deprecated-description", _about("DEPRECATED: use x\n"), f"{D}:1:1", "`Deprecated` is missing among the tags of the spec"),
    Example(
        "deprecated-description",
        {**appended(_env(DEPRECATED, DELETE_ON, description=SAID), EC, "description_file: about.md\n"), f"assets/{NAME}/about.md": "x"},
        f"assets/{NAME}/about.md:1:1",
        "begins with `DEPRECATED:`",
    ),
    # the day
    Example("delete-on-date", _deprecated("soon"), f"{ES}:11:13", "`soon` is not a date, YYYY-MM-DD"),
    Example("delete-on-date", _deprecated("2027-02-30"), f"{ES}:11:13", "`2027-02-30` is not a date"),
    Example("delete-on-date", _deprecated("2027-1-31"), f"{ES}:11:13", "`2027-1-31` is not a date"),
    Example("delete-on-date", _deprecated("20270131a"), f"{ES}:11:13", "is not a date"),
    Example("delete-on-date", _deprecated("'\uff12027-01-31'"), f"{ES}:11:13", "is not a date"),
    Example("delete-on-date", _deprecated("2027-01-31T00:00:00Z"), f"{ES}:11:13", "is not a date"),
    Example("delete-on-date", _deprecated('""'), f"{ES}:11:13", "this is not a date"),
    Example("delete-on-date", _deprecated("[2027-01-31]"), f"{ES}:11:13", "this is not a date"),
    Example("delete-on-past", _deprecated("2026-11-22"), f"{ES}:11:13", "2026-11-22 has passed, and the asset is still here"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "an environment": ENV,
    "quoted numbers": _env('PyTorch: "3.10"', "GPU: '010'"),
    "a number that is written as its value is": _env("PyTorch: 3.9", "Cuda: 12"),
    "text that only begins like a number": _env("PyTorch: 3.10.1", "Cuda: 12.4-x"),
    "an evaluation result": RESULT,
    **{
        f"{type_} with its own values": _result(type_, tag)
        for type_, tag in {
            "text_generation": "task: chat-completion",
            "text_embeddings": "task: sts",
            "vision": "task: image-vqa",
            "text_performance": "index_metric_key: throughput_gtps_token_count",
            "text_cost": "index_metric_key: total_cost_per_1M_tokens",
        }.items()
    },
    "other tags where the table is open": appended(RESULT, RS, "  whatever: [x]\n"),
    "a prompt": PROMPT,
    "a prompt without a task": _prompt("  task: translation\n", "  industry: retail\n"),
    "several tasks": _prompt("translation", "translation,summarization,fill-mask"),
    "deprecated": _deprecated('"2027-01-31"'),
    "a date without quotes": _deprecated("2027-01-31"),
    "the last day": _deprecated('"2026-11-23"'),
    "deprecated in lines": _env(DEPRECATED, DELETE_ON, description="|\n\n  DEPRECATED: x\n"),
    "deprecated, with a description file": _about("DEPRECATED: use x\n", DEPRECATED, DELETE_ON),
    "a description file that begins with a byte order mark": _about("\ufeff\n DEPRECATED: use x\n", DEPRECATED, DELETE_ON),
    "a description file wins over what the spec says": {**_env(description=SAID), D: "A model.\n"},
    "the word elsewhere in a description file": _about("not DEPRECATED: yet\n"),
    "tags by a merge key": changed(ENV, ES, ("tags:\n  OS: Ubuntu22.04\n", 'inference_config: &x {OS: "1"}\ntags:\n  <<: *x\n')),
    "tags that stand elsewhere": changed(ENV, ES, ("tags:\n", "tags: &x\n")),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_each_of_several_values_is_judged_once() -> None:
    findings = judge(_prompt("translation", "translation,nonsense,sumarization,nonsense, translation")).findings
    assert [finding.message.partition(" is ")[0] for finding in findings] == [
        "` translation`",
        "`nonsense`",
        "`sumarization`",
    ]


def test_of_many_wrong_values_and_unknown_tags_only_the_first_are_looked_up() -> None:
    wrong = judge(_prompt("translation", ",".join(f"x{number}" for number in range(100)))).findings
    assert [finding.rule for finding in wrong] == ["wrong-tag-value"] * 20
    unknown = judge(_env(*(f"Cuda{number}: x" for number in range(30)))).findings
    assert ["did you mean" in finding.message for finding in unknown] == [True] * 20 + [False] * 10


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        ("{Python: &p 3.10, GPU: x, OS: y}", "3:16"),
        ("{Python: '3', OS: Linux, GPU: &g no}", "3:37"),
        ('{OS: "y", ? Python}', "3:25"),
        ("{Python: 3.10\n  , OS: y}", None),
    ],
)
def test_a_value_that_is_more_than_a_scalar_is_not_mended(tags: str, place: str | None) -> None:
    spec = f'name: "{{{{asset.name}}}}"\nversion: "{{{{asset.version}}}}"\ntags: {tags}\n'
    (finding,) = [finding for finding in judge({**ENV, ES: spec}).findings if finding.rule == "tag-value-type"]
    assert (finding.edit is None) == (place is not None), finding
    assert place is None or str(finding.place) == f"{ES}:{place}"


def test_an_alias_is_judged_where_it_stands_and_not_mended() -> None:
    spec = 'name: "{{asset.name}}"\nversion: "{{asset.version}}"\ndisplay_name: &n 3.10\ntags:\n  Python: *n\n  OS: x\n'
    (finding,) = judge({**ENV, ES: spec}).findings
    assert (finding.rule, str(finding.place), finding.edit) == ("tag-value-type", f"{ES}:5:11", None)


def test_two_environments_with_one_description_file_are_judged_each() -> None:
    files = {
        **_env(DEPRECATED, DELETE_ON, description=SAID),
        **named("sklearn-1.8"),
        "assets/about.md": "DEPRECATED: x",
    }
    for name in (NAME, "sklearn-1.8"):
        files = dict(appended(files, f"assets/{name}/asset.yaml", "description_file: ../about.md\n"))
    assert [(finding.rule, finding.asset) for finding in judge(files).findings] == [
        ("deprecated-description", "environment/sklearn-1.8")
    ]
