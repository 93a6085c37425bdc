"""What a command reads: a model of inputs, filled from flags or from an action's inputs."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from assets_actions.assets.model import said, suggestion
from assets_actions.errors import UserError

Format = Literal["text", "json", "github", "sarif", "junit"]


class Inputs(BaseModel):
    """What every command reads. Field names become flags (`--assets-dir`) and action inputs (`assets-dir`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    format: Format | None = Field(
        None,
        description="How to show the result; sarif and junit hold the findings alone. "
        "Default: github in a workflow run, else text.",
    )
    output: Path | None = Field(
        None,
        description="Write the result to this file, not to the terminal; with --format github, as JSON beside the log.",
        examples=["FILE"],
    )


class RepositoryInputs(Inputs):
    """What a command that works on a repository reads."""

    repo: Path = Field(Path("."), description="Directory of the repository, or one inside it.", examples=["DIR"])
    assets_dir: list[str] = Field(
        [],
        description="Directory in the repository that holds assets; may be given several times. "
        "Default: as the settings say, else assets.",
        examples=["DIR"],
    )
    settings: Path | None = Field(
        None,
        description="The repository's settings. Default: .github/assets-actions.yml, where there is one.",
        examples=["FILE"],
    )


class ReleaseInputs(RepositoryInputs):
    """What a command reads that looks at what was released."""

    release_branch: str | None = Field(
        None,
        description="The branch that holds what was released. Default: as the settings say, else release.",
        examples=["BRANCH"],
    )
    remote: str = Field(
        "origin", description="The remote that has the release branch and tags. Default: origin.", examples=["NAME"]
    )


FETCH: bool = Field(
    True, description="Ask the remote for the release branch and tags; without, take them as they were fetched last."
)

I = TypeVar("I", bound=Inputs)  # noqa: E741 (the customary name for a type of inputs)


class Argument:
    """How a field is given: as a switch, a list, a choice or a value."""

    def __init__(self, field: FieldInfo) -> None:
        annotation = field.annotation
        plain = [kind for kind in get_args(annotation) if kind is not NoneType]
        if NoneType in get_args(annotation) and len(plain) == 1:
            annotation = plain[0]
        self.is_switch = annotation is bool
        self.is_list = get_origin(annotation) is list
        self.is_pair = get_origin(annotation) is tuple
        self.choices = list(get_args(annotation)) if get_origin(annotation) is Literal else None
        self.metavar = str((field.examples or ["VALUE"])[0])
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        self.is_positional = bool(extra.get("positional"))
        self.is_only_flag = bool(extra.get("only_flag"))
        """For people at a terminal; no input of an action."""


def flag_name(field: str) -> str:
    """A field's name as flags and action inputs have it."""
    return field.replace("_", "-")


def add_arguments(parser: argparse.ArgumentParser, model: type[Inputs]) -> None:
    """Add the flags for a model's fields; those not given are absent from what the parser returns."""
    for name, field in model.model_fields.items():
        kind = Argument(field)
        options: dict[str, Any] = {"help": (field.description or "").replace("%", "%%"), "default": argparse.SUPPRESS}
        if kind.is_positional:
            nargs = "*" if kind.is_list else None if field.is_required() else "?"
            parser.add_argument(name, nargs=nargs, metavar=kind.metavar, choices=kind.choices, **options)
            continue
        flag = f"--{flag_name(name)}"
        if kind.is_switch:
            value = not field.default
            flag = flag if value else f"--no-{flag_name(name)}"
            options |= {"action": "store_const", "const": value}
        elif kind.is_list:
            options |= {"action": "append", "metavar": kind.metavar}
        elif kind.is_pair:
            options |= {"nargs": 2, "metavar": tuple(kind.metavar.split())}
        elif kind.choices:
            options |= {"choices": kind.choices}
        else:
            options |= {"metavar": kind.metavar}
        parser.add_argument(flag, dest=name, **options)


def action_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields that are inputs of an action."""
    return {name: field for name, field in model.model_fields.items() if not Argument(field).is_only_flag}


def from_flags(model: type[I], given: Mapping[str, Any]) -> I:
    """Inputs from parsed flags. Raises UserError that names every flag with a wrong value."""
    return _validate(model, given, "--{}")


def from_action(model: type[I], given: Mapping[str, str]) -> I:
    """Inputs from an action's inputs: all are text, an empty one is not given, lists have an item a line.

    Raises UserError that names every unknown or wrong input.
    """
    names = {flag_name(name): name for name in action_fields(model)}
    given = {name: text.strip() for name, text in given.items() if text.strip()}
    if unknown := [name for name in given if name not in names]:
        wrong = [f"there is no input `{name}`{suggestion(name, list(names))}" for name in unknown]
        raise UserError("; ".join(wrong), fix=f"inputs are: {', '.join(names)}")
    values: dict[str, Any] = {names[name]: text for name, text in given.items()}
    for name, text in values.items():
        if Argument(model.model_fields[name]).is_list:
            values[name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif Argument(model.model_fields[name]).is_pair:
            values[name] = text.split()
    return _validate(model, values, "input `{}`")


def _validate(model: type[I], values: Mapping[str, Any], form: str) -> I:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = []
        for found in error.errors():
            name = f"{form.format(flag_name(str(found['loc'][0])))}: " if found["loc"] else ""
            wrong.append(name + said(found))
        raise UserError("; ".join(wrong)) from None
