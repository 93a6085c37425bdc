"""What messages and mends of several rules have in common."""

from assets_actions.assets.config import AssetType
from assets_actions.assets.document import Document, KeyPath, Node, Scalar, follow

MOST = 20
"""So many items of one value are reported at most: who writes more wrong ones has made one mistake, or an attack."""

_UNCOUNTED = (AssetType.CODE, AssetType.DATA)


def a(type_: AssetType | None) -> str:
    """An asset type with its article: `a component`, `an environment`, `a data asset`."""
    article = "an" if type_ and type_[0] in "aeiou" else "a"
    return f"{article} {type_} asset" if type_ in _UNCOUNTED else f"{article} {type_}"


def replacing(document: Document, at: KeyPath | Node, text: str) -> str | None:
    """The text that can take the place of a scalar, given by itself or its path of keys.

    None where more is written there than a scalar on a line: an anchor, an alias, a block; or where nothing is written,
    since a merge key brings the value.
    """
    node = document.find(*at) if isinstance(at, tuple) else at
    if node is None:
        return None
    written, value = document.text[node.start : node.end], follow(node)
    is_plain = isinstance(value, Scalar) and (written == value.text or written[:1] in ("'", '"'))
    return text if is_plain else None
