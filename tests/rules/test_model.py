"""What the spec of an MLflow model says about where it can run."""

from tests.rules.examples import (
    MODEL,
    MS,
    Example,
    Files,
    Given,
    appended,
    assert_alone,
    changed,
    each_bad,
    each_good,
    judge,
)  # fmt: skip

ALLOWED = "    - Standard_DS3_v2\n    - Standard_NC6s_v3\n"
NEWER: Files = {
    **MODEL,
    MS: """\
name: m
version: 1
tags:
  inference_compute_allow_list: nonsense that does not count
system_metadata:
  tasks:
    inferenceTasks: [chat]
  license: mit
  sharedComputeCapacityEnabled: true
  supportedComputes:
    inferenceComputes:
      - Standard_DS3_v2
  SKU:
    inferenceMinSkuSpec: 4|1|28|176
    inferenceRecommendedSkus:
      - Standard_DS3_v2
""",
}


def _spec(*edits: tuple[str, str]) -> Files:
    return changed(MODEL, MS, *edits)


def _newer(*edits: tuple[str, str]) -> Files:
    return changed(NEWER, MS, *edits)


EVALUATED = (
    "properties:\n",
    "  evaluation_compute_allow_list: A, B\nproperties:\n  evaluation-min-sku-spec: 4\n  evaluation-recommended-sku: [B, A]\n",
)
TUNED = (
    "properties:\n",
    "  finetune_compute_allow_list: [A]\nproperties:\n  finetune-min-sku-spec: 4\n  finetune-recommended-sku: A\n  finetuning-tasks: chat\n",
)


def _evaluated(*edits: tuple[str, str]) -> Files:
    return changed(_spec(EVALUATED), MS, *edits)


def _tuned(*edits: tuple[str, str]) -> Files:
    return changed(_spec(TUNED), MS, *edits)


