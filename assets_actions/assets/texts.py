"""The text files that assets depend on, beside their own documents: descriptions, build contexts."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .asset import Asset
from .document import MAX_BYTES, Document, KeyPath, read_text
from .tree import SUBMODULE, SYMLINK, Tree


@dataclass(frozen=True, eq=False)
class TextFile:
    """One file and what it is to an asset; `document.problem` says where it is no text, or too large to be read."""

    asset: Asset
    document: Document
    in_context: bool
    """It is part of the environment's build context."""
    is_dockerfile: bool
    is_template: bool
    """Template tags in it are resolved."""
    in_spec: tuple[KeyPath, ...]
    """Where the released spec takes its text: at no, one or several paths of keys."""


def text_files(tree: Tree, assets: Sequence[Asset]) -> Iterator[TextFile]:
    """The text files of these assets, each read once and one at a time; none that is a link or a submodule."""
    owners: dict[str, list[Asset]] = defaultdict(list)
    contexts = {asset: set(asset.context_files) for asset in assets}
    for asset in assets:
        for path in dict.fromkeys((*asset.texts, *asset.context_files)):
            if tree.entries[path].mode not in (SYMLINK, SUBMODULE):
                owners[path].append(asset)
    for path, content in zip(owners, tree.stream(list(owners), MAX_BYTES), strict=True):
        document = _read(path, content)
        for asset in owners[path]:
            yield TextFile(
                asset,
                document,
                path in contexts[asset],
                path == asset.dockerfile,
                path in asset.template_files,
                tuple(keys for keys, file in asset.spec_texts.items() if file == path),
            )


def _read(path: str, content: bytes) -> Document:
    """A file as a text; one in UTF-16 is told to be none, and still read: pip and others do."""
    document = read_text(path, content)
    if content.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) and document.text:
        return Document(path, content.decode("utf-16", "replace"), problem=document.problem)
    return document
