"""What is wrong with an image, at the line of its Dockerfile: that it did not come about, or what rules say of it."""

import re
from collections.abc import Iterable

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import Document
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Facts, Finding, Rule, Severity, judge

from .dockerfile import span_of_line, span_of_step
from .faults import Failure
from .image import BuiltImage

FAILED = "image-failed"
GROUP = "build"


def told(failure: Failure, image: BuiltImage) -> Finding:
    """Why an image did not come about, where it did not: where it stands, else where the image begins."""
    text = image.dockerfile.text
    if failure.line:
        span = span_of_line(text, failure.line)
    else:
        span = span_of_step(text, failure.step) if failure.step else image.base
    place = image.dockerfile.place(span.start, span.stop)
    return Finding(FAILED, GROUP, Severity.ERROR, failure.message, image.asset.id, place, failure.fix)


def judged(image: BuiltImage, chosen: Iterable[Rule], policy: Policy) -> list[Finding]:
    """What the rules on built images say of one."""
    return judge(image, image.asset, chosen, Facts([policy]))


def dockerfile(asset: Asset, path: str) -> Document:
    """An asset's Dockerfile as it stands in the repository, template tags and all."""
    return Document(path, asset.tree.read([path])[path].decode("utf-8", "surrogateescape"))


def local_name(asset_id: str) -> str:
    """What the image is called in the engine that built it."""
    plain = re.sub(r"[^a-z0-9]+", "-", asset_id.partition("/")[2].lower()).strip("-")
    return f"assets-actions/{plain or 'image'}:latest"


def other_platform(made_for: str, platform: str) -> str | None:
    """Why an image is not for the platform that was asked for; None where it is."""
    wanted = "/".join(platform.split("/")[:2])
    return None if made_for == wanted else f"the image is for {made_for}, not for {wanted}"
