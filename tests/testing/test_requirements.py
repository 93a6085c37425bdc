"""Requirement files as pip reads them."""

import pytest

from assets_actions.assets.tree import SYMLINK
from assets_actions.testing.requirements import flatten, include, lines, read
from tests.trees import tree


def texts(text: str) -> list[str]:
    return [line.text for line in lines(text)]


def flat(
    files: dict[str, str], modes: dict[str, str] | None = None, path: str = "a/requirements.txt"
) -> tuple[str, str, bool, bool]:
    found = read(tree(files, modes), "", path)
    assert not found.problems
    texts = {document.path: document.text for document, _ in found.files}
    return tuple(flatten(found, texts, "file:///repo"))  # type: ignore[return-value]


def problems(files: dict[str, str | bytes], modes: dict[str, str] | None = None) -> list[tuple[str, str]]:
    found = read(tree(files, modes), "a", "requirements.txt")
    return [(str(one.document.place(one.span.start, one.span.stop)), one.message) for one in found.problems]


def test_comments_and_blank_lines_say_nothing_and_a_line_can_be_continued() -> None:
    assert texts("# a\n\n numpy  # fast\r\nurl#egg=x\npandas \\\n  >=2 \\\n  ; python_version > '3'\n") == [
        "numpy",
        "url#egg=x",
        "pandas     >=2     ; python_version > '3'",
    ]


def test_a_comment_is_not_continued_and_ends_what_is() -> None:
    assert texts("# no \\\nnumpy\nsix \\\n# c \\\npandas\nlast \\\n") == ["numpy", "six", "pandas", "last"]


def test_a_line_knows_where_it_begins() -> None:
    text = "a\n  -r b.txt # more\n"
    (_, line) = lines(text)
    assert text[line.start : line.start + len(line.text)] == "-r b.txt"


@pytest.mark.parametrize(
    ("line", "included"),
    [
        ("-r other.txt", ("other.txt", False)),
        ("-rother.txt", ("other.txt", False)),
        ("--requirement other.txt", ("other.txt", False)),
        ("--requirement=other.txt", ("other.txt", False)),
        ("-c other.txt", ("other.txt", True)),
        ("--constraint=other.txt", ("other.txt", True)),
        ("-r 'with space.txt'", ("with space.txt", False)),
        ("--pre -r other.txt", ("other.txt", False)),
        ("--require-hashes", None),
        ("-e ./here", None),
        ("-r", None),
        ("-r 'open", None),
        ("requests", None),
    ],
)
def test_includes_are_told_from_all_else(line: str, included: tuple[str, bool] | None) -> None:
    assert include(line) == included


def test_what_is_included_is_looked_for_beside_the_file_that_includes_it() -> None:
    files = {
        "a/requirements.txt": "one\n-r more/two.txt\nlast\n",
        "a/more/two.txt": "two\n-r ../../shared.txt\n",
        "shared.txt": "three\n",
    }
    assert flat(files)[0] == "one\nlast\ntwo\nthree\n", "each file as a whole: the order of lines decides nothing"


def test_what_a_link_includes_is_looked_for_beside_the_link() -> None:
    files = {
        "a/requirements.txt": "../shared/requirements.txt",
        "a/more.txt": "beside-the-link\n",
        "shared/requirements.txt": "-r more.txt\n-r up/more.txt\n",
        "shared/more.txt": "beside-the-file\n",
        "a/up": "../b",
        "b/more.txt": "-r last.txt\n",
        "b/last.txt": "through-a-linked-folder\n",
    }
    modes = {"a/requirements.txt": SYMLINK, "a/up": SYMLINK}
    assert flat(files, modes)[0] == "beside-the-link\nthrough-a-linked-folder\n"


def test_constraints_are_kept_apart_and_what_they_require_is_required() -> None:
    files = {
        "a/requirements.txt": "one\n-c limits.txt\n",
        "a/limits.txt": "one<2\n-r also.txt\n-c more.txt\n",
        "a/also.txt": "two\n",
        "a/more.txt": "two<3\n",
    }
    assert flat(files)[:2] == ("one\ntwo\n", "one<2\ntwo<3\n")


