"""The tags of a spec."""

import datetime
from collections.abc import Iterator
from itertools import islice

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import Mapping, Scalar, follow, read_otherwise
from assets_actions.assets.model import suggestion
from assets_actions.assets.texts import TextFile
from assets_actions.deprecation.notice import DELETE_ON, DEPRECATED, PREFIX, delete_on, is_deprecated

from .policy import Policy, TagPolicy, TypeTags
from .registry import Problem, Severity, rule
from .wording import MOST, a, replacing

_NO_TAGS = TypeTags()


def _policies(asset: Asset, policy: Policy) -> Iterator[TagPolicy]:
    """What holds for the tags of this asset."""
    tags = asset.tags
    for one in policy.tags.get(asset.type, _NO_TAGS).tags if asset.type else ():
        if all(tags.get(name) == value for name, value in one.when.items()):
            yield one


def _missing(asset: Asset, one: TagPolicy) -> Iterator[Problem]:
    if one.name not in asset.tags and asset.spec:
        for_whom = a(asset.type) + "".join(f" whose `{name}` is `{value}`" for name, value in one.when.items())
        values = f": {', '.join(one.values)}" if one.values else ""
        message = f"`{one.name}` is missing; {for_whom} has it{values}"
        yield Problem(asset.spec.document, ("tags", one.name), message, at_key=True)


