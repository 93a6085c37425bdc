from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field

from assets_actions.assets.document import Document, parse
from assets_actions.assets.model import ReadAs, Section, read_as, unknown_keys


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Round(Section):
    type: Literal["round"]
    radius: int


class Square(Section):
    type: Literal["square"]
    side: int


class Inner(Section):
    colour: Colour
    size: bool | None = None


class Outer(Section):
    name: str
    inner: Inner | None = None
    items: list[str] = []
    schema_url: str | None = Field(None, alias="$schema")
    shape: Annotated[Round | Square, Field(discriminator="type")] | None = None
    free: dict[str, str] | None = None


def read(text: str) -> ReadAs[Outer]:
    return read_as(parse("x.yaml", text.encode()), Outer)


def place(document: Document, loaded: ReadAs[Outer], number: int = 0) -> str:
    error = loaded.errors[number]
    return str(document.place(*document.locate(*error.keys, at_key=error.missing)))


def test_values_are_typed_by_the_model_alone() -> None:
    loaded = read("name: 3.10\ninner: {colour: red, size: yes}\n$schema: x\n")
    assert loaded.model
    assert (loaded.model.name, loaded.model.schema_url) == ("3.10", "x")
    assert loaded.model.inner
    assert loaded.model.inner.size is True


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("inner:\n  colour: red\n", "1:1", "`name` is missing"),
        ("name: x\ninner:\n  size: no\n", "2:1", "`colour` is missing"),
        ("name: x\ninner:\n  colour: rad\n", "3:11", "`rad` is not one of: red, green; did you mean `red`?"),
        ("name:\n  a: b\n", "2:3", "a mapping is not text"),
        ("name:\n", "1:6", "an empty value is not text"),
        ("name: x\nitems: a\n", "2:8", "`a` is not a list"),
        ("name: x\nitems:\n  - a\n  - [b]\n", "4:5", "a list is not text"),
        ("name: x\ninner: text\n", "2:8", "`text` is not a mapping"),
        ("name: x\ninner:\n  colour: red\n  size: maybe\n", "4:9", "`maybe`: input should be a valid boolean"),
        ("name: x\nshape:\n  type: oval\n", "3:9", "`oval` is not one of: round, square"),
        ("name: x\nshape:\n  radius: 1\n", "2:1", "`type` is missing"),
        ("name: x\nshape:\n  type: round\n", "2:1", "`radius` is missing"),
        ("name: x\nshape:\n  type: round\n  radius: far\n", "4:11", "`far`: input should be a valid integer"),
        ("- a\n", "1:1", "is no mapping"),
        ("", "1:1", "is empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_place(text: str, where: str, message: str) -> None:
    loaded = read(text)
    assert loaded.model is None
    assert loaded.errors[0].message.startswith(message)
    assert place(parse("x.yaml", text.encode()), loaded) == f"x.yaml:{where}"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    loaded = read("items: a\ninner: {colour: blue}\n")
    assert [error.keys for error in loaded.errors] == [(), ("inner", "colour"), ("items",)]
    assert [error.missing for error in loaded.errors] == [True, False, False]


def test_a_document_that_could_not_be_read_has_no_model_and_no_further_errors() -> None:
    loaded = read("a: [")
    assert loaded.model is None
    assert loaded.errors == ()


def test_unknown_keys_are_found_at_any_depth_even_where_the_model_cannot_be_made() -> None:
    document = parse("x.yaml", b"nmae: x\ninner: {color: red}\nshape: {type: square, sied: 1}\nfree: {any: thing}\n")
    assert list(unknown_keys(Outer, document.data)) == [
        (("nmae",), ["name", "inner", "items", "$schema", "shape", "free"]),
        (("inner", "color"), ["colour", "size"]),
        (("shape", "sied"), ["type", "side"]),
    ]
