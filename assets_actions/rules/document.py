"""What a YAML file must be, whatever it is about.

Source of all rules here: YAML 1.1 as libyaml reads it; the keys and values are the reference's, and those that the
repository of the system in public use has.
"""

from collections.abc import Iterator
from typing import Any

from assets_actions.assets.config import AnyConfig
from assets_actions.assets.model import Loaded, suggestion, unknown_keys
from assets_actions.assets.spec import Spec

from .registry import Problem, Severity, rule

SUGGESTIONS = 20


@rule(Loaded, essential=True)
def yaml_syntax(loaded: Loaded[Any]) -> Iterator[Problem]:
    """The file must be one YAML document in UTF-8, of a reasonable size.

    Why: nothing of an asset can be known from a file that cannot be read. Documents over 1 MB, nested over 100 levels
    or blown up by aliases are refused as well: they are attacks or accidents.
    Fix: the message names the place; most often a value needs quotes, or the indentation is off.
    """
    if problem := loaded.document.problem:
        yield Problem(loaded.document, slice(problem.index, problem.index + 1), problem.message)


@rule(Loaded)
def duplicate_key(loaded: Loaded[Any]) -> Iterator[Problem]:
    """A key stands once in a mapping.

    Why: YAML readers keep one of them, not always the same one, and say nothing.
    Fix: remove the key that is not meant.
    """
    for again, first in loaded.document.duplicates:
        line = loaded.document.position(first.start).line
        yield Problem(loaded.document, slice(again.start, again.end), f"`{again.text}` is already set on line {line}")


@rule(Loaded)
def unknown_key(loaded: Loaded[Any]) -> Iterator[Problem]:
    """Asset config and extra config hold only keys that mean something.

    Why: a key with a typing error is silently not there.
    Fix: correct its name, or remove it.
    """
    if not issubclass(loaded.kind, Spec | AnyConfig):
        yield from _unknown(loaded, "is not a known key here")


@rule(Loaded, Severity.WARNING)
def unknown_spec_key(loaded: Loaded[Any]) -> Iterator[Problem]:
    """A spec holds keys that its asset type's schema is known to have.

    Why: a key with a typing error is silently not there. A warning, since the service's own schemas grow.
    Fix: correct the key's name; leave it where the schema has it.
    """
    if issubclass(loaded.kind, Spec) and loaded.kind is not Spec:
        yield from _unknown(loaded, "is not a known key of such a spec")


def _unknown(loaded: Loaded[Any], message: str) -> Iterator[Problem]:
    for number, (keys, known) in enumerate(unknown_keys(loaded.kind, loaded.document.data)):
        # To look for the nearest name takes a while, and whoever has so many unknown keys has no typing error.
        nearest = suggestion(keys[-1], known) if number < SUGGESTIONS else ""
        yield Problem(loaded.document, keys, f"`{keys[-1]}` {message}{nearest}", at_key=True)


@rule(Loaded, essential=True)
def missing_key(loaded: Loaded[Any]) -> Iterator[Problem]:
    """Keys that an asset cannot do without are there.

    Why: an asset has a type, a spec, a name and a version; what builds or publishes it needs the rest.
    Fix: add the key.
    """
    for error in loaded.errors:
        if error.missing:
            yield Problem(loaded.document, error.keys, error.message, at_key=True)


@rule(Loaded, essential=True)
def wrong_value(loaded: Loaded[Any]) -> Iterator[Problem]:
    """A key's value is of the kind that the key needs, and one of its choices where it has choices.

    Why: what reads the file later would fail on it, or read something else.
    Fix: the message names what is allowed.
    """
    for error in loaded.errors:
        if not error.missing:
            yield Problem(loaded.document, error.keys, error.message)
