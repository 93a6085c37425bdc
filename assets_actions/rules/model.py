"""What the spec of an MLflow model says about where it can run.

Source of all rules here: the checks of the system in public use. Its comparison of minimum sizes with those that the
cloud offers needs an account there, and is not made.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AssetType, ModelConfig
from assets_actions.assets.document import KeyPath
from assets_actions.assets.model import suggestion

from .policy import Policy
from .registry import Problem, rule
from .wording import MOST

SHARED = "SharedComputeCapacityEnabled"
MLFLOW = "mlflow_model"
TRUE = ("true", "yes", "on")
"""As YAML 1.1 has it."""
MODELS = (AssetType.MODEL,)


class Value(NamedTuple):
    """A tag, a property or a part of `system_metadata`: where it stands (or should), and what it is."""

    keys: KeyPath
    value: Any

    @property
    def places(self) -> dict[str, KeyPath]:
        """The items of a list, or of a text with commas, and where each stands first; what is no text is no item."""
        if isinstance(self.value, list):
            listed = [(part, (*self.keys, number)) for number, part in enumerate(self.value)]
        else:
            listed = [(part, self.keys) for part in (self.value.split(",") if isinstance(self.value, str) else ())]
        places: dict[str, KeyPath] = {}
        for part, keys in listed:
            if isinstance(part, str) and part.strip():
                places.setdefault(part.strip(), keys)
        return places


class Scenario(NamedTuple):
    """A use of a model that needs computes: its tag, its properties and, in `system_metadata`, their newer names."""

    allow_list: str
    min_sku: str
    recommended: str
    tasks: str | None
    computes: str
    new_min_sku: str
    new_recommended: str
    new_tasks: str | None


INFERENCE = Scenario(
    "inference_compute_allow_list", "inference-min-sku-spec", "inference-recommended-sku", None,
    "inferenceComputes", "inferenceMinSkuSpec", "inferenceRecommendedSkus", None,
)  # fmt: skip
OTHERS = (
    Scenario(
        "evaluation_compute_allow_list", "evaluation-min-sku-spec", "evaluation-recommended-sku", None,
        "evaluationComputes", "evaluationMinSkuSpec", "evaluationRecommendedSkus", None,
    ),
    Scenario(
        "finetune_compute_allow_list", "finetune-min-sku-spec", "finetune-recommended-sku", "finetuning-tasks",
        "finetuneComputes", "finetuneMinSkuSpec", "finetuneRecommendedSkus", "fineTuningTasks",
    ),
)  # fmt: skip


class Said(NamedTuple):
    """A spec's tags, properties and system metadata."""

    tags: dict[str, Any]
    properties: dict[str, Any]
    metadata: dict[str, Any]

    def tag(self, name: str, *newer: str) -> Value:
        """A tag, or what stands for it in the system metadata, which wins."""
        return self._newer(newer) or Value(("tags", name), self.tags.get(name))

    def property_(self, name: str, *newer: str) -> Value:
        """A property, or what stands for it in the system metadata, which wins."""
        return self._newer(newer) or Value(("properties", name), self.properties.get(name))

    def _newer(self, keys: tuple[str, ...]) -> Value | None:
        value: Any = self.metadata if keys else None
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return Value(("system_metadata", *keys), value) if _is_given(value) else None

    @property
    def shares_compute(self) -> bool | None:
        """What the system metadata says about shared compute; None where it says nothing."""
        given = self.metadata.get("sharedComputeCapacityEnabled", None)
        return None if "sharedComputeCapacityEnabled" not in self.metadata else str(given).strip().lower() in TRUE


def _is_given(value: Any) -> bool:
    return value is not None and (bool(value.strip()) if isinstance(value, str) else bool(value))


@lru_cache(maxsize=1)
def _said(asset: Asset) -> Said | None:
    """What the spec of an MLflow model says; None of any other asset."""
    extra = asset.extra.model if asset.extra else None
    spec = asset.spec.model if asset.spec else None
    if spec is None or not isinstance(extra, ModelConfig) or extra.publish.type != MLFLOW:
        return None
    return Said(spec.tags or {}, spec.properties or {}, getattr(spec, "system_metadata", None) or {})


@lru_cache(maxsize=1)
def _scenarios(asset: Asset) -> list[list[Value]]:
    """The values of inference, and of the other scenarios of which the spec says anything (see `_values`)."""
    said = _said(asset)
    if said is None:
        return []
    others = [_values(said, one) for one in OTHERS]
    return [_values(said, INFERENCE), *(values for values in others if any(_is_there(said, v) for v in values))]


