"""What the tests of all rules share: files that no rule has anything against, and changes of them."""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import pytest

from assets_actions.building.image import BuiltImage, Contents
from assets_actions.building.log import Line
from assets_actions.building.verdict import dockerfile as read_dockerfile
from assets_actions.building.verdict import judged
from assets_actions.release.history import Released
from assets_actions.rules import rules
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Facts, Verdict, check
from tests.conftest import component, environment
from tests.trees import catalog

Files = Mapping[str, str | bytes]
Test = Callable[..., None]
TODAY = datetime.date(2026, 11, 23)
NEVER_RELEASED = Released(frozenset(), {}, {})


class Given(NamedTuple):
    """A repository, and what rules know beside it."""

    files: Files
    modes: Mapping[str, str] = {}
    sizes: Mapping[str, int] = {}
    policy: Policy = Policy()
    released: Released = NEVER_RELEASED
    ignore: Collection[str] = ()
    """Rules that are not run: those that have to find the same fault as another."""
    image: Contents | None = None
    """What the image of the environment holds, where it was built, and what its log says."""
    log: Sequence[Line] = ()


class Example(NamedTuple):
    """What one rule, and no other, has to say about a repository, and where."""

    rule: str
    given: Given | Files
    place: str
    message: str
    fix: str | None = None
    """The file with the mend in it, or the part of it that matters."""


def judge(given: Given | Files) -> Verdict:
    """What all rules say."""
    if not isinstance(given, Given):
        given = Given(given)
    chosen = [rule for rule in rules() if rule.id not in given.ignore]
    facts = Facts([given.policy, TODAY, given.released])
    assets = catalog(given.files, given.modes, given.sizes)
    verdict = check(assets, chosen, facts)
    if given.image is None:
        return verdict
    (asset,) = assets.assets
    image = BuiltImage(asset, read_dockerfile(asset, asset.dockerfile or ""), given.log, given.image, TODAY)
    return verdict._replace(findings=verdict.findings + judged(image, chosen, given.policy))


def found(given: Given | Files) -> list[tuple[str, str]]:
    """The rules that find something, and where."""
    return [(finding.rule, str(finding.place)) for finding in judge(given).findings]


def each_bad(examples: Sequence[Example]) -> Callable[[Test], Test]:
    """Run a test with each of these as `example`."""
    return pytest.mark.parametrize("example", examples, ids=lambda example: f"{example.rule} {example.message}")


def each_good(given: Mapping[str, Given | Files]) -> Callable[[Test], Test]:
    """Run a test with each of these as `given`."""
    return pytest.mark.parametrize("given", given.values(), ids=list(given))


def assert_alone(example: Example) -> None:
    """The example's rule finds what it should where it should, and no other rule finds anything."""
    findings = judge(example.given).findings
    assert [(f.rule, str(f.place)) for f in findings] == [(example.rule, example.place)], findings
    assert example.message in findings[0].message, findings[0].message
    if example.fix is not None:
        edit = findings[0].edit
        assert edit
        assert example.fix in edit.whole[: edit.start] + edit.text + edit.whole[edit.end :]


def changed(files: Files, path: str, *edits: tuple[str, str]) -> Files:
    """The files with other text in one: each old text, which has to be there, replaced."""
    text = str(files[path])
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return {**files, path: text}


def appended(files: Files, path: str, text: str) -> Files:
    """The files with more at the end of one."""
    return {**files, path: str(files[path]) + text}


def without(files: Files, path: str) -> Files:
    """The files but for one."""
    return {name: text for name, text in files.items() if name != path}


# A component: asset config, spec and its code.
ADDER = component()
C, S = "assets/adder/asset.yaml", "assets/adder/spec.yaml"

# An environment: asset config, spec, environment config and Dockerfile.
NAME = "sklearn-1.7"
ENV = environment(NAME)
EC, ES, EE, ED = (
    f"assets/{NAME}/{file}" for file in ("asset.yaml", "spec.yaml", "environment.yaml", "context/Dockerfile")
)

# Data: a folder.
DATA: Files = {
    "assets/d/asset.yaml": "type: data\nspec: spec.yaml\ncategories: [Numbers]\n",
    "assets/d/spec.yaml": "name: d\nversion: 1\ntype: uri_folder\npath: data\n",
    "assets/d/data/x.csv": "a\n",
}

# An MLflow model.
MODEL: Files = {
    "assets/m/asset.yaml": "type: model\nspec: spec.yaml\nextra_config: model.yaml\ncategories: [Text]\n",
    "assets/m/spec.yaml": """\
name: m
version: 1
tags:
  task: chat-completion
  license: mit
  SharedComputeCapacityEnabled: ""
  inference_compute_allow_list:
    - Standard_DS3_v2
    - Standard_NC6s_v3
properties:
  inference-min-sku-spec: 4|1|28|176
  inference-recommended-sku: Standard_DS3_v2, Standard_NC6s_v3
  SharedComputeCapacityEnabled: "true"
""",
    "assets/m/model.yaml": """\
path:
  type: git
  uri: https://example.com/m
  branch: main
publish:
  description: description.md
  type: mlflow_model
""",
    "assets/m/description.md": "A model.\n",
}
MS = "assets/m/spec.yaml"

# An evaluation result, and a prompt.
RESULT: Files = {
    "assets/r/asset.yaml": "type: evaluationresult\nspec: spec.yaml\ncategories: [Text]\n",
    "assets/r/spec.yaml": """\
name: r
version: 1
tags:
  evaluation_type: text_quality
  index_metric_key: index_metric
""",
}
RS = "assets/r/spec.yaml"
PROMPT: Files = {
    "assets/p/asset.yaml": "type: prompt\nspec: spec.yaml\ncategories: [Text]\n",
    "assets/p/spec.yaml": "name: p\nversion: 1\ntags:\n  modality: chat\n  task: translation\n",
}
PS = "assets/p/spec.yaml"


def named(name: str) -> Files:
    """An environment of this name."""
    return environment(name)


def of_type(type_: str, name: str) -> Files:
    """An asset of a type that has no schema, with its name in the asset config."""
    return {
        "assets/x/asset.yaml": f"type: {type_}\nname: {name}\nspec: spec.yaml\ncategories: [X]\n",
        "assets/x/spec.yaml": 'name: "{{asset.name}}"\nversion: 1\n',
    }


def dockerfile(text: str) -> Files:
    """An environment with this Dockerfile."""
    return {**ENV, ED: text}


def context(**files: str) -> Files:
    """An environment with more files in its build context; `_` in a name stands for a dot."""
    return {**ENV, **{f"assets/{NAME}/context/{name.replace('_', '.')}": text for name, text in files.items()}}
