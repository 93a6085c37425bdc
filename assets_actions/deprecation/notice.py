"""What says that an asset is deprecated: two tags of its spec, and the beginning of its description."""

import datetime
import re
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import MAX_BYTES, read_text

from .dates import day_of

DEPRECATED, DELETE_ON = "Deprecated", "DeleteOn"
PREFIX = "DEPRECATED:"
SENTENCE = re.compile(
    rf"\s*+{PREFIX}\s*+Please\s++use\s++(\S{{1,200}}+(?:(?<!\.)\s++(?!instead\.)\S{{1,200}}+){{0,9}}+)\s++instead\.(?!\S)"
)
"""The sentence at the beginning of a description; a replacement is some words of one sentence."""


class Notice(NamedTuple):
    """What users of a deprecated asset are told: the asset to use instead, and the day on which theirs goes."""

    replacement: str
    """As it is shown in the sentence."""
    delete_on: datetime.date

    @property
    def sentence(self) -> str:
        """What a description begins with; the reference's words."""
        return f"{PREFIX} Please use {self.replacement} instead."


def is_deprecated(asset: Asset) -> bool:
    """Whether the spec has the tag that says so."""
    return DEPRECATED in asset.tags


def delete_on(asset: Asset) -> datetime.date | str | None:
    """The date on which a deprecated asset goes; the text of the tag where it is none; None without a tag."""
    if DELETE_ON not in asset.tags:
        return None
    given = asset.tags[DELETE_ON]
    return (day_of(given) or given) if isinstance(given, str) else ""


def description_of(asset: Asset) -> str | None:
    """The description that counts: the text of the description file, where there is one, else the spec's."""
    path = asset.spec_texts.get(("description",))
    if path is not None:
        return read_text(path, asset.tree.read([path], MAX_BYTES)[path]).text
    return asset.spec.model.description if asset.spec and asset.spec.model else None


def replacement_named(text: str) -> str | None:
    """What the sentence at the beginning of a description names; None where it begins with other words."""
    sentence = SENTENCE.match(text)
    return " ".join(sentence[1].split()) if sentence else None