SHARED_TAG, SHARED_PROPERTY = (
    ('  SharedComputeCapacityEnabled: ""\n', ""),
    ('  SharedComputeCapacityEnabled: "true"\n', ""),
)
BAD = [
    # tags
    Example("missing-model-tag", _spec(("  task: chat-completion\n", "")), f"{MS}:3:1", "the tag `task` of an MLflow model is missing"),
    Example("missing-model-tag", _spec(("task: chat-completion", 'task: " "')), f"{MS}:4:3", "the tag `task`"),
    Example("missing-model-tag", _spec(("task: chat-completion", "task: []")), f"{MS}:4:3", "the tag `task`"),
    Example("missing-model-tag", _spec(("license: mit", "license: ''")), f"{MS}:5:3", "the tag `license`"),
    Example("missing-model-tag", _spec(SHARED_TAG), f"{MS}:3:1", "the tag `SharedComputeCapacityEnabled`"),
    Example("missing-model-tag", _spec((f"  inference_compute_allow_list:\n{ALLOWED}", "")), f"{MS}:3:1", "the tag `inference_compute_allow_list`"),
    Example("missing-model-tag", _evaluated(("  evaluation_compute_allow_list: A, B\n", "")), f"{MS}:3:1", "the tag `evaluation_compute_allow_list`"),
    Example("missing-model-tag", _tuned(("  finetune_compute_allow_list: [A]\n", "")), f"{MS}:3:1", "the tag `finetune_compute_allow_list`"),
    Example("missing-model-tag", _newer(("  license: mit\n", "")), f"{MS}:3:1", "the tag `license`"),
    # properties
    Example("missing-model-property", _spec(("  inference-min-sku-spec: 4|1|28|176\n", "")), f"{MS}:10:1", "the property `inference-min-sku-spec` of an MLflow model is missing"),
    Example("missing-model-property", _spec(("sku: Standard_DS3_v2, Standard_NC6s_v3", "sku:")), f"{MS}:12:3", "the property `inference-recommended-sku`"),
    Example("missing-model-property", _spec(SHARED_PROPERTY), f"{MS}:10:1", "the property `SharedComputeCapacityEnabled`"),
    Example("missing-model-property", _spec(('Enabled: "true"', 'Enabled: ""')), f"{MS}:13:3", "the property `SharedComputeCapacityEnabled`"),
    Example("missing-model-property", _evaluated(("  evaluation-min-sku-spec: 4\n", "")), f"{MS}:11:1", "the property `evaluation-min-sku-spec`"),
    Example("missing-model-property", _evaluated(("  evaluation-recommended-sku: [B, A]\n", "")), f"{MS}:11:1", "the property `evaluation-recommended-sku`"),
    Example("missing-model-property", _tuned(("  finetuning-tasks: chat\n", "")), f"{MS}:11:1", "the property `finetuning-tasks`"),
    Example("missing-model-property", _newer(("    inferenceMinSkuSpec: 4|1|28|176\n", "")), f"{MS}:1:1", "the property `inference-min-sku-spec`"),
    # computes
    Example("model-computes-differ", _spec(("sku: Standard_DS3_v2, Standard_NC6s_v3", "sku: Standard_DS3_v2")), f"{MS}:12:30", "`inference-recommended-sku` and `inference_compute_allow_list` differ in Standard_NC6s_v3"),
    Example("model-computes-differ", _evaluated(("[B, A]", "[B, C]")), f"{MS}:13:31", "`evaluation-recommended-sku` and `evaluation_compute_allow_list` differ in A, C"),
    Example("model-computes-differ", _tuned(("sku: A\n", "sku: B\n")), f"{MS}:13:29", "differ in A, B"),
    Example("model-computes-differ", _newer(("    inferenceRecommendedSkus:\n      - Standard_DS3_v2", "    inferenceRecommendedSkus:\n      - Standard_DS2_v2")), f"{MS}:16:7", "`inferenceRecommendedSkus` and `inferenceComputes` differ in Standard_DS2_v2, Standard_DS3_v2"),
    Example("unsupported-compute", _spec(("Standard_NC6s_v3", "Standard_NC6s_v9")), f"{MS}:9:7", "models are not served on `Standard_NC6s_v9`; did you mean `Standard_NC6s_v"),
    Example("unsupported-compute", _spec(("    - Standard_NC6s_v3", "    -\n    - ''\n    - [x]\n    - Standard_NC6s_v9"), ("v2, Standard_NC6s_v3", "v2, Standard_NC6s_v9")), f"{MS}:12:7", "`Standard_NC6s_v9`"),
    Example("unsupported-compute", _spec((f"list:\n{ALLOWED}", "list: Standard_DS3_v2, x,\n"), ("v2, Standard_NC6s_v3", "v2, x")), f"{MS}:7:33", "`x`"),
    Example("unsupported-compute", _newer(("Standard_DS3_v2", "x")), f"{MS}:12:9", "`x`"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "an MLflow model": MODEL,
    "an allow list as text with commas": _spec((f"list:\n{ALLOWED}", "list: Standard_DS3_v2, Standard_NC6s_v3\n")),
    "recommended sizes as a list in another order": _spec(("sku: Standard_DS3_v2, Standard_NC6s_v3", "sku: [Standard_NC6s_v3, Standard_DS3_v2]")),
    "system metadata, which wins": NEWER,
    "system metadata beside tags, which wins": appended(MODEL, MS, "system_metadata: {license: [x], tasks: {inferenceTasks: y}, sharedComputeCapacityEnabled: 'True'}\n"),
    "system metadata that says nothing": appended(MODEL, MS, "system_metadata: {license: '', tasks: [], SKU: x, supportedComputes: {inferenceComputes: []}}\n"),
    "an evaluated model": _evaluated(),
    "a tuned model": _tuned(),
    "a tuned model by system metadata": appended(
        MODEL, MS,
        "system_metadata:\n  tasks: {fineTuningTasks: [chat]}\n  supportedComputes: {finetuneComputes: [A]}\n  SKU: {finetuneMinSkuSpec: 4, finetuneRecommendedSkus: [A]}\n",
    ),
    "a model of another kind": changed(_spec(("  task: chat-completion\n", ""), ("Standard_NC6s_v3", "x")), "assets/m/model.yaml", ("mlflow_model", "custom_model")),
    "a model without an extra config": changed(_spec(("  task: chat-completion\n", "")), "assets/m/asset.yaml", ("extra_config: model.yaml\n", "")),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_a_model_that_says_nothing_lacks_everything_that_inference_needs() -> None:
    findings = judge({**MODEL, MS: "name: m\nversion: 1\n"}).findings
    assert [finding.rule for finding in findings] == ["missing-model-property"] * 3 + ["missing-model-tag"] * 4


def test_shared_compute_that_system_metadata_denies_is_missing_twice() -> None:
    findings = judge(appended(MODEL, MS, "system_metadata: {sharedComputeCapacityEnabled: false}\n")).findings
    assert [(finding.rule, finding.line) for finding in findings] == [
        ("missing-model-tag", 6),
        ("missing-model-property", 13),
    ]


def test_of_many_differing_sizes_only_the_first_are_named() -> None:
    many = ", ".join(f"x{number:02}" for number in range(30))
    (finding,) = judge(_evaluated(("[B, A]", f"'A, B, {many}'"))).findings
    assert finding.message.endswith(" x18, x19, …")
