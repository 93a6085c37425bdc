"""YAML text as nodes that remember where they stand.

Every scalar is kept as the text its author wrote: `3.10` is not 3.1 and `no` is not false until a model asks for a
number or a boolean. A document is read from libyaml's event stream, not from its node graph: events are lazy, so
hostile nesting stops at a depth rather than at a stack's end, and each alias keeps a place of its own.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeAlias

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 25_000

HINTS = {
    "mapping values are not allowed in this context": "a value that holds `: ` needs quotes",
    "found character that cannot start any token": "a value that starts with this character needs quotes",
    "could not find expected ':'": "a key needs `:` after it",
    "found a tab character that violates indentation": "indent with spaces",
}
"""What to do about libyaml's commonest complaints."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
MERGE_KEY = "<<"

Data: TypeAlias = str | list["Data"] | dict[str, "Data"] | None
Key: TypeAlias = str | int
KeyPath: TypeAlias = tuple[Key, ...]
"""The way to a value: keys of mappings, numbers of items from 0."""


class Position(NamedTuple):
    """A place in a text: line and column in characters, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Place:
    """Some characters of one line of a file: what to show people. Line and columns from 1, the end column excluded."""

    file: str
    line: int
    column: int
    end_column: int
    source: str
    """The whole line, without its ending."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Scalar:
    """One value as its author wrote it; `plain` where it has no quotes, so that YAML may read more than text in it."""

    __slots__ = ("end", "plain", "start", "tag", "text")
    size = 1

    def __init__(self, text: str, plain: bool, tag: str | None, start: int, end: int) -> None:
        self.text, self.plain, self.tag, self.start, self.end = text, plain, tag, start, end

    @property
    def is_null(self) -> bool:
        """Whether YAML reads this as no value."""
        return self.plain and self.text in NULLS


class Items:
    """A sequence."""

    __slots__ = ("end", "flow", "items", "size", "start", "tag")

    def __init__(self, flow: bool, tag: str | None, start: int) -> None:
        self.flow, self.tag, self.start, self.end, self.size = flow, tag, start, start, 1
        self.items: list[Node] = []


class Mapping:
    """A mapping: its pairs in the author's order, duplicates included; `items` has keys and values in turn.

    `by_key` has the pair that counts for each key: the last one, as YAML readers have it.
    """

    __slots__ = ("by_key", "end", "flow", "items", "pairs", "size", "start", "tag")

    def __init__(self, flow: bool, tag: str | None, start: int) -> None:
        self.flow, self.tag, self.start, self.end, self.size = flow, tag, start, start, 0
        self.items: list[Node] = []
        self.pairs: list[tuple[Scalar, Node]] = []
        self.by_key: dict[str, tuple[Scalar, Node]] = {}


class Alias:
    """`*name`: stands for the node that `&name` marks, at a place of its own."""

    __slots__ = ("end", "start", "target")

    def __init__(self, target: "Items | Mapping | Scalar", start: int, end: int) -> None:
        self.target, self.start, self.end = target, start, end


Node: TypeAlias = Scalar | Items | Mapping | Alias


def follow(node: Node) -> Scalar | Items | Mapping:
    """The node itself, or what it is an alias of."""
    return node.target if isinstance(node, Alias) else node


@dataclass(frozen=True)
class Unreadable:
    """Why a file could not be read as what it should be, and where (an index into its text)."""

    message: str
    index: int


