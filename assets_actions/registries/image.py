"""What an image of a registry is pinned to."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

from assets_actions.rules.policy import Images
from assets_actions.templates.choice import (
    LATEST,
    NothingFitsError,
    in_growing_lots,
    in_order,
    matching,
    older_of_the_same_form,
    too_young,
)
from assets_actions.templates.pins import ImagePin
from assets_actions.templates.tags import ImageTag

from .http import LookUpError
from .oci import ImageInfo, Registry

T = TypeVar("T")
SHOWN = 3
NEVER = datetime.min.replace(tzinfo=UTC)
GONE = "listed and no longer there"


class Image:
    """One image, whose tags are listed once. All methods raise LookUpError, and NothingFitsError where nothing does.

    `before`: what was made later is left out. `pool` asks several questions at a time.
    """

    def __init__(
        self, registry: Registry, name: str, settings: Images, before: datetime | None, pool: ThreadPoolExecutor
    ) -> None:
        self._registry, self._name, self._settings = registry, name, settings
        self._before, self._pool = before, pool
        self.tags = registry.tags(name)
        self.passed_over: dict[str, str] = {}
        """Tags that the last pin could not be, as they are too young or gone, and why."""
        self._digests: dict[str, str | None] = {}
        self._infos: dict[str, ImageInfo | None] = {}

    def pin(self, wanted: ImageTag) -> ImagePin:
        """What the image is pinned to: a tag, a digest, or both, as the settings say."""
        self.passed_over = {}
        if wanted.regex is not None:
            return self._pinned(wanted, self._matching(wanted.regex))
        tag, digest = self._latest()
        return self._pinned(wanted, tag, digest)

    def _latest(self) -> tuple[str | None, str | None]:
        """The tag that leads to the same as `latest`, the first in the order of tags, if any does; and the digest."""
        first, *tags = [LATEST, *in_order(self.tags, self._settings.order)]
        shared, digest = None, None
        for lot in in_growing_lots([first, *tags]):
            digests = dict(zip(lot, self._each(self._digest, lot), strict=True))
            digest = digest or digests.pop(LATEST)
            if digest is None:
                raise NothingFitsError("has no tag `latest`")
            shared = next((tag for tag in lot if digests.get(tag) == digest), None)
            if shared:
                break
        if self._before is None or (why := self._objection(LATEST)) is None:
            return shared, digest
        if shared is None:
            raise NothingFitsError(f"has no tag but `latest` for what is newest, which is {why}")
        self.passed_over[shared] = why
        return self._first_of(older_of_the_same_form(shared, self.tags)), None

    def _matching(self, regex: str) -> str:
        tags = in_order(matching(self.tags, regex), self._settings.order)
        if not tags:
            some = ", ".join(in_order(self.tags, "natural")[:SHOWN])
            raise NothingFitsError(f"has no tag that `{regex}` matches in full (it has {some or 'none'})")
        if self._settings.order == "date":
            made = dict(zip(tags, self._each(self._made, tags), strict=True))
            tags.sort(key=lambda tag: made[tag] or NEVER, reverse=True)
        return self._first_of(tags)

    def _first_of(self, tags: Sequence[str]) -> str:
        """The first of some tags that can be taken."""
        for lot in in_growing_lots(tags, 4 if self._before else 1):
            for tag, why in zip(lot, self._each(self._objection, lot), strict=True):
                if why is None:
                    return tag
                self.passed_over[tag] = why
        some = "; ".join(f"{tag} is {why}" for tag, why in list(self.passed_over.items())[:SHOWN])
        raise NothingFitsError(f"has no tag that can be taken: {some}")

    def _objection(self, tag: str) -> str | None:
        """Why a tag cannot be taken, in words that follow `is`. The registry is asked no more than that needs."""
        is_known = self._before or self._settings.platform or self._settings.order == "date"
        if is_known and self._info(tag) is None:
            return GONE
        if self._settings.pin == "tag@digest" and self._digest(tag) is None:
            return GONE
        if self._before is None:
            return None
        made = self._made(tag)
        if made is None:
            return "of an unknown age: the image does not tell when it was made"
        return None if made <= self._before else too_young(made, self._before)

    def _pinned(self, wanted: ImageTag, tag: str | None, digest: str | None = None) -> ImagePin:
        if self._settings.platform:
            info = self._info(tag or LATEST)
            digest = info.digest if info else None
        elif digest is None and self._settings.pin == "tag@digest":
            digest = self._digest(tag or LATEST)
        with_digest = f"@{digest}" if tag is None or self._settings.pin == "tag@digest" else ""
        if with_digest and digest is None:
            raise LookUpError(f"{self._registry.host} no longer has {self._name}:{tag or LATEST}")
        reference = f"{f':{tag}' if tag else ''}{with_digest}"
        return ImagePin(image=wanted.image, tag_regex=wanted.regex, reference=reference, digest=digest)

    def _digest(self, tag: str) -> str | None:
        if tag not in self._digests:
            self._digests[tag] = self._registry.digest(self._name, tag)
        return self._digests[tag]

    def _info(self, tag: str) -> ImageInfo | None:
        if tag not in self._infos:
            self._infos[tag] = self._registry.image(self._name, tag, self._settings.platform)
        return self._infos[tag]

    def _made(self, tag: str) -> datetime | None:
        info = self._info(tag)
        return info.created if info else None

    def _each(self, question: Callable[[str], T], tags: Sequence[str]) -> list[T]:
        """The same question about several tags, at the same time."""
        return list(self._pool.map(question, tags))
