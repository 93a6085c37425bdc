"""What holds for all rules: each has a bad example, in the module of its group, and a documentation."""

import importlib

from assets_actions.rules import GROUPS, rules
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import UNKNOWN, UNREADABLE, Facts, Only, Severity, check
from tests.rules.examples import ADDER, DATA, EC, ENV, C, S, appended, changed, judge
from tests.trees import catalog

MODULES = [importlib.import_module(f"tests.rules.test_{group.__name__.rpartition('.')[2]}") for group in GROUPS]


def test_every_rule_has_a_bad_example_in_the_tests_of_its_group() -> None:
    tested = {(example.rule, module.__name__) for module in MODULES for example in module.BAD}
    assert tested == {(rule.id, f"tests.rules.test_{rule.group.replace('-', '_')}") for rule in rules()}


def test_every_rule_says_what_must_hold_why_it_is_there_and_what_to_do() -> None:
    for rule in rules():
        assert rule.summary.endswith("."), rule.id
        assert "Why: " in rule.documentation, rule.id
        assert "Fix: " in rule.documentation, rule.id


def test_rules_come_with_a_mend_exactly_where_they_say_so() -> None:
    mending = {
        finding.rule
        for module in MODULES
        for example in module.BAD
        for finding in judge(example.given).findings
        if finding.edit
    }
    assert mending == {rule.id for rule in rules() if rule.mends}


def test_good_examples_give_nothing_together() -> None:
    verdict = judge({**ADDER, **ENV, **DATA})
    assert verdict.findings == []
    assert verdict.skipped == []


def test_a_rule_that_cannot_look_at_an_asset_is_skipped_and_says_so() -> None:
    verdict = judge({**ADDER, C: "type: [\n"})
    assert {(skipped.asset, skipped.reason) for skipped in verdict.skipped} == {(C, UNREADABLE)}
    skipped = {skipped.rule for skipped in verdict.skipped}
    assert {"auto-version-in-spec", "missing-category", "unreadable-text"} <= skipped
    assert not {"yaml-syntax", "missing-file", "duplicate-asset", "link-outside"} & skipped


def test_rules_that_are_not_about_an_assets_type_are_not_skipped_for_it() -> None:
    verdict = judge(changed(ADDER, S, ("name: adder\n", "")))
    skipped = {skipped.rule for skipped in verdict.skipped}
    assert "missing-category" in skipped
    assert not {"image-name", "missing-model-tag"} & skipped


def test_a_rule_that_lacks_a_fact_is_skipped_and_says_why() -> None:
    facts = Facts(
        [Policy()],
        {
            type_: "nobody looked"
            for type_ in {rule.needs for rule in rules() if rule.id == "removed-dependency"}
            if type_
        },
    )
    verdict = check(catalog(ADDER), rules(), facts)
    assert {(skipped.rule, skipped.asset, skipped.reason) for skipped in verdict.skipped} == {
        ("delete-on-past", None, UNKNOWN),
        ("released-version", None, "nobody looked"),
        ("removed-dependency", None, "nobody looked"),
        ("version-goes-down", None, "nobody looked"),
    }


def test_rules_can_be_chosen() -> None:
    chosen = [rule for rule in rules() if rule.severity is Severity.WARNING]
    files = changed(appended(ADDER, C, "unknown: x\n"), S, ("command:", "comand: x\ncommand:"))
    assert {finding.rule for finding in check(catalog(files), chosen).findings} == {"unknown-spec-key"}


def test_a_file_that_several_assets_share_is_found_at_fault_once() -> None:
    other = {"assets/two/asset.yaml": "type: component\nspec: ../adder/spec.yaml\nname: two\ncategories: [X]\n"}
    files = changed({**ADDER, **other}, S, ("name: adder", 'name: a\nname: "{{asset.name}}"'))
    files = appended(files, C, "name: adder\n")
    assert [(f.rule, f.asset) for f in judge(files).findings] == [("duplicate-key", "component/adder")]


def test_what_was_not_asked_about_is_not_found_but_where_it_breaks_for_a_change_elsewhere() -> None:
    files = {
        **changed(ADDER, S, ("command:", "environment: azureml:none:1\ncomand: x\ncommand:")),
        **changed(ENV, EC, ("[Training]", "[]")),
    }
    facts = Facts([Policy()])
    everything = check(catalog(files), rules(), facts).findings
    assert {f.rule for f in everything} == {"missing-dependency", "unknown-spec-key", "missing-category"}
    asked = check(catalog(files), rules(), facts, Only([EC], [])).findings
    assert {f.rule for f in asked} == {"missing-dependency", "missing-category"}
