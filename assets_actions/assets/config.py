"""What `asset.yaml` and the extra configs beside it say: one model per kind of file.

The keys are those of the reference (the environments page of the system in public use) and of its repository.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from .model import MISSING, Section

AUTO = "auto"
EXCLUDE = "!"
TEMPLATE_TAG = "{{"


class AssetType(StrEnum):
    """What an asset can be; the first folder below `latest/` in the release branch."""

    AGENTBLUEPRINT = "agentblueprint"
    AGENTMANIFEST = "agentmanifest"
    APPTEMPLATE = "apptemplate"
    BENCHMARKSPEC = "benchmarkspec"
    CODE = "code"
    COMPONENT = "component"
    DATA = "data"
    ENVIRONMENT = "environment"
    EVALUATIONRESULT = "evaluationresult"
    EVALUATOR = "evaluator"
    HUMANEVALUATIONTEMPLATE = "humanevaluationtemplate"
    MODEL = "model"
    PROMPT = "prompt"


_REF_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.+-]*[A-Za-z0-9_+-])?")


def _ref_part(value: str) -> str:
    """One part of a release tag and of a path in the release branch.

    Source of the rules on dots and `.lock`: `git help check-ref-format`.
    """
    if not _REF_PART.fullmatch(value) or ".." in value or value.endswith(".lock"):
        raise ValueError("is not a name that a git tag can hold: use letters, digits, `_`, `-`, `+` and single dots")
    return value


def _ref_part_or_tag(value: str) -> str:
    return value if TEMPLATE_TAG in value else _ref_part(value)


def _as_list(value: object) -> object:
    """One category may stand by itself: repositories have `categories: '["A"]'`, and nobody has complained."""
    return [value] if isinstance(value, str) else value


RefPart = Annotated[str, AfterValidator(_ref_part)]
RefPartOrTag = Annotated[str, AfterValidator(_ref_part_or_tag)]
Text = Annotated[str, StringConstraints(min_length=1)]


def _plain(value: str) -> str:
    if any(character < " " for character in value):
        raise ValueError("holds a character that no name has")
    return value


PlainText = Annotated[Text, AfterValidator(_plain)]
"""A text that is handed on as a name: of a branch, of a file."""


class Pytest(Section):
    """`test.pytest`: how the asset's own tests are run."""

    enabled: bool = False
    conda_environment: Text | None = None
    pip_requirements: Text | None = None
    tests_dir: Text = "."


class Test(Section):
    """`test`: how the asset is tested."""

    pytest: Pytest | None = None


class AssetConfig(Section):
    """`asset.yaml`. A name or version that is missing here is the spec's."""

    type: AssetType
    spec: Text
    name: RefPart | None = None
    version: RefPart | None = None
    description_file: Text | None = None
    extra_config: Text | None = None
    release_paths: list[Text] = []
    test: Test | None = None
    categories: Annotated[list[str], BeforeValidator(_as_list)] = []

    @model_validator(mode="after")
    def _environment_has_config(self) -> Self:
        if self.type is AssetType.ENVIRONMENT and self.extra_config is None:
            raise PydanticCustomError(MISSING, "an environment needs it", {"key": "extra_config"})
        return self


class Os(StrEnum):
    """Operating system of an image."""

    LINUX = "linux"
    WINDOWS = "windows"


class Location(StrEnum):
    """Where an image can be published."""

    MCR = "mcr"


HOSTNAMES = {Location.MCR: "mcr.microsoft.com"}


class Visibility(StrEnum):
    """Who can see a published image."""

    PUBLIC = "public"
    INTERNAL = "internal"
    STAGING = "staging"
    UNLISTED = "unlisted"


class BuildContext(Section):
    """`image.context`: what the image is built from. Paths are relative to `dir`."""

    dir: Text
    dockerfile: Text = "Dockerfile"
    template_files: list[Text] | None = None


class Publish(Section):
    """`image.publish`: where the image goes."""

    location: Location
    visibility: Visibility


class Image(Section):
    """`image`: what is built, from what, and where it is published."""

    name: Text
    os: Os
    context: BuildContext | None = None
    publish: Publish | None = None
    tags: dict[str, str | None] | None = None


class EnvironmentConfig(Section):
    """The extra config of an environment, `environment.yaml`."""

    image: Image


class AzureBlobPath(Section):
    """Files in a container of Azure Blob Storage."""

    type: Literal["azureblob"]
    storage_name: Text
    container_name: Text
    container_path: str


class GitPath(Section):
    """Files in a git repository."""

    type: Literal["git"]
    uri: Text
    branch: Text


class LocalPath(Section):
    """Files in this repository, relative to the extra config."""

    type: Literal["local"]
    uri: Text


class WebPath(Section):
    """Files on an HTTP or FTP server."""

    type: Literal["http", "ftp"]
    uri: Text


StoragePath = Annotated[AzureBlobPath | GitPath | LocalPath | WebPath, Field(discriminator="type")]


class ModelPublish(Section):
    """`publish` of a model: its card and its kind."""

    description: Text
    type: Literal["custom_model", "mlflow_model", "triton_model"]
    hiddenlayerscanned: str | None = None


class ModelConfig(Section):
    """The extra config of a model, `model.yaml`."""

    path: StoragePath
    publish: ModelPublish


class StorageConfig(Section):
    """The extra config of data and of generic assets, `storage.yaml`."""

    path: StoragePath


class AnyConfig(Section):
    """The extra config of a type that has no keys of its own."""


EXTRA_CONFIGS: dict[AssetType, type[Section]] = {
    AssetType.DATA: StorageConfig,
    AssetType.ENVIRONMENT: EnvironmentConfig,
    AssetType.MODEL: ModelConfig,
    AssetType.PROMPT: StorageConfig,
}
