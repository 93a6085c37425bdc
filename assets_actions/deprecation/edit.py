"""The edits that deprecate an asset: of its tags, its description and its version, and of nothing else in its files.

Each change is spliced into the author's text, which is then read again. Where any other value would mean something else
than before, the next way of writing it is tried; where there is none left, people have to do it.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import yaml

from assets_actions.assets import document as nodes
from assets_actions.assets.asset import Asset
from assets_actions.assets.document import (
    MAX_BYTES,
    Document,
    Node,
    Scalar,
    Unreadable,
    follow,
    parse,
    read_otherwise,
    read_text,
    same_meaning,
)
from assets_actions.errors import UserError
from assets_actions.templates.tags import splice

from .notice import DELETE_ON, DEPRECATED, PREFIX, SENTENCE, Notice, replacement_named

Edit = tuple[int, int, str]
"""A text in place of a span of a document's text."""
DESCRIPTION, TAGS, VERSION = "description", "tags", "version"
INDENT = "  "
SHARED = "cannot be edited with all else as it is: does it share an anchor, an alias or a merge key?"

_NEWLINE = re.compile(r"\r\n|\n|\r")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_PROPERTIES = re.compile(r"(?:[&!]\S*+(?:\s++#[^\r\n]*+)?\s*+)*+")
"""An anchor and a type before a value."""
_BLOCK_HEADER = re.compile(r"([|>])[+-]?([1-9]?)[+-]?[ \t]*+(?:#[^\r\n]*+)?(\r\n|\n|\r)")
_INDENTATION = re.compile(r"^( *+)[^ \r\n]", re.MULTILINE)
_NEXT_LINE = re.compile(r"(?:\r\n|\n|\r) +(?=[^ \r\n])")
_LAST_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,50}\Z")


def deprecate(asset: Asset, notice: Notice) -> dict[str, bytes]:
    """The files to change, path → content; none where the asset is deprecated in exactly this way already.

    The asset's documents must be loaded. Raises UserError where something cannot be edited with all else as it was.
    """
    assert asset.spec
    if not notice.replacement.isprintable() or replacement_named(notice.sentence) != notice.replacement:
        message = f"a description cannot name `{notice.replacement}` as the replacement"
        raise UserError(message, fix="give a name, or some words of one sentence")
    spec = _with_tags(asset, asset.spec.document, notice)
    changed: dict[str, bytes] = {}
    if path := asset.spec_texts.get((DESCRIPTION,)):
        changed = _description_file(asset, path, notice.sentence)
    else:
        spec = _with_sentence(asset, spec, notice.sentence)
    if spec is asset.spec.document and not changed:
        return {}
    documents = _with_next_version(asset, {asset.config.path: asset.config.document, asset.spec.path: spec})
    for loaded in (asset.config, asset.spec):
        if (text := documents[loaded.path].text) != loaded.document.text:
            changed[loaded.path] = _encode(text, loaded.content)
    return changed


def _with_tags(asset: Asset, spec: Document, notice: Notice) -> Document:
    """The spec with the two tags, at the head of the others; one that is there is changed in its place."""
    node, root = spec.find(TAGS), _mapping(spec.root)
    tags = _mapping(node and follow(node))
    _, date = tags.by_key.get(DELETE_ON, (None, None))
    wanted = {} if DEPRECATED in asset.tags else {DEPRECATED: ""}
    if not same_meaning(date, _text(notice.delete_on.isoformat())):
        wanted[DELETE_ON] = notice.delete_on.isoformat()
    if not wanted:
        return spec
    new = [f'{name}: "{value}"' for name, value in wanted.items() if name not in tags.by_key]
    deeper, flow = [f"{INDENT}{line}" for line in new], ", ".join(new)
    way: list[Edit] | None = None
    if isinstance(node, nodes.Mapping):
        way = [_insertion(spec, tags, root.by_key[TAGS][0].end, new, flow)] if new else []
        if date and DELETE_ON in wanted:
            way.append(_in_place(spec, date, _like(spec, date, wanted[DELETE_ON])))
    elif isinstance(node, Scalar) and root.flow:
        way = [_in_place(spec, node, f"{{{flow}}}")]
    elif isinstance(node, Scalar):
        way = [(len(spec.text[: node.start].rstrip()), node.end, ""), _insertion(spec, root, node.end, deeper, "")]
    elif node is None and not asset.tags:  # tags by a merge key would be hidden
        way = [_insertion(spec, root, _behind_label(spec), [f"{TAGS}:", *deeper], f"{TAGS}: {{{flow}}}")]
    expected = _with(tags, {name: _text(value) for name, value in wanted.items()})
    lines = " and ".join(f'`{name}: "{value}"`' for name, value in wanted.items())
    refusal = _by_hand(asset, TAGS, f"write {lines} among the tags")
    return _edited(spec, TAGS, [way] if way else [], partial(same_meaning, expected), refusal)


