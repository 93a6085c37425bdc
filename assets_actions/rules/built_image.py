"""Built images: what their logs say, and what they hold. `build-images` checks these rules; `validate` builds nothing.

Source of all rules here: what this repository's own settings ask for, under `built_images`.
"""

import re
from collections.abc import Iterator

from assets_actions.building.dockerfile import span_of_step
from assets_actions.building.image import BuiltImage
from assets_actions.building.log import is_builders

from .policy import Policy
from .registry import Problem, Severity, rule

MOST_LINES = 10
"""So many lines of one log are told for each pattern."""
_RELEASE = re.compile(r"(\d+)\.(\d+)")


@rule(BuiltImage, Severity.WARNING, needs=Policy)
def python_end_of_life(image: BuiltImage, policy: Policy) -> Iterator[Problem]:
    """The Python of an image is still supported on the day on which it is built.

    Why: it gets no security fixes any longer, and packages stop to support it.
    Fix: take a later Python; setting: `built_images.python_end_of_life`.
    Source: the release cycle in Python's developer guide.
    """
    release = _RELEASE.match(image.contents.python or "")
    end = policy.built_images.python_end_of_life.get(release[0]) if release else None
    if release and end and end < image.day:
        yield Problem(image.dockerfile, image.base, f"the image has Python {release[0]}, whose support ended on {end}")


@rule(BuiltImage, Severity.WARNING, needs=Policy)
def distribution_end_of_life(image: BuiltImage, policy: Policy) -> Iterator[Problem]:
    """The distribution that an image is based on is still supported on the day on which it is built.

    Why: its packages get no security fixes any longer.
    Fix: take a later base image; setting: `built_images.distribution_end_of_life`.
    Source: distro-info-data of Debian, for Debian and Ubuntu; the makers' pages for others.
    """
    os = image.contents.os
    name = f"{os.get('ID', '')} {os.get('VERSION_ID', '')}"
    end = policy.built_images.distribution_end_of_life.get(name)
    if end and end < image.day:
        shown = os.get("PRETTY_NAME") or name
        yield Problem(image.dockerfile, image.base, f"the image is based on {shown}, whose support ended on {end}")


@rule(BuiltImage, Severity.WARNING, needs=Policy)
def packages_exclude_each_other(image: BuiltImage, policy: Policy) -> Iterator[Problem]:
    """An image does not hold packages of which one replaces the other, such as both generations of the Azure ML SDK.

    Why: each pins dependencies of its own; which of them win depends on the order in which they were installed.
    Fix: leave out the older one, and what needs it; setting: `built_images.exclusive_packages`.
    """
    from packaging.utils import canonicalize_name

    held = {canonicalize_name(one.name): one for one in image.contents.packages}
    for group in policy.built_images.exclusive_packages:
        found = [held[name] for name in map(canonicalize_name, group) if name in held]
        if len(found) > 1:
            named = " and ".join(f"{one.name} {one.version}" for one in found)
            yield Problem(image.dockerfile, image.base, f"the image holds {named}, which exclude each other")


@rule(BuiltImage, Severity.WARNING, needs=Policy)
def build_log(image: BuiltImage, policy: Policy) -> Iterator[Problem]:
    """The log of a build has no line that matches one of the patterns to look for, such as pip's on conflicts.

    Why: what a tool only warns of goes by in a long log, and breaks the image where it is used.
    Fix: mend what the line tells; setting: `built_images.log_patterns`.
    """
    import re2

    for regex in policy.built_images.log_patterns:
        pattern = re2.compile(regex)
        found = {one.text: one for one in image.log if not is_builders(one.text) and pattern.search(one.text)}
        for line in list(found.values())[:MOST_LINES]:
            yield Problem(
                image.dockerfile, span_of_step(image.dockerfile.text, line.step), f"the log says: {line.text}"
            )


@rule(BuiltImage, Severity.WARNING, needs=Policy)
def known_vulnerability(image: BuiltImage, policy: Policy) -> Iterator[Problem]:
    """A scan of an image finds no vulnerability of a severity that counts: critical or high, unless the settings say.

    Why: whoever uses the image has it, too.
    Fix: update what the scan names; its report stands beside the build's log. Setting: `built_images.severities`.
    """
    counted = image.contents.vulnerabilities or {}
    found = {severity: counted[severity] for severity in policy.built_images.severities if counted.get(severity)}
    if found:
        told = ", ".join(f"{count} {severity}" for severity, count in found.items())
        yield Problem(image.dockerfile, image.base, f"known vulnerabilities: {told}")
