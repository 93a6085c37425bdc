"""How a spec and its asset config go together, and what a spec asks for.

Source of all rules here: the reference, and the checks of the system in public use.
"""

import re
from collections.abc import Iterator
from typing import Literal

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import TEMPLATE_TAG, AssetType
from assets_actions.assets.model import suggestion
from assets_actions.release.content import known_spec_tags

from .registry import Problem, Severity, rule
from .wording import MOST, replacing

SCHEMAS = "https://azuremlschemas.azureedge.net/latest/"
SCHEMA_FILES = (
    "asset.prompt", "automlJob", "commandComponent", "commandJob", "data", "environment", "model",
    "parallelComponent", "pipelineComponent", "pipelineJob", "prompt", "sparkComponent", "sweepJob",
)  # fmt: skip
_COMMENT = re.compile(r"(?:^|\s)#")
_LINE = re.compile(r"^.*\{\{.*", re.MULTILINE)
_OUR_TAG = re.compile(r"\{\{(?<!\$\{\{)\s*((?:asset|image)\.[^\s{}]*)\s*\}\}")
"""What looks like one of our tags, be it spelled as a release would find it or not."""
_INTERNAL_SCHEMA = re.compile(r"http://azureml/sdk-2-0/[A-Za-z]+\.json")


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


@rule(Asset, essential=True, mends=True)
def auto_version_in_spec(asset: Asset) -> Iterator[Problem]:
    """The spec of an auto-versioned asset takes its version from the template tag.

    Why: the version that a release decides has to reach the spec; the next release reads it from there.
    Fix: `version: "{{asset.version}}"`.
    """
    spec = asset.spec.model if asset.spec else None
    if asset.spec and spec and asset.is_auto and TEMPLATE_TAG not in spec.version:
        message = f"`{spec.version}` cannot be the version of an auto-versioned asset"
        tag = '"{{asset.version}}"'
        replacement = replacing(asset.spec.document, ("version",), tag)
        yield Problem(asset.spec.document, ("version",), message, f"write version: {tag}", replacement=replacement)


@rule(Asset)
def spec_name_mismatch(asset: Asset) -> Iterator[Problem]:
    """The spec's name is the asset config's, or the template tag.

    Why: the release folder takes the one, the published asset the other.
    Fix: `name: "{{asset.name}}"` in the spec, or leave the name out of the asset config.
    """
    yield from _mismatch(asset, "name")


@rule(Asset)
def spec_version_mismatch(asset: Asset) -> Iterator[Problem]:
    """The spec's version is the asset config's, or the template tag.

    Why: the release tag takes the one, the published asset the other.
    Fix: `version: "{{asset.version}}"` in the spec, or leave the version out of the asset config.
    """
    if not asset.is_auto:
        yield from _mismatch(asset, "version")


def _mismatch(asset: Asset, key: Literal["name", "version"]) -> Iterator[Problem]:
    assert asset.spec
    assert asset.config.model
    own, given = getattr(asset.config.model, key), getattr(asset.spec.model, key)
    if own is not None and TEMPLATE_TAG not in given and own != given:
        message = f"`{given}` is not the {key} in the asset config, `{own}`"
        yield Problem(asset.spec.document, (key,), message, f'write {key}: "{{{{asset.{key}}}}}"')


@rule(Asset, Severity.WARNING)
def unknown_schema(asset: Asset) -> Iterator[Problem]:
    """`$schema` is one that specs are known to have.

    Why: editors and the Azure CLI check the spec against it; with a wrong address they check nothing.
    Fix: correct the address, or leave the key out.
    Source: the schemas that the specs of the system in public use name.
    """
    assert asset.spec
    url = asset.spec.model.schema_url if asset.spec.model else None
    known = [f"{SCHEMAS}{name}.schema.json" for name in SCHEMA_FILES]
    if url is not None and url not in known and not _INTERNAL_SCHEMA.fullmatch(url):
        message = f"`{url}` is not a known schema{suggestion(url, known)}"
        yield Problem(asset.spec.document, ("$schema",), message)


@rule(Asset)
def unknown_spec_tag(asset: Asset) -> Iterator[Problem]:
    """A spec's template tags of our namespaces, `{{asset.…}}` and `{{image.…}}`, are ones that a release resolves.

    Why: what is not resolved is published as it stands. Tags of others, such as `${{parent.…}}`, are not ours.
    Fix: correct the tag. There are, for all assets, `asset.name`, `asset.version`, `asset.repo.url`,
    `asset.repo.commit_hash`; for environments `asset.repo.build_context.path`, `image.name`, `image.context.path`,
    `image.dockerfile.path` and, where the image is published, `image.publish.hostname`.
    Source: the reference's table of tags.
    """
    assert asset.spec
    text = asset.spec.document.text
    # Without its environment config, of which other rules say so, nobody knows what an environment's tags would be.
    if not _OUR_TAG.search(text) or (asset.type is AssetType.ENVIRONMENT and not asset.environment):
        return
    known = known_spec_tags(asset)
    wrong = (tag for line in _LINE.finditer(text) for tag in _tags_before_comment(text, line) if tag[1] not in known)
    for number, tag in enumerate(wrong):
        nearest = suggestion(tag[1], known) if number < MOST else ""
        yield Problem(asset.spec.document, slice(*tag.span()), f"`{tag[0]}` resolves to nothing here{nearest}")


def _tags_before_comment(text: str, line: re.Match[str]) -> Iterator[re.Match[str]]:
    comment = _COMMENT.search(line[0])
    return _OUR_TAG.finditer(text, line.start(), line.start() + comment.start() if comment else line.end())
