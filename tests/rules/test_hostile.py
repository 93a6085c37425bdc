"""Whatever stands in the files of an asset, the rules say something about it, and never raise."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.assets.document import parse
from assets_actions.rules.model import INFERENCE, OTHERS
from tests.rules.examples import (
    ADDER,
    ENV,
    MODEL,
    NAME,
    PROMPT,
    RESULT,
    Files,
    appended,
    judge,
)  # fmt: skip

KEYS = ("type", "spec", "name", "version", "tags", "properties", "system_metadata", "image", "context", "publish", "<<", "", "Deprecated", "DeleteOn", "é", "\U0001f600")  # fmt: skip
TEXTS = (
    "", " ", "~", "null", "3.10", "no", "auto", "{{asset.version}}", "{{asset.x}}", "a,b,,", "../../x", "/etc", ".", "..", "src", "context",
    "2027-01-31", "0000-00-00", "DEPRECATED:", "azureml:a:1", "azureml:", "azureml://x", "é\u2028\x85", "\U0001f600", "a\nb\n", "a: b", "# x",
    "*a", "&a", "!!python/object:os.system x", "'", '"', "%s{0}", "[" * 2000, "x" * 300, "\x07", "٣", "1e999", ".nan", "0x", "12:30:45",
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(TEXTS) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def _written(value: Any) -> str:
    """A value as YAML in one line: JSON mostly, with text in no quotes where that is YAML as well."""
    if isinstance(value, str) and re.fullmatch(r"[\w.:/-]+", value):
        return value
    return json.dumps(value, ensure_ascii=False)


# Raw YAML that JSON cannot say: aliases, merge keys, tags, blocks, and what is no YAML at all.
RAW = (
    "&a [x]", "*a", "{<<: {a: b}}", "{<<: [{a: b}, c]}", "{<<: x}", "!!int x", "!!null x", "!x {a: b}", "|\n    text\n", ">-\n    text\n", "{? [a] : b}",
    "{a: &a 3.10, b: *a}", "{a, b: }", "[a, b", "\t", "'", "- a", "{? }", "&a", "!!float 3.10", "{a: 1, a: 2}", "{1: 2}", "{3.10: x}", "~", "",
)  # fmt: skip

HERE = "HERE"


def _slots(path: str, data: Any) -> Iterator[tuple[str, str]]:
    """A document once for each value in it, itself included, with a mark in the place of the value."""
    yield path, yaml.safe_dump(HERE)
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        for _, text in _slots(path, value):
            inner = yaml.safe_load(text)
            copy = dict(data) if isinstance(data, dict) else list(data)
            copy[key] = inner
            yield path, yaml.safe_dump(copy, sort_keys=False)


SPECS = {
    "component": appended(ADDER, "assets/adder/spec.yaml", "$schema: x\ntags: {a: b}\nproperties: {a: b}\njobs: {a: {component: azureml:adder:1}}\n"),
    "environment": appended(ENV, f"assets/{NAME}/spec.yaml", '  Deprecated: ""\n  DeleteOn: "2027-01-31"\ndescription: "DEPRECATED: x"\n'),
    "model": appended(
        MODEL, "assets/m/spec.yaml",
        "system_metadata:\n  tasks: {}\n  license: x\n  sharedComputeCapacityEnabled: true\n  supportedComputes: {}\n  SKU: {}\n",
    ),
    "evaluation result": RESULT,
    "prompt": PROMPT,
}  # fmt: skip
SLOTS = [
    (files, *slot)
    for files in SPECS.values()
    for path, text in files.items()
    if path.endswith(".yaml")
    for slot in _slots(path, parse(path, str(text).encode()).data)
]


SPEC_FILES = [(files, path) for files in SPECS.values() for path in files if path.endswith("spec.yaml")]


def _put(slot: tuple[Files, str, str], value: str) -> Files:
    files, path, text = slot
    return {**files, path: text.replace(HERE, value)}


@given(slot=st.sampled_from(SLOTS), value=values)
def test_any_value_at_any_place_gives_findings_and_no_exception(slot: tuple[Files, str, str], value: Any) -> None:
    judge(_put(slot, _written(value)))


@pytest.mark.parametrize("raw", [*RAW, *(json.dumps(text, ensure_ascii=False) for text in TEXTS)])
def test_odd_values_at_every_place_give_findings_and_no_exception(raw: str) -> None:
    for slot in SLOTS:
        judge(_put(slot, raw))


@given(
    data=st.dictionaries(
        st.sampled_from(["tags", "properties", "system_metadata", "description", "$schema", "environment", "jobs"]),
        values,
    )
)
def test_any_spec_gives_findings_and_no_exception(data: Any) -> None:
    for files, path in SPEC_FILES:
        judge({**files, path: json.dumps({"name": "{{asset.name}}", "version": 1, **data})})


NAMES = [name for one in (INFERENCE, *OTHERS) for name in one if name]
entries = st.dictionaries(
    st.sampled_from(
        [
            *NAMES,
            "task",
            "license",
            "SharedComputeCapacityEnabled",
            "OS",
            "Python",
            "evaluation_type",
            "modality",
            "industry",
        ]
    ),
    values,
)
metadata = st.dictionaries(
    st.sampled_from(["tasks", "license", "sharedComputeCapacityEnabled", "supportedComputes", "SKU"]), values | entries
)


@given(tags=entries | values, properties=entries | values, system_metadata=metadata | values)
def test_any_tags_and_properties_give_findings_and_no_exception(
    tags: Any, properties: Any, system_metadata: Any
) -> None:
    spec = {"name": "x", "version": 1, "tags": tags, "properties": properties, "system_metadata": system_metadata}
    for files, path in SPEC_FILES:
        judge({**files, path: json.dumps(spec)})


@given(
    text=st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "FROM ",
                "ARG x=",
                "{{latest-image-tag",
                "{{latest-pypi-version:",
                "}}",
                ":",
                "(",
                "\\",
                "\n",
                "#",
                "--extra-index-url",
                "mcr.microsoft.com/a",
                "${x:-",
                "$x",
                "}",
            ]
        )
    ).map("".join)
)
def test_any_build_context_gives_findings_and_no_exception(text: str) -> None:
    judge(
        {
            **ENV,
            f"assets/{NAME}/context/Dockerfile": text,
            f"assets/{NAME}/context/x.txt": text,
            f"assets/{NAME}/description.md": text,
        }
    )


@given(
    content=st.binary(max_size=100), path=st.sampled_from(sorted({path for files in SPECS.values() for path in files}))
)
def test_any_bytes_give_findings_and_no_exception(content: bytes, path: str) -> None:
    files = next(files for files in SPECS.values() if path in files)
    judge({**files, path: content})
