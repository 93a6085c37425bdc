"""Pins: what template tags resolve to, one answer per name for a whole run, and their file."""

import re
from collections.abc import Collection, Mapping, Set
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from .tags import ImageTag, PackageVersion, Wanted, find_tags, splice

_REFERENCE = re.compile(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64}")


def _reference(value: str) -> str:
    """`:tag`, `@sha256:…` or both; the grammar of tags and digests is the OCI distribution specification's."""
    if not _REFERENCE.fullmatch(value):
        raise ValueError("is neither `:tag` nor `@sha256:…` nor `:tag@sha256:…`")
    return value


def _version(value: str) -> str:
    """A version as PEP 440 has it: a look-up that failed softly (`None`) is none."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(value)
    except InvalidVersion:
        raise ValueError("is not a version of a Python package") from None
    if not value.isascii() or not value.isprintable() or " " in value:  # PEP 440 would allow white space around it
        raise ValueError("is not a version of a Python package: it holds white space")
    return value


class ImagePin(BaseModel):
    """What `image:{{latest-image-tag:tag_regex}}` resolves to: `reference` follows the image's name."""

    model_config = ConfigDict(frozen=True)

    image: str
    tag_regex: str | None = None
    reference: Annotated[str, AfterValidator(_reference)]
    digest: Any = None
    """What the tag led to when it was looked up, where that was asked."""

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
    resolved_at: Any = None
    """When they were looked up (ISO 8601); nothing depends on it."""
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

    @property
    def canonical(self) -> str:
        """What these resolve to and nothing else, as text: the same whenever and in whatever order they were found."""
        return "".join(
            f"{wanted} {answer}\n" for wanted, answer in sorted((str(w), a) for w, a in self._answers.items())
        )

    def with_more(self, others: "Pins", resolved_at: str) -> "Pins":
        """These and others, by name."""
        return Pins(
            resolved_at=resolved_at,
            images=sorted([*self.images, *others.images], key=lambda pin: (pin.image, pin.tag_regex or "")),
            packages=sorted([*self.packages, *others.packages], key=lambda pin: (pin.package, pin.pre)),
        )

    def only(self, wanted: Collection[Wanted]) -> "Pins":
        """The pins for these."""
        keys = {one.canonical for one in wanted}
        images = [pin for pin in self.images if pin.wanted in keys]
        packages = [pin for pin in self.packages if pin.wanted in keys]
        return Pins(resolved_at=self.resolved_at, images=images, packages=packages)


class Failure(NamedTuple):
    """Why nothing is known for a template tag; `is_outside` where a network, a server or a login failed."""

    message: str
    is_outside: bool = False


class Offer(NamedTuple):
    """What there was to choose from: tags or versions, and why some were passed over."""

    available: Set[str]
    passed_over: Mapping[str, str]


class Resolution(NamedTuple):
    """What looking up came to, all of it by what was wanted (in its canonical form)."""

    pins: Pins
    failures: Mapping[Wanted, Failure] = {}
    offers: Mapping[Wanted, Offer] = {}
    warnings: Mapping[Wanted, str] = {}

    @property
    def failed_outside(self) -> bool:
        """Whether something is not known because a network, a server or a login failed."""
        return any(failure.is_outside for failure in self.failures.values())


class Unresolved(NamedTuple):
    """A template tag that nothing is known for, or that is none (`wanted` is None): its span in the text, and why."""

    start: int
    end: int
    message: str
    wanted: Wanted | None = None


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
            unresolved.append(Unresolved(tag.start, tag.end, message, tag.wanted))
    edits = ((tag.start, tag.end, tag.answer) for tag in resolved)
    return Applied(splice(text, edits), resolved, unresolved)
