"""Choose what a template tag resolves to, among what a registry or a package index has. Nothing here asks either."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from .tags import ImageTag, Wanted

if TYPE_CHECKING:
    from packaging.version import Version

Order = Literal["lexicographical", "natural", "date"]
LATEST = "latest"
SHOWN = 3
PRE_RELEASE, YANKED = "a pre-release", "yanked"
_NUMBER = re.compile(r"(\d+)")
_REPOSITORY = re.compile(
    r"(?=.{1,255}\Z)[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
)


class NothingFitsError(Exception):
    """None of what is there can be taken; the message says why."""


class PackageFile(NamedTuple):
    """A file of a package on an index: its version as the index has it, and what bears on taking it."""

    version: str
    yanked: str | None = None
    """Why it was yanked (PEP 592; empty where that is not said); None where it was not."""
    uploaded: datetime | None = None
    requires_python: str | None = None


class VersionChoice(NamedTuple):
    """A version, and the newer ones that were passed over: version → why."""

    version: str
    passed_over: Mapping[str, str]


def by_version(files: Iterable[PackageFile]) -> dict["Version", list[PackageFile]]:
    """The files of each version; what is no version by PEP 440 is not there."""
    from packaging.version import Version

    found: dict[Version, list[PackageFile]] = {}
    for file in files:
        with suppress(ValueError):  # InvalidVersion, or a number that is too long for Python
            found.setdefault(Version(file.version), []).append(file)
    return found


def choose_version(
    files: Iterable[PackageFile], *, pre: bool = False, before: datetime | None = None, python: str | None = None
) -> VersionChoice:
    """The newest version by PEP 440 that has a file which is not yanked; no pre-release, unless `pre` says so.

    `before` leaves out what was uploaded later; `python`, what does not support that version of Python. What is no
    version by PEP 440 is not there. Raises NothingFitsError.
    """
    passed_over: dict[str, str] = {}
    for version, same in sorted(by_version(files).items(), reverse=True, key=lambda item: item[0]):
        objection = _of_all([_objection(file, before, python) for file in same])
        if version.is_prerelease and not pre and not _is_yanked(objection):
            objection = PRE_RELEASE
        if objection is None:
            return VersionChoice(str(version), passed_over)
        passed_over[str(version)] = objection
    if not passed_over:
        raise NothingFitsError("has no version")
    why = "; ".join(f"{version} is {objection}" for version, objection in list(passed_over.items())[:SHOWN])
    more = f"; and {len(passed_over) - SHOWN} more" if len(passed_over) > SHOWN else ""
    hint = " (`{{latest-pypi-version:pre}}` takes pre-releases)" if PRE_RELEASE in passed_over.values() else ""
    raise NothingFitsError(f"has no version that can be taken: {why}{more}{hint}")


def _of_all(objections: Sequence[str | None]) -> str | None:
    """What stands against a version, of what stands against its files; yanked it is only where all of them are."""
    if None in objections:
        return None
    return next((one for one in objections if not _is_yanked(one)), objections[0])


def _is_yanked(objection: str | None) -> bool:
    return objection is not None and objection.startswith(YANKED)


def _objection(file: PackageFile, before: datetime | None, python: str | None) -> str | None:
    """Why a file cannot be taken, in words that follow `is`."""
    if file.yanked is not None:
        return f"{YANKED} ({file.yanked})" if file.yanked else YANKED
    if before and file.uploaded is None:
        return "of an unknown age: the index does not tell when it was uploaded"
    if before and file.uploaded and file.uploaded > before:
        return too_young(file.uploaded, before)
    if python and file.requires_python and not _supports(file.requires_python, python):
        return f"not for Python {python} (it needs {file.requires_python})"
    return None


def too_young(made: datetime, before: datetime) -> str:
    """Why something cannot be taken that is younger than wanted, in words that follow `is`."""
    return f"too young ({made:%Y-%m-%d %H:%M}, after {before:%Y-%m-%d %H:%M})"


def _supports(requires_python: str, python: str) -> bool:
    """What is no specifier by PEP 440 excludes nothing, as pip has it."""
    from packaging.specifiers import SpecifierSet

    try:
        return SpecifierSet(requires_python).contains(python, prereleases=True)
    except ValueError:  # InvalidSpecifier, or a number that is too long for Python
        return True


def in_order(tags: Iterable[str], order: Order) -> list[str]:
    """The tags of an image, the newest first; `latest` is none of them. A date is no matter of a tag's name."""
    versions = {tag for tag in tags if tag != LATEST}
    return sorted(versions, key=natural if order == "natural" else None, reverse=True)


def natural(tag: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """What sorts tags as people do: `v9` before `v10`; by their letters only where their numbers are equal (`01`)."""
    parts = _NUMBER.split(tag)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part), tag


def regex_problem(pattern: str) -> str | None:
    """Why a regular expression cannot be used: `is no regular expression of RE2: …`; None where it can."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except UnicodeEncodeError:
        return "is no regular expression of RE2: it is not UTF-8"
    except re2.error as error:
        said = error.args[0] if error.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"is no regular expression of RE2: {text}"
    return None


def refusal(wanted: Wanted, hosts: Collection[str]) -> str | None:
    """Why something must not be looked up, whatever there is; None where it may be.

    `hosts`: the registries that may be asked. The grammar of names is the OCI distribution specification's.
    """
    if not isinstance(wanted, ImageTag):
        return None
    if wanted.host not in hosts:
        allowed = f"{', '.join(hosts) or 'none'} (setting: images.hosts)"
        return f"`{wanted.image}` is an image of {wanted.host}, which is not among: {allowed}"
    if not _REPOSITORY.fullmatch(wanted.repository):
        return f"`{wanted.image}` is not the name of an image"
    if wanted.regex is not None and (problem := regex_problem(wanted.regex)):
        return f"`{wanted.regex}` {problem}"
    return None


def matching(tags: Iterable[str], regex: str) -> list[str]:
    """Those among the tags that a regular expression, one without a problem, matches in full."""
    import re2

    pattern = re2.compile(regex)
    return [tag for tag in tags if pattern.fullmatch(tag)]


def older_of_the_same_form(tag: str, tags: Iterable[str]) -> list[str]:
    """The tags that differ from one in their numbers alone, and come before it; the newest first."""
    form = re.compile("".join(r"\d+" if part.isdecimal() else re.escape(part) for part in _NUMBER.split(tag)))
    alike = (other for other in tags if form.fullmatch(other) and natural(other) < natural(tag))
    return sorted(alike, key=natural, reverse=True)


def in_growing_lots(items: Sequence[str], first: int = 2) -> Iterator[Sequence[str]]:
    """The items in lots of 2, 4, 8, …: few are asked for in vain where the first will do, and many soon where not."""
    done, size = 0, first
    while done < len(items):
        yield items[done : done + size]
        done, size = done + size, size * 2
