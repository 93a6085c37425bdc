"""One model of inputs, two ways to fill it."""

import argparse
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from assets_actions.commands.arguments import add_arguments, from_action, from_flags
from assets_actions.commands.inputs import RepositoryInputs
from assets_actions.errors import UserError


class Example(RepositoryInputs):
    place: Path | None = Field(None, description="A place.", json_schema_extra={"positional": True})
    do_it: bool = Field(False, description="Do it.")
    fetch: bool = Field(True, description="Fetch.")
    colour: Literal["red", "green"] = Field("red", description="100 % colour.")
    number: int | None = Field(None, description="A number.", examples=["N"])


def flags(*arguments: str) -> Example:
    parser = argparse.ArgumentParser()
    add_arguments(parser, Example)
    return from_flags(Example, vars(parser.parse_args(arguments)))


def test_flags_fill_the_model() -> None:
    assert flags() == Example()
    given = flags(
        "--do-it", "--no-fetch", "--colour", "green", "--number", "3", "--assets-dir", "a,b", "--assets-dir", "c d", "x"
    )
    assert given == Example(
        do_it=True, fetch=False, colour="green", number=3, assets_dir=["a,b", "c d"], place=Path("x")
    )


def test_an_actions_inputs_fill_it_as_well() -> None:
    given = {
        "do-it": "true",
        "fetch": "false",
        "colour": " green ",
        "number": "",
        "assets-dir": "a,b\n\n  c d\n",
        "place": "",
    }
    assert from_action(Example, given) == Example(do_it=True, fetch=False, colour="green", assets_dir=["a,b", "c d"])
    assert from_action(Example, {}) == Example()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('["a", "b\\nc"]', ["a", "b\nc"]),
        ("[]", []),
        ("[a-z]\n[1]", ["[a-z]", "[1]"]),
        ("[1]", ["[1]"]),
        ('{"a": 1}', ['{"a": 1}']),
        ("12", ["12"]),
    ],
)
def test_a_list_is_json_as_a_matrix_has_it_or_has_an_item_a_line(text: str, items: list[str]) -> None:
    assert from_action(Example, {"assets-dir": text}).assets_dir == items


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UserError, match=r"input `colour`: .*; input `number`: ") as caught:
        from_action(Example, {"colour": "blue", "number": "many"})
    assert "do-it" not in caught.value.message
    with pytest.raises(UserError, match=r"^--number: "):
        flags("--number", "many")


def test_an_unknown_input_is_answered_with_the_nearest_and_an_empty_one_ignored() -> None:
    with pytest.raises(UserError, match=r"there is no input `colou`; did you mean `colour`\?; there is no input `zzz`"):
        from_action(Example, {"colou": "red", "zzz": "1"})
    assert from_action(Example, {"colou": ""}) == Example()


def test_help_has_every_description(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        flags("--help")
    out = capsys.readouterr().out
    assert "--no-fetch" in out
    assert "100 % colour." in out
    assert "{red,green}" in out
