"""Which other assets an asset refers to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .config import AssetType
from .document import Data, KeyPath
from .model import Loaded
from .spec import Spec

SCHEME = "azureml:"
_REFERENCE = re.compile(rf"{SCHEME}([^/:@\s]+)(?:[:@]([^/\s]*))?")
"""`azureml:name:version`, `azureml:name@label`; `azureml://registries/…` names something elsewhere."""
_MENTIONED = re.compile(rb"%b[^/\s]" % SCHEME.encode())
_IN_REGISTRY = re.compile(
    rf"{SCHEME}//registries/[^/\s]+/(environments|components|models|data)/([^/\s]+)(?:/(versions|labels)/([^/\s]+))?"
)
_TYPES = {"environment": AssetType.ENVIRONMENT, "component": AssetType.COMPONENT}


class Dependency(NamedTuple):
    """A reference in a spec to an asset of this repository, or of the place that the asset is published to."""

    keys: KeyPath
    text: str
    id: str
    version: str | None
    """A version or a label; None where any will do."""


def dependencies(spec: Loaded[Spec]) -> Iterator[Dependency]:
    """The environments and components that a spec names, under keys of these names at any depth."""
    if _MENTIONED.search(spec.content):
        for keys, text in _texts(spec.document.data, ()):
            if keys and (type_ := _TYPES.get(str(keys[-1]))) and (found := _REFERENCE.fullmatch(text)):
                yield Dependency(keys, text, f"{type_}/{found[1]}", found[2])


class Use(NamedTuple):
    """That an asset uses another, in this version of it; None where the newest is meant, or whichever has a label."""

    id: str
    version: str | None


def uses(spec: Loaded[Spec]) -> set[Use]:
    """The assets that a spec refers to: its dependencies, and what it takes from a registry.

    Whether a registry's asset is the one of its name in this repository, the name alone tells.
    """
    return {use for _, use in placed_uses(spec)}


def placed_uses(spec: Loaded[Spec]) -> Iterator[tuple[KeyPath, Use]]:
    """The same, each with the path of keys to it."""
    if SCHEME.encode() in spec.content:
        for keys, text in _texts(spec.document.data, ()):
            if match := _IN_REGISTRY.fullmatch(text):
                plural, name, kind, version = match.groups()
                yield keys, Use(f"{plural.removesuffix('s')}/{name}", version if kind == "versions" else None)
    for dependency in dependencies(spec):
        is_label = dependency.text.endswith(f"@{dependency.version}")
        yield dependency.keys, Use(dependency.id, None if is_label else dependency.version or None)


def _texts(data: Data, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(data, str):
        yield at, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*at, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _texts(value, (*at, number))
