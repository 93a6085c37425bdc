"""Pydantic models over documents: one reads a document's data and says what is wrong, key by key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import UnionType
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from .document import MAX_BYTES, Data, Document, KeyPath, Unreadable, parse
from .tree import SYMLINK, Tree


class Section(BaseModel):
    """A mapping in a document. Unknown keys are kept aside, for a rule to judge; they do not make it unusable."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, defer_build=True)


MISSING = "missing"
"""pydantic's name for the error of a key that is not there; our own validators raise it too, with `key` in ctx."""

LONGEST_SHOWN = 80
"""Of a value that is wrong, so many characters are shown."""

M = TypeVar("M", bound=Section)


@dataclass(frozen=True)
class ModelError:
    """What is wrong, and the path of keys to it: to a value, or to the mapping that a key is `missing` from."""

    keys: KeyPath
    missing: bool
    message: str


class ReadAs(NamedTuple, Generic[M]):
    """A document as a model; without one, what is wrong with it, unless the document has a problem of its own."""

    model: M | None
    errors: tuple[ModelError, ...] = ()


@dataclass(frozen=True, eq=False)
class Loaded(Generic[M]):
    """A file of a tree, the document in it and what that is read as; each when it is first asked for."""

    tree: Tree
    path: str
    kind: type[M]

    @cached_property
    def content(self) -> bytes:
        """The file as it is, or as much of it as is read of one that is too large."""
        return self.tree.read([self.path], MAX_BYTES)[self.path]

    @cached_property
    def document(self) -> Document:
        """The document, readable or not."""
        if self.tree.entries[self.path].mode == SYMLINK:
            return Document(self.path, "", problem=Unreadable("is a symbolic link", 0))
        return parse(self.path, self.content)

    @cached_property
    def model(self) -> M | None:
        """The document as a model; None where `errors` or the document's own problem forbid it."""
        return self._read_as.model

    @property
    def errors(self) -> tuple[ModelError, ...]:
        """What is wrong with the document as a model."""
        return self._read_as.errors

    @cached_property
    def _read_as(self) -> ReadAs[M]:
        return read_as(self.document, self.kind)


def fetch(files: Sequence[Loaded[Any]]) -> None:
    """Read the contents of many files of one tree, as one batch; of one that several share, once."""
    contents = files[0].tree.read((file.path for file in files), MAX_BYTES) if files else {}
    for file in files:
        file.__dict__["content"] = contents[file.path]


def read_as(document: Document, kind: type[M]) -> ReadAs[M]:
    """A document as a model; never raises for what the document says."""
    if document.problem:
        return ReadAs(None)
    data = document.data
    if not isinstance(data, dict):
        what = "is empty" if data is None else "is no mapping"
        return ReadAs(None, (ModelError((), False, f"{what}; it needs `key: value` lines"),))
    try:
        return ReadAs(kind.model_validate(data))
    except ValidationError as error:
        return ReadAs(None, tuple(_model_error(e, document) for e in error.errors(include_url=False)))


def _model_error(error: ErrorDetails, document: Document) -> ModelError:
    # In a union, pydantic puts the name of the branch between the keys: it names no place in the document.
    keys: KeyPath = ()
    discriminator = error.get("ctx", {}).get("discriminator", "").strip("'")
    for key in (*error["loc"], discriminator):
        if document.find(*keys, key) is not None:
            keys = (*keys, key)
    return ModelError(keys, error["type"] in (MISSING, "union_tag_not_found"), _wording(error))


def _wording(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    given = error["input"]
    match error["type"]:
        case "missing":
            return f"`{context.get('key') or error['loc'][-1]}` is missing"
        case "union_tag_not_found":
            return f"`{context['discriminator'].strip(chr(39))}` is missing"
        case "enum" | "literal_error":
            return _not_a_choice(given, context["expected"].replace(" or ", ", "))
        case "union_tag_invalid":
            return _not_a_choice(context["tag"], context["expected_tags"])
        case "string_type":
            return f"{_shown(given)} is not text"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{_shown(given)} is not a mapping"
        case "list_type":
            return f"{_shown(given)} is not a list"
        case "value_error":
            return f"{_shown(given)} {context['error']}"
        case _:
            return f"{_shown(given)}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _shown(given: object) -> str:
    if given is None:
        return "an empty value"
    if isinstance(given, str):
        return f"`{given if len(given) <= LONGEST_SHOWN else given[:LONGEST_SHOWN] + '…'}`"
    return "a list" if isinstance(given, list) else "a mapping"


def _not_a_choice(given: object, expected: str) -> str:
    choices = [choice.strip(" '") for choice in expected.split(",")]
    return f"{_shown(given)} is not one of: {', '.join(choices)}{suggestion(given, choices)}"


def suggestion(given: object, choices: list[str]) -> str:
    """`; did you mean …?`, where one of the choices is close to what was given."""
    from difflib import get_close_matches

    close = get_close_matches(str(given)[:LONGEST_SHOWN], choices, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def said(error: ErrorDetails) -> str:
    """What pydantic says of a value, without its prefix for what our own validators say."""
    return error["msg"].removeprefix("Value error, ")


def unknown_keys(kind: type[Section], data: Data, at: KeyPath = ()) -> Iterator[tuple[KeyPath, list[str]]]:
    """Each key in a document's data that a model, or a model in it, does not have: (path of keys, the keys there are).

    Says so of data that the model cannot be made from as well: most often, an unknown key is the reason.
    """
    if not isinstance(data, dict):
        return
    fields = _fields(kind)
    for key, value in data.items():
        if key not in fields:
            yield (*at, key), list(fields)
        elif isinstance(value, dict) and (inner := _inner_model(fields[key], value)):
            yield from unknown_keys(inner, value, (*at, key))


@cache
def _fields(kind: type[Section]) -> dict[str, tuple[type[Section], ...]]:
    """The keys of a model, each with the models that its value can be."""
    return {field.alias or name: tuple(_models(field.annotation)) for name, field in kind.model_fields.items()}


def _models(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for part in get_args(annotation):
            yield from _models(part)


def _inner_model(models: tuple[type[Section], ...], data: dict[str, Data]) -> type[Section] | None:
    """The model that a mapping is meant for; of several, the one whose `type` it has."""
    if len(models) == 1:
        return models[0]
    return next(
        (model for model in models if data.get("type") in get_args(model.model_fields["type"].annotation)), None
    )
