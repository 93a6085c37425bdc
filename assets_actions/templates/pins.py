"""Pins: what template tags resolve to, one answer per name for a whole run, and their file."""

import re
from collections.abc import Collection
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from .tags import ImageTag, PackageVersion, Wanted, find_tags, splice

_REFERENCE = re.compile(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64}")


def _reference(value: str) -> str:
    """`:tag` or `@sha256:…`; the grammar of tags and digests is the OCI distribution specification's."""
    if not _REFERENCE.fullmatch(value):
        raise ValueError("is neither `:tag` nor `@sha256:…`")
    return value


def _version(value: str) -> str:
    """A version as PEP 440 has it: a look-up that failed softly (`None`) is none."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(value)
    except InvalidVersion:
        raise ValueError("is not a version of a Python package") from None
    return value


class ImagePin(BaseModel):
    """What `image:{{latest-image-tag:tag_regex}}` resolves to: `reference` follows the image's name."""

    model_config = ConfigDict(frozen=True)

    image: str
    tag_regex: str | None = None
    reference: Annotated[str, AfterValidator(_reference)]

    @property
    def wanted(self) -> ImageTag:
        """What it is the answer to."""
        return ImageTag(self.image, self.tag_regex)

    @property
    def answer(self) -> str:
        """What takes the place of the tag and its colon."""
        return self.reference


class PackagePin(BaseModel):
    """What `package=={{latest-pypi-version}}` resolves to."""

    model_config = ConfigDict(frozen=True)

    package: str
    pre: bool = False
    version: Annotated[str, AfterValidator(_version)]

    @property
    def wanted(self) -> PackageVersion:
        """What it is the answer to."""
        return PackageVersion(self.package, self.pre).canonical

    @property
    def answer(self) -> str:
        """What takes the tag's place."""
        return self.version


class Pins(BaseModel):
    """All pins of a run; the pins file's content. Other keys that stand beside these are ignored."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    images: list[ImagePin] = []
    packages: list[PackagePin] = []

    @model_validator(mode="after")
    def _one_answer_each(self) -> Self:
        answers: dict[Wanted, str] = {}
        for pin in self._pins:
            if answers.setdefault(pin.wanted, pin.answer) != pin.answer:
                raise ValueError(f"`{pin.wanted}` is pinned to two different values")
        return self

    @property
    def _pins(self) -> list[ImagePin | PackagePin]:
        return [*self.images, *self.packages]

    @cached_property
    def _answers(self) -> dict[Wanted, str]:
        return {pin.wanted: pin.answer for pin in self._pins}

    def answer(self, wanted: Wanted) -> str | None:
        """What takes the tag's place (for an image: of the colon as well), or None where no pin is known.

        A package is known by any spelling of its name (PEP 503).
        """
        return self._answers.get(wanted.canonical)

    def only(self, wanted: Collection[Wanted]) -> "Pins":
        """The pins for these."""
        keys = {one.canonical for one in wanted}
        images = [pin for pin in self.images if pin.wanted in keys]
        return Pins(images=images, packages=[pin for pin in self.packages if pin.wanted in keys])


class Resolver(Protocol):
    """Where pins come from: a pins file, or registries and package indexes.

    Asked once per run for all that is wanted; answers what it can. What it leaves out is unresolved, and every tag that
    asked for it an error of the run. Raises OSError where it cannot be asked at all.
    """

    def resolve(self, wanted: Collection[Wanted]) -> Pins:
        """Pins for these, as far as they are known."""
        ...


class Unresolved(NamedTuple):
    """A template tag that nothing is known for, or that is none: its span in the text, and why."""

    start: int
    end: int
    message: str


class Resolved(NamedTuple):
    """A template tag that was resolved: its span in the text as it was, and what takes its place."""

    start: int
    end: int
    wanted: Wanted
    answer: str


class Applied(NamedTuple):
    """A text with its template tags resolved, and those that could not be (they stand in the text as they were)."""

    text: str
    tags: list[Resolved]
    unresolved: list[Unresolved]


def apply(text: str, pins: Pins, path: str = "", within: slice | None = None) -> Applied:
    """Resolve the template tags of a text, or of the part `within` it. All else stays as it is.

    Tags in comments are resolved where a pin is known, as the public system does, and left alone where none is.
    """
    resolved, unresolved = [], []
    for tag in find_tags(text, path):
        if within and not within.start <= tag.start < within.stop:
            continue
        if tag.wanted and (answer := pins.answer(tag.wanted)) is not None:
            resolved.append(Resolved(tag.start, tag.end, tag.wanted, answer))
        elif not tag.in_comment:
            shown = tag.wanted or text[tag.start : tag.end]
            message = f"`{shown}` {'is not in the pins' if tag.wanted else tag.problem}"
            unresolved.append(Unresolved(tag.start, tag.end, message))
    edits = ((tag.start, tag.end, tag.answer) for tag in resolved)
    return Applied(splice(text, edits), resolved, unresolved)
