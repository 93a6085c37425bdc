"""Look up what template tags ask for: each name once, all at the same time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from assets_actions.rules.policy import Images, Packages
from assets_actions.templates.choice import NothingFitsError, by_version, choose_version
from assets_actions.templates.pins import Failure, ImagePin, Offer, PackagePin, Pins, Resolution
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

from .http import CONNECTIONS, Http, LookUpError
from .image import Image
from .indexes import ARCHIVED, QUARANTINED, PackageIndexes
from .oci import Registry


class Age(NamedTuple):
    """How old what is taken must be: now, or as on some day; `minimum` wins over the settings."""

    now: datetime
    as_of: datetime | None = None
    minimum: timedelta | None = None

    def before(self, name: str, minimum: timedelta | None, exceptions: Iterable[str]) -> datetime | None:
        """What was made later is left out; None where nothing is."""
        minimum = minimum if self.minimum is None else self.minimum
        if not minimum or any(fnmatchcase(name, pattern) for pattern in exceptions):
            return self.as_of
        try:
            return (self.as_of or self.now) - minimum
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)


class _Found(NamedTuple):
    """The answer for one thing wanted."""

    pin: ImagePin | PackagePin | None
    failure: Failure | None = None
    offer: Offer | None = None
    warning: str | None = None


class LookUp:
    """Answers from container registries and package indexes, as the settings say."""

    def __init__(self, http: Http, images: Images, packages: Packages, age: Age) -> None:
        self._http, self._images, self._packages, self._age = http, images, packages, age
        self._indexes = PackageIndexes(packages.indexes, http)
        # What asks and what waits for answers must not wait for each other.
        self._names = ThreadPoolExecutor(CONNECTIONS)
        self._questions = ThreadPoolExecutor(CONNECTIONS)

    def resolve(self, wanted: Collection[Wanted]) -> Resolution:
        """Pins for these, as far as they are to be had; of images, those that no `refusal` forbids."""
        images: dict[str, list[ImageTag]] = {}
        packages: dict[str, list[PackageVersion]] = {}
        for one in sorted({one.canonical for one in wanted}, key=str):
            if isinstance(one, ImageTag):
                images.setdefault(one.image, []).append(one)
            else:
                packages.setdefault(one.package, []).append(one)
        registries = {same[0].host: Registry(same[0].host, self._http) for same in images.values()}
        found: dict[Wanted, _Found] = {}
        try:
            # Images first: they take more questions.
            asked = [
                *(self._names.submit(self._of_image, registries[same[0].host], same) for same in images.values()),
                *(self._names.submit(self._of_package, same) for same in packages.values()),
            ]
            for answers in asked:
                found |= answers.result()
        finally:
            for pool in (self._names, self._questions):
                pool.shutdown(wait=False, cancel_futures=True)
        return _together(found)

    def _of_package(self, same: Sequence[PackageVersion]) -> dict[Wanted, _Found]:
        name = same[0].package
        try:
            page = self._indexes.page(name)
        except LookUpError as error:
            return dict.fromkeys(same, _failed(error))
        if page.status == QUARANTINED:
            why = f"is quarantined{f': {page.reason}' if page.reason else ''}"
            return dict.fromkeys(same, _Found(None, Failure(why)))
        reason = f": {page.reason}" if page.reason else ""
        warning = f"is archived, nobody maintains it{reason}" if page.status == ARCHIVED else None
        before = self._age.before(name, self._packages.minimum_age, self._packages.minimum_age_exceptions)
        available = frozenset(map(str, by_version(page.files)))
        found: dict[Wanted, _Found] = {}
        for one in same:
            try:
                choice = choose_version(page.files, pre=one.pre, before=before, python=self._packages.python)
            except NothingFitsError as error:
                found[one] = _Found(None, Failure(str(error)))
                continue
            pin = PackagePin(package=one.package, pre=one.pre, version=choice.version)
            found[one] = _Found(pin, None, Offer(available, choice.passed_over), warning)
        return found

    def _of_image(self, registry: Registry, same: Sequence[ImageTag]) -> dict[Wanted, _Found]:
        before = self._age.before(same[0].image, self._images.minimum_age, self._images.minimum_age_exceptions)
        try:
            image = Image(registry, same[0].repository, self._images, before, self._questions)
        except LookUpError as error:
            return dict.fromkeys(same, _failed(error))
        found: dict[Wanted, _Found] = {}
        for one in same:
            try:
                found[one] = _Found(image.pin(one), None, Offer(frozenset(image.tags), dict(image.passed_over)))
            except LookUpError as error:
                found[one] = _failed(error)
            except NothingFitsError as error:
                found[one] = _Found(None, Failure(str(error)))
        return found


def _failed(error: LookUpError) -> _Found:
    return _Found(None, Failure(str(error), error.is_outside))


def _together(found: Mapping[Wanted, _Found]) -> Resolution:
    images = [one.pin for one in found.values() if isinstance(one.pin, ImagePin)]
    packages = [one.pin for one in found.values() if isinstance(one.pin, PackagePin)]
    return Resolution(
        Pins(images=images, packages=packages),
        {wanted: one.failure for wanted, one in found.items() if one.failure},
        {wanted: one.offer for wanted, one in found.items() if one.offer},
        {wanted: one.warning for wanted, one in found.items() if one.warning},
    )
