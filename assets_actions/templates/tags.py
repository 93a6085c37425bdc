"""Template tags in the files of a build context: where they stand and what they ask for.

`image:{{latest-image-tag}}`, `image:{{latest-image-tag:REGEX}}`, `package=={{latest-pypi-version}}` and
`package=={{latest-pypi-version:pre}}`; the forms are the reference's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class ImageTag:
    """Asks for the newest tag or digest of an image; of the tags that `regex` matches in full, where it is given."""

    image: str
    regex: str | None

    def __str__(self) -> str:
        return f"{self.image}:{{{{latest-image-tag{f':{self.regex}' if self.regex else ''}}}}}"


@dataclass(frozen=True)
class PackageVersion:
    """Asks for the newest version of a Python package; pre-releases too, where `pre` says so."""

    package: str
    pre: bool

    def __str__(self) -> str:
        return f"{self.package}=={{{{latest-pypi-version{':pre' if self.pre else ''}}}}}"


Wanted = ImageTag | PackageVersion


@dataclass(frozen=True)
class TemplateTag:
    """One tag in a text, `text[start:end]` being what gets replaced.

    `wanted` is None where it looks like a tag and is none; `problem` says why. A tag in a comment is resolved where
    that is possible and is nobody's error where it is not.
    """

    start: int
    end: int
    wanted: Wanted | None
    in_comment: bool
    problem: str | None = None


_OPENING = re.compile(r"\{\{[ \t]*(latest-[\w-]*)")
_IMAGE = re.compile(r"[^\s\"'=,]+(?=:$)")
_PACKAGE = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\]\s*)?(?:===|==|~=|!=|<=|>=|<|>|=)\s*$"
)
_COMMENT_LINE = re.compile(r"\s*#")
_COMMENT_BEHIND = re.compile(r"\s#")
_BEHIND_SUFFIXES = (".txt", ".in", ".yaml", ".yml")


def find_tags(text: str, path: str = "") -> Iterator[TemplateTag]:
    """All template tags of a text, in its order; several may stand on a line.

    `#` at the beginning of a line begins a comment; behind something on a line it does in requirements and YAML, told
    by the path's suffix.
    """
    for opening in _OPENING.finditer(text):
        line_start = text.rfind("\n", 0, opening.start()) + 1
        line_end = text.find("\n", opening.end())
        before = text[line_start : opening.start()]
        behind = text[opening.end() : line_end if line_end >= 0 else len(text)]
        comment = _COMMENT_LINE.match(before) or (path.endswith(_BEHIND_SUFFIXES) and _COMMENT_BEHIND.search(before))
        closing = _closing(behind)
        start, end = opening.start(), opening.end() + (0 if closing is None else closing + len("}}"))
        try:
            wanted = _wanted(opening, before, None if closing is None else behind[:closing])
        except _NoTagError as error:
            yield TemplateTag(start, end, None, bool(comment), str(error))
            continue
        if isinstance(wanted, ImageTag):
            start -= 1  # the colon goes with the tag: a digest takes the place of both
        yield TemplateTag(start, end, wanted, bool(comment))


class _NoTagError(Exception):
    """Something looks like a template tag and is none; the message says why."""


def _closing(behind: str) -> int | None:
    r"""Where the tag's own `}}` stands: behind a regex, whose braces (`\d{6}`) come in pairs."""
    depth, position = 0, 0
    while position < len(behind):
        if behind[position] == "\\":
            position += 1
        elif behind[position] == "{":
            depth += 1
        elif behind[position] == "}" and depth:
            depth -= 1
        elif behind.startswith("}}", position):
            return position
        position += 1
    return None


def _wanted(opening: re.Match[str], before: str, behind: str | None) -> Wanted:
    if behind is None:
        raise _NoTagError("has no `}}` at its end")
    colon, argument = behind[:1], behind[1:]
    if opening[0] != "{{" + opening[1] or colon not in ("", ":") or (colon and not argument):
        raise _NoTagError("is not of the form `{{name}}` or `{{name:argument}}`, without spaces")
    match opening[1]:
        case "latest-image-tag":
            if image := _IMAGE.search(before):
                return ImageTag(image[0], argument or None)
            raise _NoTagError("needs an image and a colon before it: `registry/image:{{latest-image-tag}}`")
        case "latest-pypi-version":
            if argument not in ("", "pre"):
                raise _NoTagError(f"takes `:pre` or nothing behind its name, not `:{argument}`")
            if package := _PACKAGE.search(before):
                return PackageVersion(package[1], argument == "pre")
            raise _NoTagError("needs a package and an operator before it: `package=={{latest-pypi-version}}`")
        case name:
            raise _NoTagError(f"`{name}` is not a template tag; there are `latest-image-tag` and `latest-pypi-version`")


def splice(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Replace spans (start, end) of a text; all else stays as it is. Spans must not overlap."""
    parts, done = [], 0
    for start, end, new in sorted(edits):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])
