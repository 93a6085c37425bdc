"""The image of an environment.

Source of all rules here: the reference, and the checks of the system in public use.
"""

import re
from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.config import AssetType

from .name import ENVIRONMENTS
from .policy import Policy
from .registry import Problem, Severity, rule
from .wording import replacing

_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z][\w./-]*")


@rule(Asset, types=ENVIRONMENTS, needs=Policy, mends=True)
def image_name(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """An image is called like its environment, behind the prefix that published images have: `azureml/curated/<name>`.

    Why: whoever knows the one finds the other; and the registry knows names by this prefix.
    Fix: rename the image; setting: `images.prefix`.
    """
    if asset.environment and asset.extra:
        wanted, given = f"{policy.images.prefix}{asset.name}", asset.environment.image.name
        if given != wanted:
            message = f"`{given}` is not `{wanted}`"
            document, keys = asset.extra.document, ("image", "name")
            replacement = replacing(document, keys, wanted) if _NEEDS_NO_QUOTES.fullmatch(wanted) else None
            yield Problem(document, keys, message, f"write {wanted}", replacement=replacement)


@rule(Asset, types=ENVIRONMENTS)
def missing_build_context(asset: Asset) -> Iterator[Problem]:
    """An image has a build context.

    Why: there is nothing to build it from.
    Fix: add `context` with `dir`, the folder of the Dockerfile.
    """
    if asset.environment and asset.extra and asset.environment.image.context is None:
        yield Problem(
            asset.extra.document, ("image",), "`context` is missing: nothing to build the image from", at_key=True
        )


@rule(Asset, types=ENVIRONMENTS)
def missing_publish(asset: Asset) -> Iterator[Problem]:
    """An image says where it is published, and who can see it.

    Why: an environment whose image is nowhere cannot be used.
    Fix: add `publish` with `location: mcr` and `visibility: public`.
    """
    if asset.environment and asset.extra and asset.environment.image.publish is None:
        message = "`publish` is missing: where the image goes"
        yield Problem(asset.extra.document, ("image",), message, at_key=True)


@rule(Asset, Severity.WARNING, types=ENVIRONMENTS, needs=Policy)
def image_visibility(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A published image can be seen by those who should: by all, unless the settings say otherwise.

    Why: an environment whose image its users cannot pull does not start.
    Fix: change `visibility`; setting: `images.visibility`.
    """
    publish = asset.environment.image.publish if asset.environment else None
    if publish and asset.extra and publish.visibility is not policy.images.visibility:
        message = f"`{publish.visibility}` is not `{policy.images.visibility}`"
        yield Problem(asset.extra.document, ("image", "publish", "visibility"), message)


@rule(Catalog, everywhere=True, supersedes="image-name")
def duplicate_image(catalog: Catalog) -> Iterator[Problem]:
    """No two environments publish an image of the same name at the same place.

    Why: each release of the one would replace the image of the other.
    Fix: rename one of the images.
    """
    first: dict[tuple[str, str], str] = {}
    for asset in catalog.assets:
        if asset.type is AssetType.ENVIRONMENT and asset.environment and asset.extra:
            image = asset.environment.image
            place = (image.publish.location if image.publish else "", image.name)
            if (path := first.setdefault(place, asset.extra.path)) != asset.extra.path:
                message = f"`{image.name}` is the image of {path} already"
                yield Problem(asset.extra.document, ("image", "name"), message, asset=asset.id)