@rule(Asset, needs=Policy)
def missing_tag(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A spec has the tags that its asset type requires.

    By default `evaluation_type` and what goes with it for evaluation results, `modality` for prompts.

    Why: catalogs show, filter and compare assets by them.
    Fix: add the tag; setting: `tags.<type>.tags` with `required`, `values`, `multiple`, `when`.
    Source: the tables of the system in public use.
    """
    for one in _policies(asset, policy):
        if one.required:
            yield from _missing(asset, one)


@rule(Asset, Severity.WARNING, needs=Policy)
def recommended_tag(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A spec has the tags that its asset type should have: by default `OS` and `Python` for environments.

    Why: people choose an environment by them.
    Fix: add the tag; setting: `tags.<type>.tags` with `recommended`.
    Source: the reference's table of tags.
    """
    for one in _policies(asset, policy):
        if one.recommended:
            yield from _missing(asset, one)


@rule(Asset, needs=Policy)
def wrong_tag_value(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A tag's value is one of those that the tag can have; where several are allowed, commas stand between them.

    Why: a value that nobody filters by is not found.
    Fix: correct the value; setting: `tags.<type>.tags` with `values`, `multiple`.
    Source: the tables of the system in public use.
    """
    tags = asset.tags
    for one in _policies(asset, policy):
        if asset.spec and one.values and one.name in tags:
            given = tags[one.name]
            parts = dict.fromkeys(given.split(",")) if one.multiple and isinstance(given, str) else [given]
            for part in islice((part for part in parts if part not in one.values), MOST):
                shown = f"`{part}`" if isinstance(part, str) else "this"
                message = f"{shown} is not one of: {', '.join(one.values)}{suggestion(part, one.values)}"
                yield Problem(asset.spec.document, ("tags", one.name), message)


@rule(Asset, Severity.NOTE, needs=Policy)
def unknown_tag(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A tag is one that its asset type is known to have; by default for environments, by the reference's table.

    Why: two spellings of one tag are two tags: `ScikitLearn` and `Scikit-learn`.
    Fix: use the known name, or add the tag to the setting `tags.<type>.tags`.
    Source: the reference's table of tags.
    """
    known = policy.tags.get(asset.type, _NO_TAGS) if asset.type else _NO_TAGS
    if known.closed and asset.spec:
        names = list(dict.fromkeys(one.name for one in known.tags))
        unknown = (name for name in asset.tags if name not in names)
        for number, name in enumerate(unknown):
            nearest = suggestion(name, names) if number < MOST else ""
            message = f"`{name}` is not a known tag of {a(asset.type)}{nearest}"
            yield Problem(asset.spec.document, ("tags", name), message, at_key=True)


@rule(Asset, Severity.WARNING, mends=True)
def tag_value_type(asset: Asset) -> Iterator[Problem]:
    """A tag's value reads as the text that it is written as.

    Why: YAML takes `3.10` for the number 3.1, `no` for false and nothing at all for null; what is published then says
    something else.
    Fix: put the value in quotes.
    Source: YAML 1.1's types of plain scalars, as PyYAML resolves them.
    """
    node = asset.spec.document.find("tags") if asset.spec else None
    mapping = follow(node) if node else None
    if asset.spec and isinstance(mapping, Mapping):
        for name, value in mapping.by_key.values():
            scalar = follow(value)
            if isinstance(scalar, Scalar) and (other := read_otherwise(scalar)):
                message = f"`{name.text}: {scalar.text}` is read as {other}"
                document, at = asset.spec.document, slice(value.start, value.end)
                quoted = '""' if scalar.is_null else f'"{scalar.text}"'
                # Nothing at all stands right behind the colon.
                new = quoted if scalar.text else f" {quoted}"
                can_be_mended = scalar.text or document.text[: value.start].endswith(":")
                replacement = replacing(document, value, new) if can_be_mended else None
                yield Problem(document, at, message, f"write {quoted}", replacement=replacement)


@rule(Asset, Severity.WARNING)
def incomplete_deprecation(asset: Asset) -> Iterator[Problem]:
    """A deprecated asset has the tags `Deprecated` and `DeleteOn`, and its description begins with `DEPRECATED:`.

    Why: the tag is what tools see, the date what users plan by, the description what they read.
    Fix: add what is missing: `Deprecated: ""`, `DeleteOn: "YYYY-MM-DD"` three to six months from now, and
    `DEPRECATED: Please use <replacement> instead.` at the beginning of the description.
    Source: the reference's steps of deprecation.
    """
    assert asset.spec
    assert asset.spec.model
    said = (
        None
        if ("description",) in asset.spec_texts
        else (asset.spec.model.description or "").lstrip().startswith(PREFIX)
    )
    yield from _incomplete(asset, is_deprecated(asset), DELETE_ON in asset.tags, said)


def _incomplete(asset: Asset, tagged: bool, dated: bool, said: bool | None) -> Iterator[Problem]:
    """`said` is None where the description is another file's."""
    assert asset.spec
    document = asset.spec.document
    if dated and not tagged:
        yield Problem(document, ("tags", DELETE_ON), "`Deprecated` is missing beside `DeleteOn`", at_key=True)
    if tagged and not dated:
        yield Problem(document, ("tags", DEPRECATED), "`DeleteOn` is missing beside `Deprecated`", at_key=True)
    if tagged and said is False:
        message = f"the description of a deprecated asset begins with `{PREFIX}`"
        yield Problem(document, ("description",), message, at_key=True)
    if said and not tagged:
        yield Problem(document, ("description",), "`Deprecated` is missing among the tags", at_key=True)


@rule(TextFile, Severity.WARNING)
def deprecated_description(file: TextFile) -> Iterator[Problem]:
    """A description file begins with `DEPRECATED:` where the spec has the tag `Deprecated`, and only there.

    Why: as for a description in the spec: the tag is what tools see, the description what users read.
    Fix: begin it with `DEPRECATED: Please use <replacement> instead.`, or add the tags `Deprecated` and `DeleteOn`.
    Source: the reference's steps of deprecation.
    """
    if ("description",) not in file.in_spec or file.document.problem:
        return
    said, tagged = file.document.text.lstrip().startswith(PREFIX), is_deprecated(file.asset)
    start = slice(0, len(PREFIX) if said else 1)
    if tagged and not said:
        yield Problem(file.document, start, f"the description of a deprecated asset begins with `{PREFIX}`")
    if said and not tagged:
        yield Problem(file.document, start, "`Deprecated` is missing among the tags of the spec")


@rule(Asset)
def delete_on_date(asset: Asset) -> Iterator[Problem]:
    """`DeleteOn` is a date, YYYY-MM-DD.

    Why: what sweeps deprecated assets acts on that day.
    Fix: write the date: `DeleteOn: "2027-01-31"`.
    Source: the reference's steps of deprecation.
    """
    given = delete_on(asset)
    if asset.spec and isinstance(given, str):
        shown = f"`{given}`" if given else "this"
        yield Problem(asset.spec.document, ("tags", DELETE_ON), f"{shown} is not a date, YYYY-MM-DD")


@rule(Asset, Severity.WARNING, needs=datetime.date)
def delete_on_past(asset: Asset, today: datetime.date) -> Iterator[Problem]:
    """The day of `DeleteOn` has not passed.

    Why: the asset should have been removed on it.
    Fix: remove the asset, or give its users a later date.
    Source: the reference's steps of deprecation.
    """
    day = delete_on(asset)
    if asset.spec and isinstance(day, datetime.date) and day < today:
        yield Problem(asset.spec.document, ("tags", DELETE_ON), f"{day} has passed, and the asset is still here")
