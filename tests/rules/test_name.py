"""What assets are called."""

from assets_actions.rules import rules
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Facts, check
from tests.conftest import component
from tests.rules.examples import (
    EC,
    EE,
    ENV,
    MODEL,
    MS,
    RESULT,
    Example,
    Files,
    Given,
    assert_alone,
    changed,
    each_bad,
    each_good,
    judge,
    named,
    of_type,
)  # fmt: skip
from tests.trees import catalog


def _called(rule: str, name: str, message: str) -> Example:
    return Example(rule, named(name), f"assets/{name}/asset.yaml:1:7", message)


def _model(name: str) -> Files:
    return changed(MODEL, MS, ("name: m\n", f"name: {name}\n"))


X = "assets/x/asset.yaml:2:7"
LONG = "a" * 256
BAD = [
    Example("invalid-name", component("Adder"), "assets/Adder/spec.yaml:2:7", "than the name of a component may: lower-case"),
    Example("invalid-name", component("1st"), "assets/1st/spec.yaml:2:7", "a letter first"),
    Example("invalid-name", component(LONG), f"assets/{LONG}/spec.yaml:2:7", "the name has 256 characters; 255 are allowed"),
    Example("invalid-name", of_type("data", "D"), X, "the name of a data asset may"),
    Example("invalid-name", _model("1st"), f"{MS}:1:7", "than the name of a model may: letters"),
    _called("invalid-name", "sklearn-1.7-a_b", "than the name of an environment may: lower-case letters, digits, `.` and `-`"),
    Example("forbidden-word", component("my-azureml"), "assets/my-azureml/spec.yaml:2:7", "holds `azureml`, which no name of a component may"),
    Example("forbidden-word", component("my-azure"), "assets/my-azure/spec.yaml:2:7", "holds `azure`"),
    Example("forbidden-word", component("yaml-tool"), "assets/yaml-tool/spec.yaml:2:7", "holds `aml`"),
    Example("forbidden-word", component("microsoft-x"), "assets/microsoft-x/spec.yaml:2:7", "holds `microsoft`"),
    Example("forbidden-word", component("a-component"), "assets/a-component/spec.yaml:2:7", "holds `component`"),
    Example("forbidden-word", of_type("data", "database"), X, "holds `data`, which no name of a data asset may"),
    Example("forbidden-word", _model("MyAzure"), f"{MS}:1:7", "holds `azure`"),
    Example("forbidden-word", _model("x-Azure-x"), f"{MS}:1:7", "holds `azure`"),
    _called("forbidden-word", "sklearn-1.7-ubuntu", "holds `ubuntu`, which no name of an environment may"),
    _called("forbidden-word", "sklearn-1.7-cpu", "holds `cpu`"),
    _called("missing-framework", "env-1", "names no framework (pytorch, sklearn, tensorflow)"),
    _called("missing-framework-version", "sklearn", "names a framework without its version"),
    _called("missing-framework-version", "sklearn1.7", "names a framework without its version"),
    _called("missing-framework-version", "pytorch-latest", "names a framework without its version"),
    _called("missing-os-version", "sklearn-1.7-debian", "names an operating system without its version"),
    _called("missing-os-version", "sklearn-1.7-win", "names an operating system without its version"),
    _called("python-version-in-name", "sklearn-1.7-py311", "holds a Python version, `py311`"),
    _called("missing-gpu-driver-version", "pytorch-2.8-cuda", "names a GPU driver without its version"),
    _called("missing-gpu-driver-version", "pytorch-2.8-nccl-2", "names a GPU driver without its version"),
    _called("gpu-and-driver", "pytorch-2.8-cuda12-gpu", "holds both `gpu` and a GPU driver"),
    _called("name-order", "debian12-sklearn-1.7", "the parts of `debian12-sklearn-1.7` are out of order"),
    _called("name-order", "gpu-pytorch-2.8", "out of order"),
    _called("name-order", "pytorch-2.8-cuda12-debian12", "out of order"),
    _called("name-order", "pytorch-2.8-gpu-x-debian12", "out of order"),
    Example(
        "folder-name",
        changed(changed(ENV, EC, ("sklearn-1.7", "sklearn-1.8")), EE, ("sklearn-1.7", "sklearn-1.8")),
        f"{EC}:1:7",
        "`sklearn-1.8` stands in a folder that is called `sklearn-1.7`",
    ),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    **{
        f"environment {name}": named(name)
        for name in (
            "sklearn-1.7-darwin",  # `win` inside a word is no operating system
            "sklearn-1.7-win10",
            "sklearn-1.7-debian12",
            "tensorflow-2-centos7.9",
            "pytorch-2.8-cuda12.4",
            "pytorch-2.8-nccl2",
            "pytorch-2.8-gpu",
            "pytorch-2.8-debian12-gpu",
            "pytorch-2.8-training-gpu",  # other words may stand between
            "acft-pytorch-2.8",
            "sklearn-1.7-py3x",
            "pytorch-2.8-gpux-debian12",
        )
    },
    "no Ubuntu and CPU in environments alone": component("ubuntu-cpu"),
    "a component in lower case with all characters": component("a_b-c.d0"),
    "255 characters": component("a" * 255),
    "a model of Azure": _model("Azure-x-azureml"),
    "a model of Microsoft, in upper and lower case": _model("Microsoft_Phi-4.x"),
    "an evaluation result of Microsoft": changed(RESULT, "assets/r/spec.yaml", ("name: r", "name: microsoft-r")),
    "an excepted name": Given(component("My-azure"), policy=Policy.model_validate({"names": {"exceptions": ["component/My-.*"]}})),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_an_environment_at_the_root_of_a_repository_has_no_folder_to_be_called_like() -> None:
    files = {path.removeprefix("assets/sklearn-1.7/"): text for path, text in ENV.items()}
    found = check(catalog(files, directories=[""]), rules(), Facts([Policy()])).findings
    assert found == []
