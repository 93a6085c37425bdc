"""Each rule has a good example and a bad one; the bad one gives that rule alone, at its place."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from assets_actions.assets.tree import SUBMODULE, SYMLINK
from assets_actions.rules import rules
from assets_actions.rules.registry import Severity, check
from tests.conftest import component, environment
from tests.trees import catalog

Files = Mapping[str, str | bytes]


class Example(NamedTuple):
    rule: str
    files: Files
    place: str
    message: str
    modes: Mapping[str, str] = {}


def changed(files: Files, path: str, old: str, new: str) -> Files:
    text = str(files[path])
    assert old in text
    return {**files, path: text.replace(old, new)}


def without(files: Files, path: str) -> Files:
    return {name: text for name, text in files.items() if name != path}


ADDER, ENV, DATA = component(), environment(), "assets/d"
DATA_FILES = {
    f"{DATA}/asset.yaml": "type: data\nspec: spec.yaml\n",
    f"{DATA}/spec.yaml": "name: d\nversion: 1\ntype: uri_folder\npath: data\n",
    f"{DATA}/data/x.csv": "a\n",
}
C, S, E = "assets/adder/asset.yaml", "assets/adder/spec.yaml", "assets/env-1/environment.yaml"
BAD = [
    Example("yaml-syntax", changed(ADDER, S, "name: adder", "name: [adder"), f"{S}:2:7", "flow sequence"),
    Example("yaml-syntax", {**ADDER, C: "type: code\nname: \xff".encode("latin-1")}, f"{C}:2:7", "0xff is not UTF-8"),
    Example("yaml-syntax", {**ADDER, C: "- " * 200}, f"{C}:1:201", "nested deeper"),
    Example(
        "duplicate-key",
        changed(ADDER, S, "name: adder", "name: a\nname: adder"),
        f"{S}:3:1",
        "`name` is already set on line 2",
    ),
    Example("unknown-key", changed(ADDER, C, "spec:", "sepc: x\nspec:"), f"{C}:2:1", "did you mean `spec`?"),
    Example("unknown-key", changed(ENV, E, "    dir:", "    dirr: x\n    dir:"), f"{E}:5:5", "did you mean `dir`?"),
    Example(
        "unknown-spec-key", changed(ADDER, S, "command:", "comand: x\ncommand:"), f"{S}:5:1", "did you mean `command`?"
    ),
    Example("missing-key", changed(ADDER, C, "spec: spec.yaml\n", ""), f"{C}:1:1", "`spec` is missing"),
    Example("missing-key", changed(ADDER, S, "name: adder\n", ""), f"{S}:1:1", "`name` is missing"),
    Example(
        "missing-key", changed(ENV, E, "    dir: context\n", "    dockerfile: D\n"), f"{E}:4:3", "`dir` is missing"
    ),
    Example("wrong-value", changed(ADDER, C, "component", "componnent"), f"{C}:1:7", "did you mean `component`?"),
    Example("wrong-value", changed(ADDER, C, "[Maths]", "[[Maths]]"), f"{C}:3:14", "is not text"),
    Example(
        "wrong-value", changed(ENV, E, "os: linux", "os: beos"), f"{E}:3:7", "`beos` is not one of: linux, windows"
    ),
    Example("wrong-value", {**ADDER, C: ""}, f"{C}:1:1", "is empty"),
    Example("missing-file", changed(ADDER, S, "code: src", "code: scr"), f"{S}:4:7", "no `assets/adder/scr`"),
    Example("missing-file", changed(ADDER, C, "spec.yaml", "spec.yml"), f"{C}:2:7", "`spec.yml` does not exist"),
    Example(
        "missing-file",
        {**without(ENV, "assets/env-1/context/Dockerfile"), "assets/env-1/context/x": ""},
        f"{E}:4:3",
        "Dockerfile",
    ),
    Example(
        "missing-file", changed(ADDER, C, "cat", "release_paths: [src, lib]\ncat"), f"{C}:3:22", "`lib` does not exist"
    ),
    Example("outside-repository", changed(ADDER, S, "code: src", "code: ../../../x"), f"{S}:4:7", "leads out"),
    Example("outside-repository", changed(ADDER, S, "code: src", "code: /etc"), f"{S}:4:7", "`/etc` leads out"),
    Example(
        "outside-repository",
        changed({**ADDER, "assets/adder/out": "/etc"}, S, "code: src", "code: out"),
        f"{S}:4:7",
        "`out` leads out",
        {"assets/adder/out": SYMLINK},
    ),
    Example(
        "wrong-file-kind",
        changed(DATA_FILES, f"{DATA}/spec.yaml", "uri_folder", "uri_file"),
        f"{DATA}/spec.yaml:4:7",
        "is a directory",
    ),
    Example(
        "wrong-file-kind",
        changed(ENV, E, "dir: context", "dir: context/Dockerfile"),
        f"{E}:5:10",
        "a directory is needed",
    ),
    Example(
        "submodule",
        {**ADDER, "assets/adder/src/m": ""},
        f"{C}:1:1",
        "`assets/adder/src/m` is a submodule",
        {"assets/adder/src/m": SUBMODULE},
    ),
    Example(
        "unreadable-text",
        {**ADDER, "assets/adder/description.md": "first\ncaf\xe9\n".encode("latin-1")},
        "assets/adder/description.md:2:4",
        "0xe9 is not UTF-8",
    ),
    Example(
        "unreadable-text",
        changed(ENV, "assets/env-1/context/Dockerfile", "FROM", "#" * 1_000_001 + "\nFROM"),
        "assets/env-1/context/Dockerfile:1:1",
        "too large",
    ),
    Example(
        "missing-identity",
        changed(ENV, "assets/env-1/asset.yaml", "name: env-1\n", ""),
        "assets/env-1/asset.yaml:1:1",
        "`name` is missing",
    ),
    Example(
        "auto-version-in-spec",
        changed(ENV, "assets/env-1/spec.yaml", '"{{asset.version}}"', "3"),
        "assets/env-1/spec.yaml:2:10",
        "`3` cannot be",
    ),
    Example(
        "duplicate-asset",
        {**ADDER, **{k.replace("adder/", "copy/"): v for k, v in ADDER.items()}},
        "assets/copy/asset.yaml:1:1",
        "is already defined in",
    ),
]


@pytest.mark.parametrize("example", BAD, ids=lambda example: f"{example.rule} {example.message}")
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    verdict = check(catalog(example.files, example.modes), rules())
    assert [(f.rule, str(f.place)) for f in verdict.findings] == [(example.rule, example.place)], verdict.findings
    assert example.message in verdict.findings[0].message
    assert verdict.findings[0].place.source or example.message in ("is empty", "too large")


@pytest.mark.parametrize("files", [ADDER, ENV, DATA_FILES], ids=["component", "environment", "data"])
def test_good_examples_give_nothing(files: Files) -> None:
    verdict = check(catalog(files), rules())
    assert verdict.findings == []
    assert verdict.skipped == []


def test_every_rule_has_a_bad_example_and_says_why_it_is_there_and_what_to_do() -> None:
    assert {rule.id for rule in rules()} == {example.rule for example in BAD}
    for rule in rules():
        assert "Why: " in rule.documentation, rule.id
        assert "Fix: " in rule.documentation, rule.id


def test_a_rule_that_cannot_look_at_an_asset_is_skipped_and_says_so() -> None:
    verdict = check(catalog({**ADDER, C: "type: [\n"}), rules())
    assert {(skipped.rule, skipped.asset) for skipped in verdict.skipped} == {("auto-version-in-spec", C)}


def test_rules_can_be_chosen() -> None:
    chosen = [rule for rule in rules() if rule.severity is Severity.WARNING]
    files = changed({**ADDER, C: str(ADDER[C]) + "unknown: x\n"}, S, "command:", "comand: x\ncommand:")
    assert {finding.rule for finding in check(catalog(files), chosen).findings} == {"unknown-spec-key"}


def test_a_file_that_several_assets_share_is_found_at_fault_once() -> None:
    other = {"assets/two/asset.yaml": "type: component\nspec: ../adder/spec.yaml\nname: two\n"}
    files = changed({**ADDER, **other}, S, "name: adder", "name: a\nname: adder")
    findings = check(catalog(files), rules()).findings
    assert [(f.rule, f.asset) for f in findings] == [("duplicate-key", "component/adder")]
