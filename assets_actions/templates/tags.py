"""Template tags in the files of a build context: where they stand and what they ask for.

`image:{{latest-image-tag}}`, `image:{{latest-image-tag:REGEX}}`, `package=={{latest-pypi-version}}` and
`package=={{latest-pypi-version:pre}}`; the forms are the reference's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DEFAULT_HOST = "docker.io"


@dataclass(frozen=True)
class ImageTag:
    """Asks for the newest tag or digest of an image; of the tags that `regex` matches in full, where it is given."""

    image: str
    regex: str | None

    @property
    def host(self) -> str:
        """The registry of the image. Without a dot, a port or `localhost`, the name's first part is no host."""
        first, slash, _ = self.image.partition("/")
        return first if slash and ("." in first or ":" in first or first == "localhost") else DEFAULT_HOST

    @property
    def repository(self) -> str:
        """The image's name in its registry. In the default one, a name of one part is that of an official image."""
        first, _, rest = self.image.partition("/")
        name = rest if first == self.host else self.image
        return f"library/{name}" if self.host == DEFAULT_HOST and "/" not in name else name

    @property
    def canonical(self) -> "ImageTag":
        """Itself: an image has one name."""
        return self

    def __str__(self) -> str:
        return f"{self.image}:{{{{latest-image-tag{f':{self.regex}' if self.regex else ''}}}}}"


@dataclass(frozen=True)
class PackageVersion:
    """Asks for the newest version of a Python package; pre-releases too, where `pre` says so."""

    package: str
    pre: bool

    @property
    def canonical(self) -> "PackageVersion":
        """The same with the package's one name among its spellings (PEP 503)."""
        from packaging.utils import canonicalize_name

        return PackageVersion(canonicalize_name(self.package), self.pre)

    def __str__(self) -> str:
        return f"{self.package}=={{{{latest-pypi-version{':pre' if self.pre else ''}}}}}"


Wanted = ImageTag | PackageVersion


def is_loopback(host: str) -> bool:
    """Whether a host, with its port or without, is this machine: it may be asked without encryption, as engines do."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return name in ("localhost", "[::1]") or re.fullmatch(r"127(\.\d{1,3}){3}", name) is not None


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


REACH = 500
"""So many characters before and after its braces belong to a tag at most: image or package, and regex."""

_LINE = re.compile(r"[^\n]+")
_OPENING = re.compile(r"\{\{[ \t]*(latest-[\w-]*)")
_ARGUMENT = re.compile(r"((?:[^{}\\]|\\.|\{[^{}]*+\})*+)\}\}")
"""What stands before a tag's own `}}`: a regex, whose braces come in pairs (`\\d{6}`)."""
_IMAGE = re.compile(r"[^\s\"'=,]+(?=:$)")
_PACKAGE = re.compile(
    r"(?<![\w.\-\[\x00-\x08\x0b-\x1f])([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*"
    r"(?:\[[^\[\]]*\]\s*)?(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*,\s*)*(?:===|==|~=|!=|<=|>=|<|>|=)\s*$"
)
_COMMENT_LINE = re.compile(r"\s*#")
_COMMENT_BEHIND = re.compile(r"(?:^|\s)#")
_BEHIND_SUFFIXES = (".txt", ".in", ".yaml", ".yml")


def find_tags(text: str, path: str = "") -> Iterator[TemplateTag]:
    """All template tags of a text, in its order; several may stand on a line.

    `#` at the beginning of a line begins a comment; after something on a line it does in requirements and YAML, told by
    the path's suffix.
    """
    comment = _COMMENT_BEHIND.search if path.endswith(_BEHIND_SUFFIXES) else _COMMENT_LINE.match
    for line in _LINE.finditer(text):
        if "{{" not in line[0]:
            continue
        begins = comment(line[0])
        for opening in _OPENING.finditer(line[0]):
            in_comment = begins is not None and begins.start() < opening.start()
            yield _tag(line[0], line.start(), opening, in_comment)


def _tag(line: str, offset: int, opening: re.Match[str], in_comment: bool) -> TemplateTag:
    argument = _ARGUMENT.match(line, opening.end(), opening.end() + REACH)
    start, end = opening.start(), argument.end() if argument else opening.end()
    try:
        before = line[max(0, start - REACH) : start]
        wanted = _wanted(opening, before, argument[1] if argument else None)
    except _NoTagError as error:
        return TemplateTag(offset + start, offset + end, None, in_comment, str(error))
    if isinstance(wanted, ImageTag):
        start -= 1  # the colon goes with the tag: a digest takes the place of both
    return TemplateTag(offset + start, offset + end, wanted, in_comment)


class _NoTagError(Exception):
    """Something looks like a template tag and is none; the message says why."""


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
                raise _NoTagError(f"takes `:pre` or nothing after its name, not `:{argument}`")
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