def _is_there(said: Said, value: Value) -> bool:
    where, name = value.keys[0], value.keys[-1]
    return where == "system_metadata" or name in (said.tags if where == "tags" else said.properties)


def _values(said: Said, one: Scenario) -> list[Value]:
    """The allow list, the minimum, the recommended sizes and, where the scenario has them, the tasks."""
    values = [
        said.tag(one.allow_list, "supportedComputes", one.computes),
        said.property_(one.min_sku, "SKU", one.new_min_sku),
        said.property_(one.recommended, "SKU", one.new_recommended),
    ]
    if one.tasks and one.new_tasks:
        values.append(said.property_(one.tasks, "tasks", one.new_tasks))
    return values


def _lacks(asset: Asset, value: Value, what: str) -> Iterator[Problem]:
    if not _is_given(value.value) and asset.spec:
        message = f"the {what} `{value.keys[-1]}` of an MLflow model is missing"
        yield Problem(asset.spec.document, value.keys, message, at_key=True)


@rule(Asset, types=MODELS)
def missing_model_tag(asset: Asset) -> Iterator[Problem]:
    """An MLflow model has the tags that its use needs.

    They are `task`, `license`, `inference_compute_allow_list` and `SharedComputeCapacityEnabled`; and
    `evaluation_compute_allow_list` or `finetune_compute_allow_list` as soon as its spec says anything about
    evaluation or fine-tuning. `system_metadata` may say the same under its newer names, and wins.

    Why: catalogs and deployments rely on them.
    Fix: add the tag.
    """
    said = _said(asset)
    if said is None or asset.spec is None:
        return
    yield from _lacks(asset, said.tag("task", "tasks", "inferenceTasks"), "tag")
    yield from _lacks(asset, said.tag("license", "license"), "tag")
    if said.shares_compute is False or (said.shares_compute is None and SHARED not in said.tags):
        message = f"the tag `{SHARED}` of an MLflow model is missing"
        yield Problem(asset.spec.document, ("tags", SHARED), message, at_key=True)
    for allowed, *_ in _scenarios(asset):
        yield from _lacks(asset, allowed, "tag")


@rule(Asset, types=MODELS)
def missing_model_property(asset: Asset) -> Iterator[Problem]:
    """An MLflow model has the properties that its use needs.

    They are `inference-min-sku-spec`, `inference-recommended-sku` and `SharedComputeCapacityEnabled`; and those of
    evaluation, or of fine-tuning (with `finetuning-tasks`), as soon as its spec says anything about it.
    `system_metadata` may say the same under its newer names, and wins.

    Why: deployments choose a machine by them.
    Fix: add the property.
    """
    said = _said(asset)
    if said is None or asset.spec is None:
        return
    if said.shares_compute is False or (said.shares_compute is None and not _is_given(said.properties.get(SHARED))):
        message = f"the property `{SHARED}` of an MLflow model is missing"
        yield Problem(asset.spec.document, ("properties", SHARED), message, at_key=True)
    for _, *properties in _scenarios(asset):
        for value in properties:
            yield from _lacks(asset, value, "property")


@rule(Asset, types=MODELS)
def model_computes_differ(asset: Asset) -> Iterator[Problem]:
    """The recommended sizes of an MLflow model are those of its allow list.

    Why: a recommended size that is not allowed cannot be chosen.
    Fix: make the two lists equal.
    """
    for allowed, _, recommended, *_ in _scenarios(asset):
        both = allowed.places.keys(), recommended.places.keys()
        differing = both[0] ^ both[1]
        if asset.spec and all(both) and differing:
            names = ", ".join(sorted(differing)[:MOST]) + (", …" if len(differing) > MOST else "")
            message = f"`{recommended.keys[-1]}` and `{allowed.keys[-1]}` differ in {names}"
            yield Problem(asset.spec.document, recommended.keys, message)


@rule(Asset, types=MODELS, needs=Policy)
def unsupported_compute(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """The inference computes of an MLflow model are sizes on which models are served.

    Why: a deployment on another size fails.
    Fix: remove it from the list; setting: `models.inference_skus`.
    """
    skus = policy.models.inference_skus
    for allowed, *_ in _scenarios(asset)[:1]:  # inference is the first
        wrong = ((name, keys) for name, keys in allowed.places.items() if name not in skus)
        for name, keys in islice(wrong, MOST):
            assert asset.spec
            yield Problem(asset.spec.document, keys, f"models are not served on `{name}`{suggestion(name, skus)}")
