from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.assets.document import (
    MAX_BYTES,
    MAX_DEPTH,
    Document,
    Position,
    Scalar,
    parse,
    read_otherwise,
    same_meaning,
    top_values,
)


def read(text: str) -> Document:
    document = parse("x.yaml", text.encode())
    assert document.problem is None, document.problem
    return document


def means_the_same(a: str, b: str) -> bool:
    return same_meaning(read(a).root, read(b).root)


def test_scalars_stay_the_text_that_was_written() -> None:
    text = "a: 3.10\nb: no\nc: 2024-01-02\nd: 0x1f\ne: '1'\nf: 1_000\n"
    assert read(text).data == {"a": "3.10", "b": "no", "c": "2024-01-02", "d": "0x1f", "e": "1", "f": "1_000"}


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
def test_only_a_plain_null_is_nothing(null: str) -> None:
    assert read(f"a: {null}\n").data == {"a": None}
    assert read(f"a: '{null}'\n").data == {"a": null}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: [1,\nc: d\n", 1, 4, "flow sequence"),
        ('a: "x\nb: c\n', 1, 4, "quoted scalar"),
        ("x: y\na: [1, 2\nb: c\n", 2, 4, "flow sequence"),
        ("a: [\n  1\n  b: [\n]\n", 3, 4, "flow sequence"),
        ("name: x\nversion\nspec: y\n", 2, 1, "needs `:` after it"),
        ("a: b\n x: y\n", 2, 3, "needs quotes"),
        ("a: b\n\tc: d\n", 2, 1, "indent with spaces"),
        ("a: @x\n", 1, 4, "needs quotes"),
        ("- a\nb: c\n", 2, 1, "expected '-'"),
        ("x: 1\na: *b\n", 2, 4, "no anchor"),
        ("a: &b [*b]\n", 1, 8, "inside what it refers to"),
        ("---\na: b\n---\nc: d\n", 3, 1, "more than one"),
        ("x: y\na: b\0c\n", 2, 5, "0x00 is not allowed"),
        ("key: value\n}\n", 2, 1, "expected key"),
        ("name: {{asset.name}}\n", 1, 8, "needs quotes"),
        ("? [a]\n: b\n", 1, 3, "must be plain text"),
        ("é: b\nü: \x07\n", 2, 4, "0x07 is not allowed"),
    ],
)
def test_what_cannot_be_read_is_a_problem_at_its_place(text: str, line: int, column: int, words: str) -> None:
    document = parse("x.yaml", text.encode())
    assert document.problem
    assert document.position(document.problem.index) == Position(line, column)
    assert words in document.problem.message
    assert document.root is None


def test_bytes_that_are_not_utf8_are_a_problem_at_their_place() -> None:
    document = parse("x.yaml", b"\xef\xbb\xbfa: b\r\nb: \xff\n")
    assert document.problem
    assert document.position(document.problem.index) == Position(2, 4)
    assert "0xff" in document.problem.message


def test_a_byte_order_mark_and_windows_line_endings_shift_nothing() -> None:
    document = parse("x.yaml", b"\xef\xbb\xbfa: b\r\nb: c\r\n")
    assert document.data == {"a": "b", "b": "c"}
    assert document.place(*document.locate("b")) == document.place(9, 10)
    assert (document.place(*document.locate("b")).line, document.place(*document.locate("b")).source) == (2, "b: c")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused_before_it_costs_anything(opening: str) -> None:
    document = parse("x.yaml", (opening * 200_000).encode())
    assert document.problem
    assert f"{MAX_DEPTH} levels" in document.problem.message


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    document = parse("x.yaml", "\n".join(lines).encode())
    assert document.problem
    assert "aliases" in document.problem.message


def test_a_file_that_is_too_large_is_not_read() -> None:
    document = parse("x.yaml", b"a" * (MAX_BYTES + 1))
    assert document.problem
    assert "too large" in document.problem.message


def test_keys_that_stand_twice_are_told_with_the_first() -> None:
    document = read("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [
        (again.text, document.position(again.start), document.position(first.start))
        for again, first in document.duplicates
    ] == [
        ("c", (2, 11), (2, 5)),
        ("a", (3, 1), (1, 1)),
    ]
    assert document.data == {"a": "3", "b": {"c": "2"}}


def test_an_alias_stands_for_its_anchor_at_its_own_place() -> None:
    document = read("a: &x text\nb: *x\n")
    assert document.data == {"a": "text", "b": "text"}
    assert document.position(document.locate("b")[0]) == Position(2, 4)


def test_merge_keys_are_applied_below_the_mappings_own_keys() -> None:
    document = read("base: &b {x: 1, y: 1}\nmore: &m {y: 2, z: 2}\na:\n  <<: [*m, *b]\n  x: 3\n")
    assert isinstance(document.data, dict)
    assert document.data["a"] == {"x": "3", "y": "2", "z": "2"}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (("a", "b", 1), "- second"),
        (("a", "b", 5), "b:"),
        (("a", "missing", "deeper"), "a:"),
        (("missing",), "a:"),
        ((), "a:"),
    ],
)
def test_a_path_that_leads_nowhere_is_placed_at_what_is_there(keys: tuple[str | int, ...], place: str) -> None:
    document = read("a:\n  b:\n    - first\n    - second\n")
    assert document.place(*document.locate(*keys)).source.strip() == place