def _with_sentence(asset: Asset, spec: Document, sentence: str) -> Document:
    """The spec with a description that begins with the sentence."""
    assert isinstance(spec.data, dict)
    given = spec.data.get(DESCRIPTION)
    text = given if isinstance(given, str) else ""
    if text.lstrip().startswith(sentence):
        return spec
    refusal = _by_hand(asset, DESCRIPTION, f"begin the description with `{sentence}`")
    return _edited(
        spec, DESCRIPTION, _ways_to_begin(spec, text, sentence), partial(_begins, sentence, _words(text)), refusal
    )


def _begins(sentence: str, words: str, value: Node) -> bool:
    """Whether a value is a text: the sentence, and these words behind it."""
    new = follow(value)
    if not isinstance(new, Scalar) or not _is_text(new):
        return False
    said = new.text.lstrip()
    return said.startswith(sentence) and said.removeprefix(sentence).lstrip() == words


def _ways_to_begin(spec: Document, text: str, sentence: str) -> Iterator[list[Edit]]:
    """The ways to put a sentence at the beginning of the description, the one that changes least first."""
    node, whole = spec.find(DESCRIPTION), _double_quoted(_begun(text, sentence, " "))
    if node is None:
        line = f"{DESCRIPTION}: {whole}"
        yield [_insertion(spec, _mapping(spec.root), _behind_label(spec), [line], line)]
        return
    start, source = _source(spec, node)
    if header := _BLOCK_HEADER.match(source):
        column = _column(spec, _mapping(spec.root))
        yield [(start + header.end(), node.end, _begun_block(header, source[header.end() :], sentence, column))]
        return
    within = start + 1, node.end - 1
    double, single = _double_quoted(sentence)[1:-1], sentence.replace("'", "''")
    if source[:1] == '"':
        yield [(*within, _begun(source[1:-1], double, " "))]
    elif source[:1] == "'":
        yield [(*within, _begun(source[1:-1], single, " "))]
    elif text:
        if lines := _NEXT_LINE.search(source):
            yield _folded(spec, start, sentence, lines[0])
        if '"' in source or "\\" in source:
            source = source.replace("'", "''")
            yield [(start, node.end, f"'{_begun(source, single, ' ')}'")]
        else:
            yield [(start, node.end, f'"{_begun(source, double, " ")}"')]
    yield [_in_place(spec, node, whole)]


def _folded(spec: Document, start: int, sentence: str, next_line: str) -> list[Edit]:
    """A plain text of several lines as a folded block: its first line goes below the header and the sentence."""
    above = spec.text[:start].rstrip()
    if above.endswith(":") and _NEWLINE.search(spec.text, len(above), start):
        return [(len(above), len(above), " >-"), (start, start, f"{sentence}{next_line}")]
    return [(start, start, f">-{next_line}{sentence}{next_line}")]


def _begun_block(header: re.Match[str], raw: str, sentence: str, indent: str) -> str:
    """The lines of a block with the sentence above them; in a literal one, with an empty line between."""
    style, explicit, newline = header.groups()
    own = _INDENTATION.search(raw)
    indent = indent + " " * int(explicit) if explicit else own[1] if own else indent + INDENT
    return _begun(raw, sentence, newline if style == ">" else newline * 2, newline, indent)


