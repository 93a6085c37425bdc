"""What a YAML file must be."""

from tests.rules.examples import (
    ADDER,
    DATA,
    EE,
    ENV,
    C,
    Example,
    Files,
    Given,
    S,
    appended,
    assert_alone,
    changed,
    each_bad,
    each_good,
    judge,
    of_type,
)  # fmt: skip

BAD = [
    Example("yaml-syntax", changed(ADDER, S, ("name: adder", "name: [adder")), f"{S}:2:7", "flow sequence"),
    Example("yaml-syntax", {**ADDER, C: "type: code\nname: \xff".encode("latin-1")}, f"{C}:2:7", "0xff is not UTF-8"),
    Example("yaml-syntax", {**ADDER, C: "- " * 200}, f"{C}:1:201", "nested deeper"),
    Example("yaml-syntax", {**ADDER, C: "#" * 1_048_577}, f"{C}:1:1", "too large"),
    Example("duplicate-key", changed(ADDER, S, ("name: adder", "name: a\nname: adder")), f"{S}:3:1", "`name` is already set on line 2"),
    Example("unknown-key", changed(ADDER, C, ("spec:", "sepc: x\nspec:")), f"{C}:2:1", "did you mean `spec`?"),
    Example("unknown-key", changed(ENV, EE, ("    dir:", "    dirr: x\n    dir:")), f"{EE}:5:5", "did you mean `dir`?"),
    Example("unknown-spec-key", changed(ADDER, S, ("command:", "comand: x\ncommand:")), f"{S}:5:1", "did you mean `command`?"),
    Example("missing-key", changed(ADDER, C, ("spec: spec.yaml\n", "")), f"{C}:1:1", "`spec` is missing"),
    Example("missing-key", changed(ADDER, S, ("name: adder\n", "")), f"{S}:1:1", "`name` is missing"),
    Example("missing-key", changed(ENV, EE, ("    dir: context\n", "    dockerfile: D\n")), f"{EE}:4:3", "`dir` is missing"),
    Example("wrong-value", changed(ADDER, C, ("component", "componnent")), f"{C}:1:7", "did you mean `component`?"),
    Example("wrong-value", changed(ADDER, C, ("[Maths]", "[[Maths]]")), f"{C}:3:14", "is not text"),
    Example("wrong-value", changed(ENV, EE, ("os: linux", "os: beos")), f"{EE}:3:7", "`beos` is not one of: linux, windows"),
    Example("wrong-value", {**ADDER, C: ""}, f"{C}:1:1", "is empty"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "component": ADDER,
    "environment": ENV,
    "data": DATA,
    "a spec of a type without a schema has any keys": appended(of_type("code", "x"), "assets/x/spec.yaml", "whatever: 1\n"),
    "so has the extra config of such a type": {**appended(ADDER, C, "extra_config: x.yaml\n"), "assets/adder/x.yaml": "whatever: 1\n"},
    "the same key in two mappings": appended(ADDER, S, "inputs: {a: {type: x}, b: {type: x}}\n"),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    verdict = judge(given)
    assert verdict.findings == []
    assert verdict.skipped == []


def test_of_many_unknown_keys_only_the_first_get_a_suggestion() -> None:
    findings = judge(appended(ADDER, C, "".join(f"spec{number}: x\n" for number in range(30)))).findings
    assert [finding.rule for finding in findings] == ["unknown-key"] * 30
    assert "did you mean" in findings[0].message
    assert "did you mean" not in findings[-1].message
