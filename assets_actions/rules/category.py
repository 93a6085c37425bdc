"""Categories of assets.

Source of all rules here: the checks of the system in public use.
"""

import json
from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import Scalar, follow

from .registry import Problem, Severity, rule
from .wording import replacing


@rule(Asset)
def missing_category(asset: Asset) -> Iterator[Problem]:
    """An asset has a category.

    Why: catalogs are browsed by it.
    Fix: add `categories: [<category>]` to the asset config.
    Source: the checks of the system in public use.
    """
    if asset.config.model and not asset.config.model.categories:
        yield Problem(asset.config.document, ("categories",), "the asset has no category", "add `categories: [...]`")


@rule(Asset, Severity.WARNING, mends=True)
def category_as_text(asset: Asset) -> Iterator[Problem]:
    """`categories` is a list.

    Why: `'["A"]'` in quotes is one text, not a list that holds `A`; what reads it later takes it for one odd category.
    Fix: write it without the quotes.
    """
    node = asset.config.document.find("categories")
    value = follow(node) if node else None
    if isinstance(value, Scalar) and not value.is_null:
        written = _as_list(value.text)
        message = f"`{value.text}` is text, not a list"
        replacement = replacing(asset.config.document, ("categories",), written) if written.isprintable() else None
        yield Problem(asset.config.document, ("categories",), message, f"write {written}", replacement=replacement)


def _as_list(text: str) -> str:
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    are_names = isinstance(listed, list) and all(isinstance(name, str) and name.isprintable() for name in listed)
    names = listed if are_names else [text]
    return json.dumps(names, ensure_ascii=False)