def _begun(raw: str, sentence: str, between: str, last: str = "", indent: str = "") -> str:
    """A text that begins with the sentence, in place of an earlier one or of another `DEPRECATED:`.

    `between` stands behind the sentence where words follow, `last` where none do; `indent` before a line.
    """
    if earlier := SENTENCE.match(raw):
        return raw[: raw.index(PREFIX)] + sentence + raw[earlier.end() :]
    words = raw.lstrip()
    if not words.startswith(PREFIX):
        return f"{indent}{sentence}{between if words else last}{raw}"
    rest = words.removeprefix(PREFIX).lstrip(" \t")
    goes_on = rest[:1] not in ("", "\r", "\n")
    return f"{raw.removesuffix(words)}{sentence}{between + indent if goes_on else ''}{rest}"


def _words(text: str) -> str:
    """What a description says beside the sentence, or another `DEPRECATED:`, at its beginning."""
    earlier = SENTENCE.match(text)
    return text[earlier.end() :].lstrip() if earlier else text.lstrip().removeprefix(PREFIX).lstrip()


def _description_file(asset: Asset, path: str, sentence: str) -> dict[str, bytes]:
    """The description file with the sentence as its first line, where it has another one."""
    content = asset.tree.read([path], MAX_BYTES)[path]
    document = read_text(path, content)
    if document.text.lstrip().startswith(sentence):
        return {}
    problem = document.problem
    if path in {loaded.path for loaded in asset.documents}:
        problem = Unreadable("is a document of the asset as well", 0)
    if problem:
        where = f"{path}:{document.position(problem.index).line}"
        message = f"the description of {asset.id} cannot be edited: its file {problem.message}"
        raise UserError(message, where, f"begin the description with `{sentence}` by hand")
    newline = _newline(document.text)
    return {path: _encode(_begun(document.text, sentence, newline * 2, newline), content)}


def _with_next_version(asset: Asset, documents: Mapping[str, Document]) -> dict[str, Document]:
    """The asset config and the spec with the next version, wherever they have a version that was given by hand."""
    if asset.is_auto:
        return dict(documents)
    assert asset.version
    place = asset.version_place
    where, fix = f"{place.file}:{place.line}", "bump the version by hand in the same pull request"
    number = _LAST_NUMBER.search(asset.version)
    if number is None:
        raise UserError(f"the version {asset.version} of {asset.id} has no whole number at its end", where, fix)
    version = f"{asset.version[: number.start()]}{str(int(number[0]) + 1).zfill(len(number[0]))}"
    refusal = UserError(f"the version {asset.version} of {asset.id} {SHARED}", where, fix)
    bumped = dict(documents)
    for path, document in documents.items():
        node = document.find(VERSION)
        old = follow(node) if node else None
        if node and isinstance(old, Scalar) and old.text == asset.version:
            new = Scalar(version, True, None, 0, 0)
            if _source(document, node)[1] != old.text or _reads_otherwise(new, old):
                new = _text(version)
            literal = version if new.plain else _like(document, node, version)
            way = [_in_place(document, node, literal)]
            bumped[path] = _edited(document, VERSION, [way], partial(same_meaning, new), refusal)
    if all(bumped[path] is document for path, document in documents.items()):
        raise refusal
    return bumped


def _reads_otherwise(new: Scalar, old: Scalar) -> bool:
    """Whether YAML makes something else of a new text without quotes than it made of the old one."""
    return read_otherwise(new) is not None or (_is_text(old) and not _is_text(new))


def _is_text(scalar: Scalar) -> bool:
    return same_meaning(scalar, _text(scalar.text))


def _text(text: str) -> Scalar:
    """What quotes make of a text."""
    return Scalar(text, False, None, 0, 0)


def _mapping(node: Node | None) -> nodes.Mapping:
    """The node, where it is a mapping, else an empty one."""
    return node if isinstance(node, nodes.Mapping) else nodes.Mapping(flow=False, tag=None, start=0)


def _with(mapping: nodes.Mapping, values: Mapping[str, Node]) -> nodes.Mapping:
    """What the mapping would be with these values."""
    new = nodes.Mapping(mapping.flow, mapping.tag, mapping.start)
    kept = [(key, value) for key, value in mapping.pairs if key.text not in values]
    new.pairs = [*kept, *((_text(key), value) for key, value in values.items())]
    return new


