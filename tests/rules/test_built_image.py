"""Built images: what their logs say, and what they hold."""

import datetime

import pytest

from assets_actions.building.image import Contents, Package
from assets_actions.building.log import Line
from assets_actions.rules import rules
from assets_actions.rules.policy import BuiltImages, Policy
from tests.rules.examples import ED, TODAY, Example, Files, Given, assert_alone, dockerfile, each_bad, each_good, judge

STAGES = "FROM scratch AS a\nRUN x\nFROM ubuntu:20.04\n# installs\nRUN \\\n  pip install y\n"
CORE, ML = Package("azureml_core", "1.60.0", "pip"), Package("azure-ai-ml", "1.30.0", "conda")
CONFLICT = "a 1.0 requires b<2, but you have b 3.0 which is incompatible."


def _image(contents: Contents, *log: Line, policy: Policy | None = None) -> Given:
    return Given(dockerfile(STAGES), policy=policy or Policy(), image=contents, log=log)


def _ubuntu(version: str) -> Contents:
    return Contents(os={"ID": "ubuntu", "VERSION_ID": version, "PRETTY_NAME": f"Ubuntu {version} LTS"})


def _settings(**settings: object) -> Policy:
    return Policy(built_images=BuiltImages.model_validate(settings))


BAD = [
    Example(
        "python-end-of-life",
        _image(Contents(python="3.9.18")),
        f"{ED}:3:1",
        "the image has Python 3.9, whose support ended on 2025-10-31",
    ),
    Example(
        "distribution-end-of-life",
        _image(_ubuntu("20.04")),
        f"{ED}:3:1",
        "the image is based on Ubuntu 20.04 LTS, whose support ended on 2025-05-29",
    ),
    Example(
        "distribution-end-of-life",
        _image(Contents(os={"ID": "own", "VERSION_ID": "1"}), policy=_settings(distribution_end_of_life={"own 1": "2026-11-22"})),
        f"{ED}:3:1",
        "the image is based on own 1, whose support ended on 2026-11-22",
    ),
    Example(
        "packages-exclude-each-other",
        _image(Contents(packages=[CORE, ML])),
        f"{ED}:3:1",
        "the image holds azureml_core 1.60.0 and azure-ai-ml 1.30.0, which exclude each other",
    ),
    Example("build-log", _image(Contents(), Line(4, CONFLICT)), f"{ED}:5:1", f"the log says: {CONFLICT}"),
    Example(
        "build-log",
        _image(Contents(), Line(2, "warn: x"), Line(2, "warn: x"), policy=_settings(log_patterns=["^warn"])),
        f"{ED}:2:1",
        "the log says: warn: x",
    ),
    Example(
        "known-vulnerability",
        _image(Contents(vulnerabilities={"critical": 1, "high": 2, "low": 9})),
        f"{ED}:3:1",
        "known vulnerabilities: 1 critical, 2 high",
    ),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "nothing is known of it": _image(Contents()),
    "what is supported": _image(Contents({"ID": "ubuntu", "VERSION_ID": "24.04"}, "3.12.4")),
    "a Python and a distribution that the table lacks": _image(Contents({"ID": "own", "VERSION_ID": "1"}, "3.99.0")),
    "what the settings say is supported": _image(
        Contents({"ID": "ubuntu", "VERSION_ID": "20.04"}, "3.9.1"),
        policy=_settings(distribution_end_of_life={"ubuntu 20.04": None}, python_end_of_life={"3.9": "2027-01-01"}),
    ),
    "its last day": _image(_ubuntu("20.04"), policy=_settings(distribution_end_of_life={"ubuntu 20.04": TODAY})),
    "one generation of the SDK": _image(Contents(packages=[ML])),
    "no packages that exclude each other": _image(Contents(packages=[CORE, ML]), policy=_settings(exclusive_packages=[])),
    "a line of the builder, which quotes the Dockerfile": _image(
        Contents(), Line(4, f"Step 4/4 : RUN echo '{CONFLICT}'")
    ),
    "vulnerabilities that do not count": _image(Contents(vulnerabilities={"medium": 3})),
    "a scan that finds nothing": _image(Contents(vulnerabilities={})),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_validate_neither_runs_these_rules_nor_says_that_it_skips_them() -> None:
    verdict = judge(Given(dockerfile(STAGES)))
    assert not {skipped.rule for skipped in verdict.skipped} & {r.id for r in rules() if r.group == "built-image"}


def test_of_a_log_that_says_it_over_and_over_the_first_lines_are_told() -> None:
    log = [Line(2, f"a {number} requires b, but you have b 1 which is incompatible.") for number in range(50)]
    assert len(judge(_image(Contents(), *log)).findings) == 10


def test_a_day_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="python_end_of_life"):
        _settings(python_end_of_life={"3.9": "soon"})
    known = _settings(python_end_of_life={"3.9": "2030-01-01"}).built_images.python_end_of_life
    assert known["3.9"] == datetime.date(2030, 1, 1)
    assert known["3.8"] == datetime.date(2024, 10, 7)
