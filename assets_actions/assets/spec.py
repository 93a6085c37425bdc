"""What a `spec.yaml` says: one model per asset type, for the Azure CLI's YAML schemas.

The public schemas (the `$schema` of each spec) have more keys than anybody's repository uses and grow with the service:
these models name the keys that specs are known to have; what they do not name is kept, and a rule says so.
"""

from typing import Any

from pydantic import Field

from .config import AssetType, RefPartOrTag, Text
from .model import Section

Free = dict[str, Any] | None


class Spec(Section):
    """What all specs share. Asset types without a schema of their own have these and any other keys."""

    schema_url: str | None = Field(None, alias="$schema")
    name: RefPartOrTag
    version: RefPartOrTag
    type: str | None = None
    display_name: str | None = None
    description: str | None = None
    tags: dict[str, Any] | None = None
    properties: Free = None
    code: Text | None = None
    path: Text | None = None
    data_uri: Text | None = None

    @property
    def content_paths(self) -> dict[tuple[str, ...], str]:
        """The files and folders that the asset consists of, as the spec names them: key path → path."""
        named = {("code",): self.code, ("path",): self.path, ("data_uri",): self.data_uri}
        return {keys: path for keys, path in named.items() if path is not None}


class Build(Section):
    """`build` of an environment's spec."""

    path: str | None = None
    dockerfile_path: str | None = None


class EnvironmentSpec(Spec):
    """An environment."""

    build: Build | None = None
    image: str | None = None
    conda_file: Any = None
    os_type: str | None = None
    inference_config: Free = None


class ComponentSpec(Spec):
    """A component: command, parallel, pipeline, spark, sweep or automl."""

    inputs: Free = None
    outputs: Free = None
    is_deterministic: bool | None = None
    # command
    command: str | None = None
    environment: Any = None
    environment_variables: Free = None
    distribution: Free = None
    resources: Free = None
    limits: Free = None
    identity: Free = None
    # pipeline
    jobs: Free = None
    settings: Free = None
    # parallel (a mapping) and automl (the task's name)
    task: Any = None
    input_data: str | None = None
    output_data: str | None = None
    mini_batch_size: str | None = None
    mini_batch_error_threshold: str | None = None
    error_threshold: str | None = None
    logging_level: str | None = None
    max_concurrency_per_instance: str | None = None
    partition_keys: Any = None
    retry_settings: Free = None
    append_row_to: str | None = None
    # spark
    entry: Free = None
    args: str | None = None
    conf: Free = None
    py_files: Any = None
    jars: Any = None
    files: Any = None
    archives: Any = None

    @property
    def content_paths(self) -> dict[tuple[str, ...], str]:
        """As for any spec; a parallel component has its code under `task`."""
        if self.type != "parallel":
            return super().content_paths
        code = self.task.get("code") if isinstance(self.task, dict) else None
        return {("task", "code"): code} if isinstance(code, str) else {}


class DataSpec(Spec):
    """A data asset; `type` tells whether `path` must be a file or a folder."""


class ModelSpec(Spec):
    """A model."""

    flavors: Free = None
    stage: str | None = None
    job_name: str | None = None
    intellectual_property: Free = None
    system_metadata: Free = None
    variantInfo: Free = None


class PromptSpec(Spec):
    """A prompt."""

    template_path: str | None = None


class EvaluatorSpec(Spec):
    """An evaluator."""

    displayName: str | None = None
    evaluatorType: str | None = None
    evaluatorSubType: str | None = None
    categories: list[str] | None = None
    initParameterSchema: Free = None
    dataMappingSchema: Free = None
    outputSchema: Free = None


SPECS: dict[AssetType, type[Spec]] = {
    AssetType.COMPONENT: ComponentSpec,
    AssetType.DATA: DataSpec,
    AssetType.ENVIRONMENT: EnvironmentSpec,
    AssetType.EVALUATOR: EvaluatorSpec,
    AssetType.MODEL: ModelSpec,
    AssetType.PROMPT: PromptSpec,
}
