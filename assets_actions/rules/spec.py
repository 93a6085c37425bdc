"""How a spec and its asset config go together."""

from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import TEMPLATE_TAG

from .registry import Problem, rule


@rule(Asset, essential=True, partial=True)
def missing_identity(asset: Asset) -> Iterator[Problem]:
    """An asset's name and version stand in its asset config, or in its spec as plain values.

    Why: a spec that says `{{asset.name}}` asks the asset config, and that one has to know.
    Fix: add the key to the asset config.
    """
    if asset.config.model and asset.spec and asset.spec.model:
        for key, value in (("name", asset.name), ("version", asset.version)):
            if value is None:
                message = f"`{key}` is missing: the spec takes it from here, by a template tag"
                yield Problem(asset.config.document, (), message)


@rule(Asset, essential=True)
def auto_version_in_spec(asset: Asset) -> Iterator[Problem]:
    """The spec of an auto-versioned asset takes its version from the template tag.

    Why: the version that a release decides has to reach the spec; the next release reads it from there.
    Fix: `version: "{{asset.version}}"`.
    """
    spec = asset.spec.model if asset.spec else None
    if asset.spec and spec and asset.is_auto and TEMPLATE_TAG not in spec.version:
        message = f"`{spec.version}` cannot be the version of an auto-versioned asset"
        yield Problem(asset.spec.document, ("version",), message, 'write version: "{{asset.version}}"')
