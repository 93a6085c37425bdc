"""A built image: what its log says, and what it holds. What rules on images look at."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import Document

from .dockerfile import instructions, last_base
from .log import Line


class Package(NamedTuple):
    """A package that an image holds, and who says so: pip or conda."""

    name: str
    version: str
    source: str


@dataclass(frozen=True)
class Contents:
    """What an image holds, as far as it could be told.

    `os`: what its `/etc/os-release` says. `vulnerabilities`: by severity, how many a scan found; None where there was
    no scan.
    """

    os: Mapping[str, str] = field(default_factory=dict)
    python: str | None = None
    packages: Sequence[Package] = ()
    vulnerabilities: Mapping[str, int] | None = None


@dataclass(frozen=True)
class BuiltImage:
    """The image of an environment as it was built on a day. `dockerfile` is the repository's own."""

    asset: Asset
    dockerfile: Document
    log: Sequence[Line]
    contents: Contents
    day: date

    @property
    def base(self) -> slice:
        """Where the Dockerfile says what the image is built from."""
        found = last_base(list(instructions(self.dockerfile.text)))
        return found.span if found else slice(0, 0)


def read_packages(text: str, source: str) -> list[Package]:
    """The packages that `pip list --format json` or `conda list --json` names; none where that is no such list."""
    try:
        listed = json.loads(text)
        return sorted(Package(str(one["name"]), str(one["version"]), source) for one in listed)
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def read_os(text: str) -> dict[str, str]:
    """The variables of an `/etc/os-release`."""
    import shlex

    variables = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            try:
                words = shlex.split(value)
            except ValueError:
                words = [value]
            variables[name] = " ".join(words)
    return variables


def read_scan(text: str) -> dict[str, int] | None:
    """How many vulnerabilities of each severity trivy's JSON names; None where that is none."""
    counts: dict[str, int] = {}
    try:
        for result in json.loads(text).get("Results") or []:
            for one in result.get("Vulnerabilities") or []:
                severity = str(one.get("Severity", "UNKNOWN")).lower()
                counts[severity] = counts.get(severity, 0) + 1
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return counts
