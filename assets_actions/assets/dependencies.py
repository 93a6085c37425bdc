"""Which environments and components an asset refers to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .asset import Asset
from .config import AssetType
from .document import Data, Document, KeyPath

SCHEME = "azureml:"
_REFERENCE = re.compile(rf"{SCHEME}([^/:@\s]+)(?:[:@]([^/\s]*))?")
"""`azureml:name:version`, `azureml:name@label`; `azureml://registries/…` names something elsewhere."""
_MENTIONED = re.compile(rf"{SCHEME}[^/\s]")
_TYPES = {"environment": AssetType.ENVIRONMENT, "component": AssetType.COMPONENT}


class Dependency(NamedTuple):
    """A reference to an asset of this repository, or of the place that the asset is published to."""

    asset: Asset
    """Which refers."""
    document: Document
    keys: KeyPath
    text: str
    id: str
    version: str | None
    """A version or a label; None where any will do."""


def dependencies(asset: Asset) -> Iterator[Dependency]:
    """The environments and components that an asset's spec names, under keys of these names at any depth."""
    if asset.spec and _MENTIONED.search(asset.spec.document.text):
        for keys, text in _texts(asset.spec.document.data, ()):
            if keys and (type_ := _TYPES.get(str(keys[-1]))) and (found := _REFERENCE.fullmatch(text)):
                yield Dependency(asset, asset.spec.document, keys, text, f"{type_}/{found[1]}", found[2])


def _texts(data: Data, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(data, str):
        yield at, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*at, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _texts(value, (*at, number))
