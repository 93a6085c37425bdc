"""Inputs given as flags, or as an action's inputs: made from their model, and read into it."""

import argparse
import json
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from assets_actions.assets.model import said, suggestion
from assets_actions.errors import UserError

from .inputs import Inputs

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
    return _validate(model, given, "--{}", [])


def from_action(model: type[I], given: Mapping[str, str]) -> I:
    """Inputs from an action's inputs: all are text, an empty one is not given, lists are JSON or have an item a line.

    Raises UserError that names every unknown and every wrong input.
    """
    names = {flag_name(name): name for name in action_fields(model)}
    given = {name: text.strip() for name, text in given.items() if text.strip()}
    wrong = [f"there is no input `{name}`{suggestion(name, list(names))}" for name in given if name not in names]
    values: dict[str, Any] = {names[name]: text for name, text in given.items() if name in names}
    for name, text in values.items():
        if Argument(model.model_fields[name]).is_list:
            values[name] = _items(text)
        elif Argument(model.model_fields[name]).is_pair:
            values[name] = text.split()
    return _validate(model, values, "input `{}`", wrong, f"inputs are: {', '.join(names)}" if wrong else None)


def _items(text: str) -> list[str]:
    """The items of a list: those of a JSON list of texts, such as a matrix has, else the lines."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = None
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return listed
    return [line.strip() for line in text.splitlines() if line.strip()]


def _validate(model: type[I], values: Mapping[str, Any], form: str, wrong: Sequence[str], fix: str | None = None) -> I:
    """The inputs; `wrong` is what is known to be wrong with them already."""
    try:
        inputs = model.model_validate(values)
    except ValidationError as error:
        wrong = [*wrong, *(_said(found, form) for found in error.errors())]
    else:
        if not wrong:
            return inputs
    raise UserError("; ".join(wrong), fix=fix)


def _said(found: ErrorDetails, form: str) -> str:
    name = f"{form.format(flag_name(str(found['loc'][0])))}: " if found["loc"] else ""
    return name + said(found)
