"""Dockerfiles of environments."""

from tests.rules.examples import (
    ED,
    Example,
    Files,
    Given,
    assert_alone,
    context,
    dockerfile,
    each_bad,
    each_good,
    judge,
)

OURS = "mcr.microsoft.com/azureml/curated/pytorch-2.8"


def _from(text: str, place: str, image: str = OURS) -> Example:
    return Example(
        "published-base-image",
        dockerfile(text),
        f"{ED}:{place}",
        f"`{image}` is an image that this repository publishes",
    )


BAD = [
    _from(f"FROM {OURS}:1\n", "1:6", f"{OURS}:1"),
    _from(f"FROM scratch\n  from --platform=linux/amd64 {OURS} AS x\n", "2:31"),
    _from(f"FROM \\\r\n  {OURS}\r\n", "2:3"),
    _from(f"FROM {OURS.upper()}\n", "1:6", OURS.upper()),
    _from(f"ARG BASE={OURS}\nFROM ${{BASE}}\n", "2:6"),
    _from(f'ARG BASE="{OURS}"\nFROM $BASE:2\n', "2:6", f"{OURS}:2"),
    _from(f"FROM ${{BASE:-{OURS}}}\n", "1:6"),
    _from(f"FROM ${{BASE-{OURS}}}\n", "1:6"),
    _from(f"ARG A=1\nFROM ${{A:+{OURS}}}\n", "2:6"),
    _from(f'FROM "{OURS}"\n', "1:7"),
    _from(f"FROM \\\n# a comment\n\n  {OURS}\n", "4:3"),
    _from("FROM mcr.micro\\\nsoft.com/azureml/curated/pytorch-2.8\n", "1:1"),
    _from("FR\\\nOM mcr.microsoft.com/azureml/curated/pytorch-2.8\n", "2:4"),
    _from(f"# escape=`\nFROM `\n  {OURS}\n", "3:3"),
    _from(f"ARG A=foo B={OURS}\nFROM $B\n", "2:6"),
    _from(f"ARG \\\n  B={OURS}\nFROM $B\n", "3:6"),
    _from("ARG H=mcr.microsoft.com\nARG B=$H/azureml/curated/pytorch-2.8\nFROM $B\n", "3:6"),
    _from(f"ARG B={OURS}\nFROM $B\nARG B=python:3\n", "2:6"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "another image": dockerfile("FROM mcr.microsoft.com/azureml/openmpi:1\n"),
    "the name behind another registry": dockerfile(f"FROM example.com/{OURS}\n"),
    "a comment": dockerfile(f"# FROM {OURS}\nFROM scratch\n"),
    "a value that another replaces": dockerfile(f"ARG B={OURS}\nARG B=scratch\nFROM $B\n"),
    "a value that comes too late": dockerfile(f"FROM scratch\nARG B={OURS}\nFROM $B\n"),
    "a value for the case that is not": dockerfile(f"FROM ${{A:+{OURS}}}scratch\n"),
    "quotes that do not end": dockerfile("FROM scratch\nARG A='x\n"),
    "an instruction that does not end": dockerfile("FROM scratch \\\n"),
    "a variable without a value": dockerfile("ARG BASE\nFROM ${BASE}\n"),
    "a variable with a value that wins over the default": dockerfile(f"ARG BASE=scratch\nFROM ${{BASE:-{OURS}}}\n"),
    "another file of the context": context(x_md=f"FROM {OURS}\n"),
    "copied from": dockerfile(f"FROM scratch\nCOPY --from={OURS} /a /a\n"),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
