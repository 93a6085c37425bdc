import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.assets.tree import EXECUTABLE, FILE, SYMLINK, Entry
from assets_actions.release.compare import Change, compare, moved, same_spec, same_text
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

A, B = "a" * 40, "b" * 40


def test_what_is_the_same_needs_no_look_inside() -> None:
    assert compare({"x": Entry(FILE, A)}, {"x": Entry(FILE, A)}) == ([], [])


@pytest.mark.parametrize(
    ("new", "old", "change"),
    [
        (Entry(FILE, A), None, "added"),
        (None, Entry(FILE, A), "removed"),
        (Entry(EXECUTABLE, A), Entry(FILE, A), "mode"),
        (Entry(SYMLINK, A), Entry(SYMLINK, B), "modified"),
        (Entry(SYMLINK, A), Entry(FILE, B), "modified"),
        (Entry(EXECUTABLE, A), Entry(FILE, B), "modified"),
    ],
)
@pytest.mark.parametrize("path", ["x", "tags", "tags/x", "CVS", ".hidden", "__pycache__/x.pyc", "a b,\n"])
def test_what_differs_in_its_entry_is_a_change_whatever_it_is_called(
    path: str, new: Entry | None, old: Entry | None, change: str
) -> None:
    found = compare({path: new} if new else {}, {path: old} if old else {})
    assert [(c.path, c.change) for c in found.changes] == [(path, change)]
    assert found.doubtful == []


def test_a_file_that_becomes_a_folder_is_two_changes() -> None:
    found = compare({"x/y": Entry(FILE, A)}, {"x": Entry(FILE, A)})
    assert found.changes == [Change("x", "removed"), Change("x/y", "added")]


def test_two_contents_have_to_be_looked_at() -> None:
    assert compare({"x": Entry(FILE, A)}, {"x": Entry(FILE, B)}) == ([], ["x"])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\nb", b"a\nb\n"),
        (b"a\rb", b"a\nb"),
        (b"a\r\n", b"a"),
        ("ä\n".encode(), "ä".encode()),
    ],
)
def test_line_endings_alone_do_not_count(a: bytes, b: bytes) -> None:
    assert same_text(a, b)
    assert same_text(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (b"a\n", b"a\n\n"),
        (b"a \n", b"a\n"),
        (b"a\tb", b"a b"),
        (b"A", b"a"),
        (b"\x89PNG\r\n\0", b"\x89PNG\n\0"),
        (b"\xff\r\n", b"\xff\n"),
        (b"a\n\0", b"a\r\n\0"),
    ],
)
def test_all_else_does(a: bytes, b: bytes) -> None:
    assert not same_text(a, b)


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_a_text_is_the_same_in_any_line_endings(text: str) -> None:
    assert same_text(text.encode(), text.replace("\n", "\r\n").encode())


def test_specs_are_compared_by_what_they_say() -> None:
    assert same_spec("s", b"a: 1\nversion: 2 # x\n", b"version: 2\na: 1\n")
    assert same_spec("s", b"d: >-\n  a\n  b\n", b"d: a b\r\n")
    assert not same_spec("s", b"a: 1\n", b"a: '1'\n")


def test_a_version_is_a_name_and_not_a_number() -> None:
    assert not same_spec("s", b"version: 3.10\n", b"version: 3.1\n")
    assert same_spec("s", b"tags: {Python: 3.10}\n", b"tags: {Python: 3.1}\n")


def test_specs_that_cannot_be_read_are_compared_as_texts() -> None:
    assert same_spec("s", b"a: [\n", b"a: [\r\n")
    assert not same_spec("s", b"a: [\n", b"a: []\n")
    assert not same_spec("s", b"", b"a: 1\n")


def test_pins_that_moved_are_told_from_what_was_released() -> None:
    old = (
        "FROM host/a/base:20251017.v1 AS x\nFROM host/b@sha256:abc\n"
        "RUN pip install my-pandas==9 pandas[parquet]==2.1.0 'torch~=2.8.0' same==1\n"
    )
    pins: dict[Wanted, str] = {
        ImageTag("host/a/base", None): ":20251101.v1",
        ImageTag("host/b", None): ":v2",
        PackageVersion("pandas", False): "2.3.3",
        PackageVersion("torch", False): "2.9.0",
        PackageVersion("same", False): "1",
        PackageVersion("new", False): "1",
    }
    assert (
        moved(pins, old)
        == "base 20251017.v1 → 20251101.v1, b sha256:abc → v2, pandas 2.1.0 → 2.3.3, torch 2.8.0 → 2.9.0"
    )