@dataclass
class Document:
    """A text file: its path in the repository, its text and, of YAML, its nodes.

    `root` is None where the text is empty or could not be read; `problem` says why in the second case.
    """

    path: str
    text: str
    root: Scalar | Items | Mapping | None = None
    problem: Unreadable | None = None
    duplicates: list[tuple[Scalar, Scalar]] = field(default_factory=list)
    """Keys given again in the same mapping: (the later key, the first one)."""
    _lines: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", self.text))]

    def position(self, index: int) -> Position:
        """Line and column of an index into the text; lines as editors and Git hosts count them."""
        line = bisect_right(self._line_starts, index)
        return Position(line, index - self._line_starts[line - 1] + 1)

    def place(self, start: int, end: int) -> Place:
        """Where some characters (indexes into the text) stand, as far as they are on the line of the first."""
        line, column = self.position(start)
        source = self._line(line)
        width = max(1, min(end - start, len(source) - column + 1))
        return Place(self.path, line, column, column + width, source)

    def _line(self, number: int) -> str:
        """A line without its ending; the same text each time, since a long one may be asked for very often."""
        if number not in self._lines:
            end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
            self._lines[number] = self.text[self._line_starts[number - 1] : end].rstrip("\r\n")
        return self._lines[number]

    @cached_property
    def data(self) -> Data:
        """The document as dicts, lists, text and None: no scalar is typed; merge keys (`<<`) are applied."""
        return None if self.root is None else _data(self.root)

    def find(self, *keys: Key) -> Node | None:
        """The value at a path of keys, or None where there is none."""
        found: Node | None = self.root
        for _, node in self._walk(keys):
            found = node
        return found

    def locate(self, *keys: Key, at_key: bool = False) -> tuple[int, int]:
        """Start and end (indexes) of the value at a path of keys, or of its last key.

        Where the path leads nowhere (a missing key), the key of the deepest mapping that is there; at the root, the
        start of the document.
        """
        span = (0, 0) if self.root is None else (self.root.start, self.root.start)
        steps = list(self._walk(keys))
        for depth, (key, node) in enumerate(steps):
            if node is None:
                break
            whole = depth == len(keys) - 1 and not at_key
            at = node if whole or key is None else key
            span = (at.start, at.end)
        return span

    def _walk(self, keys: Sequence[Key]) -> Iterator[tuple[Scalar | None, Node | None]]:
        """For each key in turn: its own node (mappings only) and its value's; ends after the first that is missing."""
        node: Node | None = self.root
        for key in keys:
            here = None if node is None else follow(node)
            name, node = None, None
            if isinstance(here, Mapping) and (pair := here.by_key.get(str(key))):
                name, node = pair
            elif isinstance(here, Items) and isinstance(key, int) and key < len(here.items):
                node = here.items[key]
            yield name, node
            if node is None:
                return