def test_files_that_include_each_other_are_read_once() -> None:
    assert flat({"a/requirements.txt": "one\n-r b.txt\n", "a/b.txt": "two\n-r requirements.txt\n"})[0] == "one\ntwo\n"


def test_what_a_server_has_is_left_to_pip() -> None:
    line = "-r https://example.com/requirements.txt"
    assert flat({"a/requirements.txt": f"{line}\n"})[0] == f"{line}\n"


@pytest.mark.parametrize(
    "line", ["./here", "../there", "-e .", "-e ./x[y]", "--editable=.", "pkg @ file:///x", "file:x", "x/y", "/x/y", "a-1.whl",
             "--find-links ./wheels", "-f wheels", ".", "..", ".[x]", "a-1.tgz", "a-1.tar.bz2", "--index-url=file:///x",
             "-i simple", "--extra-index-url ./simple"]
)  # fmt: skip
def test_what_is_a_path_is_told(line: str) -> None:
    assert flat({"a/requirements.txt": f"{line}\n"})[2]


@pytest.mark.parametrize(
    "line", ["requests", "a[b]==1 ; x", "-e git+https://example.com/x.git#egg=x", "pkg @ https://example.com/a.whl",
             "https://example.com/a.whl", "git+https://example.com/x", "--extra-index-url https://example.com/simple",
             "--find-links https://example.com/", "--find-links=https://example.com/", "-fhttps://example.com/",
             "-i https://example.com", "a>=1,<2", "a.b==1", "--pre"]
)  # fmt: skip
def test_what_is_no_path_is_not_taken_for_one(line: str) -> None:
    assert not flat({"a/requirements.txt": f"{line}\n"})[2]


@pytest.mark.parametrize("line", ["--find-links w s", "--find-links=../a/w s", "-f 'w s'"])
def test_links_lead_from_the_file_that_names_them(line: str) -> None:
    files = {"a/requirements.txt": "-r ../b/more.txt\n-f elsewhere\n", "b/more.txt": f"{line}\n", "b/w s/x.whl": ""}
    files["a/w s/x.whl"] = ""
    text = flat(files)[0]
    assert text == f"-f elsewhere\n--find-links file:///repo/{'a' if '..' in line else 'b'}/w%20s\n"
    assert flat(files)[2]


def test_hashes_are_told() -> None:
    assert flat({"a/requirements.txt": "a==1 \\\n  --hash=sha256:00\n"})[3]


def test_no_include_leads_out_of_the_repository_or_to_nothing() -> None:
    files: dict[str, str | bytes] = {
        "a/requirements.txt": "-r ../../x.txt\n-c /etc/passwd\n  -r gone.txt\n-r link.txt\n-r file:///etc/passwd\n-r .\n",
        "a/link.txt": "/etc/passwd",
    }
    assert problems(files, {"a/link.txt": SYMLINK}) == [
        ("a/requirements.txt:1:1", "`../../x.txt` leads out of the repository"),
        ("a/requirements.txt:2:1", "`/etc/passwd` leads out of the repository"),
        ("a/requirements.txt:3:3", "`gone.txt` names no file of the repository"),
        ("a/requirements.txt:4:1", "`link.txt` leads out of the repository"),
        ("a/requirements.txt:5:1", "`file:///etc/passwd` leads out of the repository"),
        ("a/requirements.txt:6:1", "`.` names no file of the repository"),
    ]


def test_a_file_that_is_no_text_is_told_where_it_is_included() -> None:
    files: dict[str, str | bytes] = {"a/requirements.txt": "a\n-r b.txt\n", "a/b.txt": b"\xff\xfe"}
    assert problems(files) == [("a/requirements.txt:2:1", "`a/b.txt` byte 0xff is not UTF-8 text")]
    assert problems({"a/requirements.txt": b"\xff"}) == [
        ("a/requirements.txt:1:1", "`a/requirements.txt` byte 0xff is not UTF-8 text")
    ]
