"""Requirement files of pip's: what they include, and all of it as one text.

Source: pip's documentation of the requirements file format; includes as pip follows them: relative to the file that
they stand in, and a constraint's requirements are requirements.
"""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from assets_actions.assets.document import Document, read_text
from assets_actions.assets.tree import Kind, Tree

_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_SERVER = re.compile(r"https?:", re.IGNORECASE)
_INCLUDES = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}
"""The options that include a file, and whether it holds constraints."""
_PATH = re.compile(
    r"(?:(?:-e|--editable)[\s=]*+(?![a-z+]+:|\S+\s*@)|\.|[^\s@;=<>!~]*/|"
    r"[^\s@;]+\.(?:whl|zip|tar(?:\.\w+)?|tgz|tbz|txz|tlz)\b)"
)
"""No name begins with a full stop: `.` and `..[extra]` are directories."""
_LOCATION = re.compile(r"(?:-f|-i|--find-links|--(?:extra-)?index-url)[\s=]*+")
_LINKS = re.compile(r"(?:-f|--find-links)[\s=]*+(.+)")
_URL = re.compile(r"[a-z][a-z+]+://", re.IGNORECASE)
_FILE_URL = re.compile(r"(?:^|[\s@=])(?:git\+)?file:", re.IGNORECASE)


class Line(NamedTuple):
    """A line of a requirement file with those that continue it, without its comment; where it begins in the text."""

    text: str
    start: int


class Problem(NamedTuple):
    """Why a file cannot be included, and the span of what includes it (of its own first character: the file's)."""

    document: Document
    span: slice
    message: str


@dataclass(frozen=True)
class Requirements:
    """A requirement file of the repository and all that it includes, in the order in which pip reads them.

    `files`: each with whether it holds constraints; `included`: the file that each include names, by the path of the
    file that it stands in and its text; one that names a server is not among them and is left to pip. `links`: what of
    the repository a `--find-links` names, likewise.
    """

    files: list[tuple[Document, bool]] = field(default_factory=list)
    included: dict[tuple[str, str], str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Flat(NamedTuple):
    """Requirements and constraints, one to a line, without comments and includes.

    `is_local`: some are paths, which lead elsewhere from another directory, and whose content may change.
    `has_hashes`: all that is installed with them must have one.
    """

    requirements: str
    constraints: str
    is_local: bool
    has_hashes: bool


def lines(text: str) -> Iterator[Line]:
    """The lines of a requirement file that say something. A backslash at a line's end continues it, but no comment."""
    start, begun = 0, ""
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        is_comment = bare.lstrip().startswith("#")
        if bare.endswith("\\") and not is_comment:
            # What is left out of it leaves its place empty, so that what follows stays where it was.
            begun += bare[:-1] + " " * (len(line) - len(bare) + 1)
            continue
        # Before a comment there is white space: it ends what was begun.
        whole = begun + bare
        if said := _COMMENT.sub("", whole).strip():
            yield Line(said, start + whole.index(said))
        start, begun = start + len(begun) + len(line), ""
    if said := _COMMENT.sub("", begun).strip():
        yield Line(said, start + begun.index(said))


def include(line: str) -> tuple[str, bool] | None:
    """The file that a line includes, and whether as constraints; None where it includes none."""
    if not line.startswith("-"):
        return None
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word in _INCLUDES and number + 1 < len(words):
            return words[number + 1], _INCLUDES[word]
        if equals and name.startswith("--") and name in _INCLUDES:
            return value, _INCLUDES[name]
        if word[:2] in _INCLUDES and not word.startswith("--") and len(word) > 2:
            return word[2:], _INCLUDES[word[:2]]
    return None


def read(tree: Tree, directory: str, name: str) -> Requirements:
    """A requirement file, which is there, and what it includes, by its name as seen from a directory.

    What cannot be read, or leads out of the repository, is a problem.
    """
    found = Requirements()
    _read(tree, directory, name, False, found, None)
    return found


def _read(tree: Tree, base: str, name: str, constraint: bool, found: Requirements, by: Problem | None) -> None:
    path = tree.resolve(base, name).path
    if any(document.path == path and constraint == as_constraint for document, as_constraint in found.files):
        return
    document = read_text(path, next(tree.stream([path], None)))
    found.files.append((document, constraint))
    if document.problem:
        where = by or Problem(document, slice(0, 1), "")
        found.problems.append(where._replace(message=f"`{path}` {document.problem.message}"))
        return
    # Of a link it is the link's directory that includes lead from, as with pip.
    directory = tree.resolve(base, posixpath.dirname(name)).path
    for line in lines(document.text):
        if links := _LINKS.fullmatch(line.text):
            target = tree.resolve(directory, links[1].strip("'\""))
            if target.kind in (Kind.FILE, Kind.DIRECTORY):
                found.links[path, line.text] = target.path
        if (included := include(line.text)) is None or _SERVER.match(included[0]):
            continue
        other, as_constraint = included
        target = tree.resolve(directory, other)
        here = Problem(document, slice(line.start, line.start + len(line.text)), "")
        if target.kind is Kind.FILE:
            found.included[path, line.text] = target.path
            _read(tree, directory, other, as_constraint, found, here)
        else:
            why = (
                "leads out of the repository" if _is_outside(other, target.kind) else "names no file of the repository"
            )
            found.problems.append(here._replace(message=f"`{other}` {why}"))


def _is_outside(name: str, kind: Kind) -> bool:
    return kind is Kind.OUTSIDE or _FILE_URL.match(name) is not None


def flatten(found: Requirements, texts: Mapping[str, str], root: str) -> Flat:
    """All of it as one text; `texts` has the files' texts by path, with their template tags resolved.

    `root` is the address of the repository's directory: `--find-links` leads from the file that it stands in.

    What stands twice stays: pip reads it twice as well, and says where it contradicts itself.
    """
    parts: dict[bool, list[str]] = {False: [], True: []}
    for document, constraint in found.files:
        for line in lines(texts[document.path]):
            where = document.path, line.text
            if where in found.links:
                path = found.links[where].encode("utf-8", "surrogateescape")
                parts[constraint].append(f"--find-links {root}/{quote(path)}")
            elif where not in found.included:
                parts[constraint].append(line.text)
    every = [*parts[False], *parts[True]]
    is_local = any(_is_local(line) for line in every)
    has_hashes = any("--hash" in line or "--require-hashes" in line for line in every)
    return Flat(_text(parts[False]), _text(parts[True]), is_local, has_hashes)


def _text(said: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in said)


def _is_local(line: str) -> bool:
    """Whether a line names a path of this machine; rather once too often: it only keeps an environment to itself."""
    if location := _LOCATION.match(line):
        return not _SERVER.match(line, location.end())
    return _FILE_URL.search(line) is not None or (_PATH.match(line) is not None and not _URL.match(line))
