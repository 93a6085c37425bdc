"""What assets refer to of each other."""

from assets_actions.release.history import Released
from tests.conftest import component
from tests.rules.examples import (
    ADDER,
    ENV,
    Example,
    Files,
    Given,
    S,
    appended,
    assert_alone,
    each_bad,
    each_good,
    judge,
)


def _chain(*uses: tuple[str, str]) -> Files:
    """Components a, b and c; each pair: one that uses another."""
    files: dict[str, str | bytes] = {}
    for name in "abc":
        files |= component(name)
        jobs = "".join(f"  {used}: {{component: azureml:{used}:1}}\n" for user, used in uses if user == name)
        files[f"assets/{name}/spec.yaml"] += f"jobs:\n{jobs}" if jobs else ""  # type: ignore[operator]
    return files


GONE = Released({"component/gone"}, {}, {})
BAD = [
    Example("missing-dependency", appended(ADDER, S, "environment: azureml:none:1\n"), f"{S}:6:14", "`azureml:none:1`: there is no environment/none in this repository"),
    Example("missing-dependency", appended(ADDER, S, "environment: azureml:none@latest\n"), f"{S}:6:14", "environment/none"),
    Example("missing-dependency", appended(ADDER, S, "jobs:\n  a: {component: azureml:none}\n"), f"{S}:7:18", "component/none"),
    Example("missing-dependency", appended(ADDER, S, 'task: {environment: "azureml:none:{{asset.version}}"}\n'), f"{S}:6:21", "environment/none"),
    # What was removed is missing as well; of the two rules, this one knows that users have it.
    Example(
        "removed-dependency",
        Given(appended(ADDER, S, "jobs:\n  a: {component: azureml:gone:1}\n"), released=GONE),
        f"{S}:7:18",
        "`azureml:gone:1`: component/gone is released, and no longer in this repository",
    ),
    Example("dependency-cycle", _chain(("a", "a")), "assets/a/spec.yaml:7:18", "`azureml:a:1` closes a circle: component/a → component/a"),
    Example("dependency-cycle", _chain(("a", "b"), ("b", "a")), "assets/a/spec.yaml:7:18", "component/a → component/b → component/a"),
    Example("dependency-cycle", _chain(("a", "b"), ("b", "c"), ("c", "a")), "assets/a/spec.yaml:7:18", "component/a → component/b → component/c → component/a"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "an environment of this repository": appended({**ADDER, **ENV}, S, "environment: azureml:sklearn-1.7:7\n"),
    "a label": appended({**ADDER, **ENV}, S, "environment: azureml:sklearn-1.7@latest\n"),
    "references to a registry": appended(
        ADDER, S, "environment: azureml://registries/r/environments/none/versions/1\n"
    ),
    "a name under another key": appended(
        ADDER, S, "description: azureml:none:1\ninputs: {a: {default: azureml:none:1}}\n"
    ),
    "an environment that is written out": appended(
        ADDER, S, "environment: {image: x}\njobs: {a: {component: ./a.yaml}}\n"
    ),
    "a text that only holds a reference": appended(ADDER, S, "environment: see azureml:none:1\n"),
    "a list of texts": appended(ADDER, S, "py_files: [azureml:none:1]\n"),
    "a chain": _chain(("a", "b"), ("b", "c"), ("a", "c")),
    "what was removed and nobody needs": Given(ADDER, released=GONE),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_each_of_several_circles_is_found() -> None:
    findings = judge(_chain(("a", "a"), ("b", "c"), ("c", "b"))).findings
    assert [(finding.rule, finding.asset) for finding in findings] == [
        ("dependency-cycle", "component/a"),
        ("dependency-cycle", "component/b"),
    ]


def test_of_a_maze_of_circles_only_the_first_are_shown() -> None:
    names = [f"x{number}" for number in range(12)]
    jobs = "".join(f"  {used}: {{component: azureml:{used}:1}}\n" for used in names)
    files: dict[str, str | bytes] = {}
    for name in names:
        files |= appended(component(name), f"assets/{name}/spec.yaml", f"jobs:\n{jobs}")
    assert [finding.rule for finding in judge(files).findings] == ["dependency-cycle"] * 20
