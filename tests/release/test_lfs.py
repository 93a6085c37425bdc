import pytest

from assets_actions.release.lfs import oid, same_object

OID = f"sha256:{'4d7a2146' * 8}"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid {OID}\nsize 12345\n".encode()


def test_a_pointer_tells_what_it_stands_for() -> None:
    assert oid(POINTER) == OID
    assert oid(POINTER.replace(b"git-lfs.github", b"hawser.github")) == OID
    assert oid(POINTER.replace(b"\noid", b"\next-0-foo sha256:00\noid")) == OID


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n" + POINTER,
        POINTER.replace(b"github.com", b"example.com"),
        POINTER.replace(OID.encode(), b"sha256:12"),
        POINTER + b"x" * 1024,
        POINTER.split(b"\n")[0],
    ],
)
def test_what_is_no_pointer_is_a_file_like_any_other(content: bytes) -> None:
    assert oid(content) is None
    assert not same_object(content, POINTER)


def test_pointers_are_the_same_where_they_stand_for_the_same() -> None:
    assert same_object(POINTER, POINTER.replace(b"size 12345", b"size 12345\nx-note y"))
    assert not same_object(POINTER, POINTER.replace(b"4d7a", b"4d7b"))
    assert not same_object(b"", b"")
