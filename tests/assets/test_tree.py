from collections.abc import Collection, Mapping

import pytest

from assets_actions.assets.tree import (
    FILE,
    SUBMODULE,
    SYMLINK,
    Entry,
    Kind,
    Tree,
    below,
    common_directory,
    is_remote,
    relative,
)


def tree(files: Mapping[str, str], links: Mapping[str, str] | None = None, submodules: Collection[str] = ()) -> Tree:
    links = links or {}
    entries = {path: Entry(FILE) for path in files}
    entries |= {path: Entry(SYMLINK) for path in links} | {path: Entry(SUBMODULE) for path in submodules}
    contents = {**files, **links}
    return Tree(entries, lambda paths, _limit: iter([contents[path].encode() for path in paths]))


def test_files_of_a_directory_are_those_below_it_and_not_its_namesakes() -> None:
    made = tree(dict.fromkeys(["a/b/c", "a/b-d", "a/b.e", "a/b0", "a/b", "ab/c", "a/b/d/e"], ""))
    assert made.files("a/b") == ["a/b/c", "a/b/d/e"]
    assert made.files("") == sorted(made.entries)
    assert made.is_directory("a/b")
    assert not made.is_directory("a/b/c")


@pytest.mark.parametrize(
    ("directory", "reference", "path", "kind"),
    [
        ("a/b", "../src", "a/src", Kind.DIRECTORY),
        ("a/b", "../src/x.py", "a/src/x.py", Kind.FILE),
        ("a/b", "./", "a/b", Kind.DIRECTORY),
        ("a/b", "../..", "", Kind.DIRECTORY),
        ("a/b", "../../a//b/./spec.yaml", "a/b/spec.yaml", Kind.FILE),
        ("a/b", "../nothing", "a/nothing", Kind.MISSING),
        ("", "a/b/spec.yaml", "a/b/spec.yaml", Kind.FILE),
        ("a", "lib", "a/lib", Kind.SUBMODULE),
    ],
)
def test_a_reference_leads_where_the_operating_system_would_go(
    directory: str, reference: str, path: str, kind: Kind
) -> None:
    made = tree({"a/b/spec.yaml": "", "a/src/x.py": ""}, submodules=["a/lib"])
    assert made.resolve(directory, reference) == (path, kind, ())


@pytest.mark.parametrize("reference", ["/etc/passwd", "../../../etc", "../../..", "out", "up/x"])
def test_a_reference_that_leaves_the_repository_is_outside(reference: str) -> None:
    made = tree({"a/b/x": ""}, {"a/b/out": "/etc", "a/b/up": "../../.."})
    assert made.resolve("a/b", reference).kind is Kind.OUTSIDE


def test_links_inside_the_repository_are_followed_part_by_part() -> None:
    made = tree({"real/x.py": ""}, {"a/link": "../real", "a/again": "link/x.py"})
    assert made.resolve("a", "link/x.py") == ("real/x.py", Kind.FILE, ("a/link",))
    assert made.resolve("a", "again") == ("real/x.py", Kind.FILE, ("a/again", "a/link"))
    assert made.resolve("a", "link/../a/link").path == "real"


def test_links_in_a_circle_lead_nowhere() -> None:
    made = tree({}, {"a": "b", "b": "a"})
    assert made.resolve("", "a").kind is Kind.MISSING


@pytest.mark.parametrize(
    ("paths", "directory"),
    [(["a/b/c", "a/b/d"], "a/b"), (["a/b/c", "a/bc/d"], "a"), (["a"], ""), (["a/x", "b/x"], ""), (["a/b/c"], "a/b")],
)
def test_the_common_directory_is_the_lowest_that_holds_all(paths: list[str], directory: str) -> None:
    assert common_directory(paths) == directory
    assert [below(directory, relative(path, directory)) for path in paths] == paths


def test_urls_and_registry_references_are_no_paths() -> None:
    assert is_remote("azureml://registries/x")
    assert is_remote("https://example.com/x")
    assert is_remote("azureml:data:1")
    assert not is_remote("./data")
    assert not is_remote("a/b:c")