def read_text(path: str, content: bytes, limit: int = MAX_BYTES) -> Document:
    """A file as a text, without looking for YAML in it; `problem` says so where it is too large or not UTF-8."""
    if len(content) > limit:
        return Document(path, "", problem=Unreadable(f"is larger than {limit:,} bytes, too large to be read", 0))
    try:
        return Document(path, content.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        index = len(content[: error.start].decode("utf-8").removeprefix("\ufeff"))
        wrong = f"byte 0x{content[error.start]:02x} is not UTF-8 text"
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        return Document(path, text, problem=Unreadable(wrong, index))


def top_values(content: bytes, keys: Collection[str]) -> dict[str, str]:
    """The texts at some keys of a document's top mapping, as far as they are found.

    Reads no further than the last of them; what stands behind is not looked at, be it YAML or not.
    """
    found: dict[str, str] = {}
    parser: Any = CParser(content)
    depth, is_key = 0, False
    key: str | None = None
    try:
        while len(found) < len(keys) and type(event := parser.get_event()) is not yaml.StreamEndEvent:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                    return {}
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif not isinstance(event, yaml.NodeEvent):
                continue
            if depth == 1:  # a key or a value is complete, or the mapping has begun
                text = event.value if isinstance(event, yaml.ScalarEvent) else None
                if not is_key and key is not None and key in keys and text is not None:
                    found[key] = text
                is_key, key = not is_key, text
    except yaml.YAMLError:
        pass
    return found


def parse(path: str, content: bytes, limit: int = MAX_BYTES) -> Document:
    """Read one YAML document of at most `limit` bytes; never raises.

    What is wrong with it stands in the document's `problem` and `duplicates`.
    """
    if len(content) > limit:
        return read_text(path, content, limit)
    read = _parse(content)
    return Document(path, read.text, read.root, read.problem, read.duplicates)


@cache
def _parse(content: bytes) -> Document:
    """A document without a path. Most files of a release stand in the source as well: each content is read once."""
    document = read_text("", content, len(content))
    if document.problem:
        return document
    builder = _Builder(document.text)
    try:
        return Document("", document.text, builder.build(), duplicates=builder.duplicates)
    except _RefusedError as refused:
        return Document("", document.text, problem=Unreadable(str(refused), refused.index))
    except yaml.reader.ReaderError as error:
        index = len(document.text.encode()[: error.position].decode(errors="ignore"))
        wrong = f"character {ord(document.text[index]):#04x} is not allowed in YAML"
        return Document("", document.text, problem=Unreadable(wrong, index))


class _RefusedError(Exception):
    """The text is no document of ours: why, and where (an index into it)."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.index = index


class _Builder:
    """Makes nodes of a text's events, and refuses what YAML allows and a configuration file has no use for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.duplicates: list[tuple[Scalar, Scalar]] = []
        self._documents = Items(flow=False, tag=None, start=0)
        self._open: list[Items | Mapping] = [self._documents]
        self._anchors: dict[str, Scalar | Items | Mapping] = {}
        self._count = 0
        """So many values were read, those that aliases stand for included."""

    def build(self) -> Scalar | Items | Mapping | None:
        """The root node. Raises _RefusedError, and libyaml's ReaderError for characters that YAML does not know."""
        # What yaml.parse does with a whole loader, without its cost: this loop is the longest part of most runs.
        parser: Any = CParser(self.text)
        next_event, scalar_event, end_event = parser.get_event, yaml.ScalarEvent, yaml.StreamEndEvent
        try:
            while (kind := type(event := next_event())) is not end_event:
                if kind is scalar_event:
                    start, end = event.start_mark.index, event.end_mark.index
                    scalar = Scalar(event.value, event.implicit[0], event.tag, start, end)
                    self._count += 1
                    self._open[-1].items.append(scalar)
                    if event.anchor is not None:
                        self._anchors[event.anchor] = scalar
                elif kind is yaml.MappingStartEvent:
                    self._begin(Mapping(event.flow_style, event.tag, event.start_mark.index), event.anchor)
                elif kind is yaml.SequenceStartEvent:
                    self._begin(Items(event.flow_style, event.tag, event.start_mark.index), event.anchor)
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    self._end(event.end_mark.index)
                elif kind is yaml.AliasEvent:
                    alias = self._alias(event.anchor, event.start_mark.index, event.end_mark.index)
                    self._open[-1].items.append(alias)
                elif kind is yaml.DocumentStartEvent and self._documents.items:
                    raise _RefusedError("holds more than one YAML document", event.start_mark.index)
        except yaml.MarkedYAMLError as error:
            raise self._explained(error) from None
        return follow(self._documents.items[0]) if self._documents.items else None

    def _begin(self, node: Items | Mapping, anchor: str | None) -> None:
        if len(self._open) > MAX_DEPTH:
            raise _RefusedError(f"is nested deeper than {MAX_DEPTH} levels", node.start)
        node.size = -self._count
        self._count += 1
        self._open[-1].items.append(node)
        self._open.append(node)
        if anchor is not None:
            self._anchors[anchor] = node

    def _end(self, end: int) -> None:
        node = self._open.pop()
        node.end = end
        node.size += self._count
        if self._count > MAX_VALUES:
            raise _RefusedError(f"holds more than {MAX_VALUES:,} values, after expanding aliases", node.start)
        if isinstance(node, Mapping):
            keys = [item if type(item) is Scalar else _key(item) for item in node.items[::2]]
            node.pairs = list(zip(keys, node.items[1::2], strict=True))
            node.by_key = {pair[0].text: pair for pair in node.pairs}
            if len(node.by_key) < len(node.pairs):
                self.duplicates += _duplicates(node)

    def _alias(self, name: str, start: int, end: int) -> Alias:
        if name not in self._anchors:
            raise _RefusedError(f"alias *{name} has no anchor before it", start)
        target = self._anchors[name]
        if any(target is node for node in self._open):
            raise _RefusedError(f"alias *{name} stands inside what it refers to", start)
        self._count += target.size
        return Alias(target, start, end)

    def _explained(self, error: yaml.MarkedYAMLError) -> _RefusedError:
        """What libyaml complains about, at the place to mend.

        It notices late what is never closed, in the next line or at the end of the text; where that began says more.
        """
        noticed: Any = error.problem_mark or error.context_mark
        began = error.context_mark.index if error.context_mark else noticed.index
        late = error.context == "while scanning a simple key"
        if self._open[-1].flow:
            began = self._open[-1].start
            late = self._indent(noticed.index) <= self._indent(began)
        at = began if late or noticed.index >= len(self.text.rstrip()) else noticed.index
        said = HINTS.get(error.problem or "") or ", ".join(part for part in (error.problem, error.context) if part)
        return _RefusedError(said or "is not valid YAML", at)

    def _indent(self, index: int) -> int:
        """How far the line with this index is indented."""
        line = self.text[self.text.rfind("\n", 0, index) + 1 :].partition("\n")[0]
        return len(line) - len(line.lstrip())


def _key(node: Node) -> Scalar:
    target = follow(node)
    if isinstance(target, Scalar):
        return target
    raise _RefusedError('a mapping key must be plain text; a template tag needs quotes: "{{…}}"', node.start)


def _duplicates(mapping: Mapping) -> list[tuple[Scalar, Scalar]]:
    seen: dict[str, Scalar] = {}
    return [(key, first) for key, _ in mapping.pairs if (first := seen.setdefault(key.text, key)) is not key]


def _data(node: Node) -> Data:
    if isinstance(node, Alias):
        node = node.target
    if isinstance(node, Scalar):
        return None if node.plain and node.text in NULLS else node.text
    if isinstance(node, Items):
        return [_data(item) for item in node.items]
    own = {key.text: _data(value) for key, value in node.pairs}
    if MERGE_KEY not in own:
        return own
    merged = own.pop(MERGE_KEY)
    sources = merged if isinstance(merged, list) else [merged]
    return {**{k: v for s in reversed(sources) if isinstance(s, dict) for k, v in s.items()}, **own}


_RESOLVER: Any = yaml.resolver.Resolver()
_CONSTRUCTOR: Any = yaml.constructor.SafeConstructor()
_YAML = "tag:yaml.org,2002:"
_TYPED = {f"{_YAML}{name}" for name in ("int", "float", "bool", "null")}
LONGEST_NUMBER = 100
"""To make a number of more digits than this takes time, and nobody means one."""


def same_meaning(a: Node | None, b: Node | None) -> bool:
    """Whether YAML reads the same from two nodes.

    Comments, quotes, layout and the order of keys do not count; types do: `1`, `1.0`, `true` and `"1"` differ.
    """
    a, b = (a and follow(a)), (b and follow(b))
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return _typed(a.text, a.plain, a.tag) == _typed(b.text, b.plain, b.tag)
    if isinstance(a, Items) and isinstance(b, Items):
        return a.tag == b.tag and len(a.items) == len(b.items) and all(map(same_meaning, a.items, b.items))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        mine, other = ({_typed(k.text, k.plain, k.tag): v for k, v in m.pairs} for m in (a, b))
        return a.tag == b.tag and mine.keys() == other.keys() and all(same_meaning(mine[k], other[k]) for k in mine)
    return a is b


_READ_AS = {
    f"{_YAML}int": "the number {}",
    f"{_YAML}float": "the number {}",
    f"{_YAML}bool": "{}, a truth value",
    f"{_YAML}null": "nothing",
}


def read_otherwise(scalar: Scalar) -> str | None:
    """What YAML makes of a scalar, in words, where it is not the text that stands there: `3.10` is the number 3.1.

    A number that is written as its value is (`3.9`) reads the same.
    """
    if not scalar.plain and scalar.tag not in _READ_AS:
        return None
    tag, value = _typed(scalar.text, scalar.plain, scalar.tag)
    if tag not in _READ_AS or value == scalar.text:
        return None
    return _READ_AS[tag].format(value.lower() if value in ("True", "False") else value)


@cache
def _typed(text: str, plain: bool, tag: str | None) -> tuple[str, str]:
    """A scalar's YAML type, and what two texts of this type share exactly where they are the same value."""
    tag = tag or _RESOLVER.resolve(yaml.ScalarNode, text, (plain, not plain))
    if tag not in _TYPED or len(text) > LONGEST_NUMBER:
        return tag, text
    try:
        return tag, repr(_CONSTRUCTOR.yaml_constructors[tag](_CONSTRUCTOR, yaml.ScalarNode(tag, text)))
    except (ValueError, LookupError, OverflowError):
        return tag, text