def test_a_key_can_be_located_as_well_as_its_value() -> None:
    document = read("a:\n  key: value\n")
    assert document.text[slice(*document.locate("a", "key"))] == "value"
    assert document.text[slice(*document.locate("a", "key", at_key=True))] == "key"


def test_finding_a_value_gives_its_node_or_nothing() -> None:
    document = read("a: {b: [c]}\n")
    node = document.find("a", "b", 0)
    assert isinstance(node, Scalar)
    assert node.text == "c"
    assert document.find("a", "x") is None
    assert document.find("a", "b", "c") is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a: 1\nb: 2\n", "b: 2 # comment\na: 1\n"),
        ("a: 'x'\n", 'a: "x"\n'),
        ("a: yes\n", "a: true\n"),
        ("a: 0x10\n", "a: 16\n"),
        ("a: ~\n", "a:\n"),
        ("a: [1, 2]\n", "a:\n- 1\n- 2\n"),
        ("a: >-\n  x\n  y\n", "a: x y\n"),
        ("a: &q x\nb: *q\n", "a: x\nb: x\n"),
        ("a: 1.50\n", "a: 1.5\n"),
        ("a: .nan\n", "a: .NaN\n"),
    ],
)
def test_layout_quotes_and_order_have_no_meaning(a: str, b: str) -> None:
    assert means_the_same(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a: 1\n", "a: '1'\n"),
        ("a: 1\n", "a: 1.0\n"),
        ("a: 1\n", "a: true\n"),
        ("a: no\n", "a: 'no'\n"),
        ("a: ''\n", "a:\n"),
        ("a: [1, 2]\n", "a: [2, 1]\n"),
        ("a: [1]\n", "a: 1\n"),
        ("a: {b: 1}\n", "a: {c: 1}\n"),
        ("a: 1\n", "a: 1\nb: 2\n"),
        ("1: x\n", "'1': x\n"),
        ("a: !mine 1\n", "a: 1\n"),
        ("a: 2024-01-02\n", "a: '2024-01-02'\n"),
    ],
)
def test_types_and_structure_have(a: str, b: str) -> None:
    assert not means_the_same(a, b)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_and_never_an_error(content: bytes) -> None:
    document = parse("x.yaml", content)
    assert document.root is None or document.problem is None
    if document.problem:
        assert 0 <= document.problem.index <= len(document.text)
        document.place(document.problem.index, document.problem.index + 1)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(TREES, st.booleans())
def test_what_yaml_writes_is_read_with_every_value_at_its_place(tree: object, flow: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow)
    document = read(text)
    again = read(yaml.safe_dump(tree, default_flow_style=not flow))
    assert same_meaning(document.root, again.root)
    if isinstance(tree, dict):
        spans = sorted(document.locate(key) for key in tree)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        for key, value in tree.items():
            found = document.text[slice(*document.locate(key))]
            if not isinstance(value, dict | list):
                assert yaml.safe_load(found) == value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name: a\nversion: 1.10\n", {"name": "a", "version": "1.10"}),
        ("x:\n  version: 2\n  name: b\nl: [name, version]\nversion: '3'\nname: c\n", {"version": "3", "name": "c"}),
        ("a: &x 1\nb: *x\nversion: 2\n", {"version": "2"}),
        ("? [a, b]\n: c\nversion: 2\n", {"version": "2"}),
        ("version: 1\nname: b\nbroken: [\n", {"version": "1", "name": "b"}),
        ("version: 1\nbroken: [\n", {"version": "1"}),
        ("- version\n- name\n", {}),
        ("version", {}),
        ("", {}),
        ("\xff", {}),
    ],
)
def test_the_texts_at_some_top_keys_are_read_and_nothing_behind_them(text: str, wanted: dict[str, str]) -> None:
    assert top_values(text.encode("latin-1"), ("name", "version")) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3.10", "the number 3.1"),
        ("3.9", None),
        ("010", "the number 8"),
        ("1_000", "the number 1000"),
        ("0x1f", "the number 31"),
        ("1:30", "the number 90"),
        ("no", "false, a truth value"),
        ("true", "true, a truth value"),
        ("~", "nothing"),
        ("", "nothing"),
        ("2026-01-31", None),
        ("Ubuntu22.04", None),
        ("'3.10'", None),
        ('"no"', None),
        ("!!str 3.10", None),
    ],
)
def test_what_yaml_takes_for_something_else_is_told(text: str, wanted: str | None) -> None:
    node = parse("x", f"a: {text}\n".encode()).find("a")
    assert isinstance(node, Scalar)
    assert read_otherwise(node) == wanted
