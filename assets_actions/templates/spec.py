r"""Render a spec: its template tags, its description and its tags that name files.

The author's text is kept, comments and layout included: what changes is spliced into it. The result is read back; where
it does not say what it should (a literal text inside `{}`, quotes inside quotes, a replaced anchor), the document is
written anew from its values instead, and only its comments are lost.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from assets_actions.assets import document as nodes
from assets_actions.assets.document import Data, Document, Key, KeyPath, parse

from .tags import splice

STRING = "tag:yaml.org,2002:str"
TAG = re.compile(r"\{\{(?<!\$\{\{)\s*((?:asset|image)\.[a-z_.]+)\s*\}\}")
"""Tags of our namespaces. Behind a `$` they belong to the service's own expressions: `${{parent.inputs.x}}`."""


_BEHIND_VALUE = re.compile(r"[ \t]*(?:#[^\r\n]*)?")


def unify_line_endings(text: str) -> str:
    r"""The text with every line ending as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def render(document: Document, values: Mapping[str, str], texts: Mapping[KeyPath, str]) -> str:
    """The spec's text with template tags resolved and texts put in.

    `values`: tag → value; a tag that is not among them stays as it is. `texts`: a path of keys, `("description",)` or
    `("tags", name)`, whose mapping is there → the text to stand at it. The document must hold a mapping.
    """
    edits = [_edit(document, keys, text) for keys, text in texts.items()]
    for tag in TAG.finditer(document.text):
        if tag[1] in values and not any(start <= tag.start() < end for start, end, _ in edits):
            edits.append((*tag.span(), values[tag[1]]))
    if not edits:
        return document.text
    wanted = _put(_substitute(document.data, values), texts)
    for text in _candidates(document, edits, values, texts):
        content = text.encode()
        read = parse(document.path, content, len(content))
        if read.problem is None and read.data == wanted:
            return text
    raise ValueError(f"{document.path} cannot be rendered")


def _candidates(
    document: Document, edits: list[tuple[int, int, str]], values: Mapping[str, str], texts: Mapping[KeyPath, str]
) -> Iterator[str]:
    yield splice(document.text, edits)
    # PyYAML writes some rare characters as they are and cannot read them again; escaped, it can.
    for allow_unicode in (True, False):
        yield _write_anew(document, values, texts, allow_unicode)


def _resolve(text: str, values: Mapping[str, str]) -> str:
    return TAG.sub(lambda tag: values.get(tag[1], tag[0]), text)


def _substitute(data: Data, values: Mapping[str, str]) -> Data:
    if isinstance(data, str):
        return _resolve(data, values)
    if isinstance(data, list):
        return [_substitute(item, values) for item in data]
    if isinstance(data, dict):
        return {_resolve(key, values): _substitute(value, values) for key, value in data.items()}
    return data


def _put(data: Data, texts: Mapping[KeyPath, str]) -> Data:
    for (*path, name), text in texts.items():
        mapping = data
        for key in path:
            mapping = mapping[str(key)] if isinstance(mapping, dict) else None
        if isinstance(mapping, dict):
            mapping[str(name)] = text
    return data


def _edit(document: Document, keys: KeyPath, text: str) -> tuple[int, int, str]:
    """The edit that puts a text at these keys of a block mapping, before all other keys where it is new there."""
    found = document.find(*keys[:-1])
    mapping = nodes.follow(found) if found else None
    if not isinstance(mapping, nodes.Mapping):
        raise TypeError(f"{document.path} has no mapping at {keys[:-1]}")
    pair = mapping.by_key.get(str(keys[-1]))
    first = pair[0] if pair else mapping.pairs[0][0]
    indent = " " * (document.position(first.start).column - 1)
    newline = "\r\n" if "\r\n" in document.text else "\n"
    if pair is None:
        literal = _literal(text, f"{indent}  ").replace("\n", newline)
        return first.start, first.start, f"{keys[-1]}: {literal}{newline}{indent}"
    value = pair[1]
    is_block = document.text[value.end - 1] == "\n"
    comment = None if is_block else _BEHIND_VALUE.match(document.text, value.end)
    behind = comment[0] if comment else ""
    literal = _literal(text, f"{indent}  ", behind.rstrip()).replace("\n", newline)
    return first.end, value.end + len(behind), f": {literal}{newline if is_block else ''}"


def _literal(text: str, indent: str, comment: str = "") -> str:
    """A text as a YAML literal block: `|`, a comment, and the lines."""
    body = text.removesuffix("\n")
    keep = "-" if body == text else "+" if body.endswith("\n") or not body else ""
    explicit = "2" if text[:1] in (" ", "\n") else ""
    return "\n".join([f"|{explicit}{keep}{comment}", *(f"{indent}{line}" if line else "" for line in body.split("\n"))])


def _write_anew(
    document: Document, values: Mapping[str, str], texts: Mapping[KeyPath, str], allow_unicode: bool
) -> str:
    root: Any = yaml.compose(document.text, Loader=yaml.CSafeLoader)
    _substitute_nodes(root, values, set())
    for keys, text in texts.items():
        root = _with_text(root, list(keys), text)
    written: str = yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=allow_unicode, width=2**31)
    return written


def _with_text(mapping: yaml.MappingNode, keys: list[Key], text: str) -> yaml.MappingNode:
    """A copy of the mapping with a text at these keys; the mapping itself may stand elsewhere, too, by an alias."""
    name, rest = str(keys[0]), keys[1:]
    value: Any = yaml.ScalarNode(STRING, text, style='"')
    if rest:
        value = _with_text([value for key, value in mapping.value if key.value == name][-1], rest, text)
    others = [(key, value) for key, value in mapping.value if key.value != name]
    pairs = [(yaml.ScalarNode(STRING, name), value), *others]
    return yaml.MappingNode(mapping.tag, pairs, flow_style=mapping.flow_style)


def _substitute_nodes(node: yaml.Node, values: Mapping[str, str], done: set[int]) -> None:
    if id(node) in done:
        return
    done.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        node.value = _resolve(node.value, values)
        return
    for item in node.value:
        for part in item if isinstance(item, tuple) else (item,):
            _substitute_nodes(part, values, done)
