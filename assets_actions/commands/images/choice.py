"""Which images are built: those of the environments that are chosen, as a release would have them."""

from dataclasses import dataclass, replace
from typing import Any

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AssetType
from assets_actions.commands import chosen
from assets_actions.commands.base import Repository
from assets_actions.commands.chosen import ChoiceInputs
from assets_actions.release.build_context import BuildContext, build_context
from assets_actions.release.content import Content
from assets_actions.release.images import Status
from assets_actions.report.images import ImageResult, ImagesReport
from assets_actions.settings import Settings
from assets_actions.templates import pins as pinning
from assets_actions.templates.pins import Pins

from .builds import Build

NO_CONTEXT = "it has no build context: there is nothing to build"
NOT_RELEASED = "not pushed: a release would not release it"


@dataclass(frozen=True)
class Choice:
    """The images to build; environments that have nothing to build, and why; the settings."""

    builds: list[Build]
    without: list[tuple[str, str]]
    settings: Settings


def choose(repository: Repository, inputs: ChoiceInputs, prefix: str | None) -> Choice:
    """The images of the chosen environments. With a prefix, they are to be pushed below it.

    Raises UserError, also where an image could not be pushed by its name; CannotPlanError.
    """
    found = chosen.find(repository, inputs, _is_environment, "no environment", versions=prefix is not None)
    builds, without = [], []
    for made in found.contents:
        context = build_context(made)
        if context is None:
            without.append((made.asset.id or "", NO_CONTEXT))
        else:
            version = found.versions.get(made.asset.id or "")
            builds.append(_build(made, context, found.pins, version, prefix))
    return Choice(builds, without, found.settings)


def _is_environment(asset: Asset) -> bool:
    return asset.type is AssetType.ENVIRONMENT


def _build(made: Content, context: BuildContext, pins: Pins, version: str | None, prefix: str | None) -> Build:
    if prefix is None or not version or not made.asset.environment:
        return Build(made, context, version, note=NOT_RELEASED if prefix is not None else "")
    from assets_actions.containers.image import check_name

    name = pinning.apply(made.asset.environment.image.name, pins).text
    repository = f"{prefix.rstrip('/')}/{name}"
    check_name(f"{repository}:{version}")
    return Build(made, context, version, (repository, version))


def planned(choice: Choice) -> ImagesReport:
    """What would be built, and from which pins."""
    results = [_planned(build) for build in choice.builds]
    facts: dict[str, Any] = {"dry_run": True}
    return ImagesReport(results, choice.without, planned=True, outcome="nothing built", extra=facts)


def _planned(build: Build) -> ImageResult:
    pins = {str(tag.wanted): tag.answer.lstrip(":@") for tags in build.made.resolved.values() for tag in tags}
    told = ", ".join(f"{wanted} {answer}" for wanted, answer in pins.items())
    result = ImageResult(build.image(Status.SKIPPED, told or "no template tags"))
    return replace(result, note=f"would be pushed as {':'.join(build.push)}") if build.push else result