def _edited(
    document: Document, key: str, ways: Iterable[list[Edit]], holds: Callable[[Node], bool], refusal: UserError
) -> Document:
    """The document edited in the first way that gives this key the value it should have, and changes no other.

    Raises the refusal where there is no such way.
    """
    for way in _expanding_aliases(document, key, list(ways)):
        new = parse(document.path, splice(document.text, way).encode())
        value = new.find(key)
        if value and holds(value) and same_meaning(_with(_mapping(document.root), {key: value}), new.root):
            return new
    raise refusal


def _expanding_aliases(document: Document, key: str, ways: list[list[Edit]]) -> Iterator[list[Edit]]:
    """The same ways, and each with what the value is now in place of its aliases elsewhere."""
    yield from ways
    node = document.find(key)
    if isinstance(node, Scalar) and (aliases := list(_aliases(document.root, node))):
        source = _source(document, node)[1]
        literal = _double_quoted(node.text) if _NEWLINE.search(source) else source
        for way in ways:
            yield [*way, *(_in_place(document, alias, literal) for alias in aliases)]


def _aliases(node: Node | None, of: Scalar) -> Iterator[nodes.Alias]:
    if isinstance(node, nodes.Alias):
        if node.target is of:
            yield node
    elif isinstance(node, nodes.Mapping | nodes.Items):
        for item in node.items:
            yield from _aliases(item, of)


def _by_hand(asset: Asset, key: str, todo: str) -> UserError:
    assert asset.spec
    place = asset.spec.document.place(*asset.spec.document.locate(key, at_key=True))
    return UserError(f"the {key} of {asset.id} {SHARED}", f"{place.file}:{place.line}", f"{todo} by hand")


def _insertion(document: Document, mapping: nodes.Mapping, behind: int, lines: list[str], flow: str) -> Edit:
    """New pairs in a mapping: in a block, as lines below the one that `behind` is on; else, before all others."""
    if mapping.flow:
        at = mapping.items[0].start if mapping.items else mapping.end - 1
        return at, at, f"{flow}, " if mapping.items else flow
    at = _line_end(document.text, behind)
    start = f"{_newline(document.text)}{_column(document, mapping)}"
    return at, at, "".join(f"{start}{line}" for line in lines)


def _behind_label(document: Document) -> int:
    """The end of the version or the name, on a line that is not the last one."""
    ends = [node.end for node in map(document.find, (VERSION, "name")) if node] or [_mapping(document.root).start]
    return next((end for end in ends if _line_end(document.text, end) < len(document.text)), ends[-1])


def _in_place(document: Document, node: Node, literal: str) -> Edit:
    """A literal in place of a value, behind its anchor; of an alias, in place of itself."""
    start, _ = _source(document, node)
    return start, node.end, literal if start < node.end or document.text[start - 1].isspace() else f" {literal}"


def _like(document: Document, node: Node, text: str) -> str:
    """A text that needs no escapes in the quotes of a value."""
    quote = _source(document, node)[1][:1]
    return f"'{text}'" if quote == "'" else f'"{text}"'


def _source(document: Document, node: Node) -> tuple[int, str]:
    """Where a value begins behind its anchor and type, and what its author wrote there."""
    properties = _PROPERTIES.match(document.text, node.start, node.end)
    start = properties.end() if properties else node.start
    return start, document.text[start : node.end]


def _column(document: Document, mapping: nodes.Mapping) -> str:
    """The indentation of a block mapping's keys."""
    return " " * (document.position(mapping.items[0].start).column - 1)


def _line_end(text: str, index: int) -> int:
    rest = _REST_OF_LINE.match(text, index)
    return rest.end() if rest else index


def _newline(text: str) -> str:
    """The line ending of a text's first line."""
    newline = _NEWLINE.search(text)
    return newline[0] if newline else "\n"


def _double_quoted(text: str) -> str:
    """A text on one line between double quotes, with escapes."""
    written: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=2**31)
    return written.removesuffix("\n")


def _encode(text: str, like: bytes) -> bytes:
    """A text as a file's content, with a byte order mark where the file has one."""
    return (BOM_UTF8 if like.startswith(BOM_UTF8) else b"") + text.encode()
