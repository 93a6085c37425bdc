"""What an image holds, read from what programs print."""

import pytest

from assets_actions.building.image import Package, read_os, read_packages, read_scan
from assets_actions.building.verdict import local_name, other_platform


def test_packages_are_read_and_sorted() -> None:
    text = '[{"name": "b", "version": "2"}, {"name": "a", "version": "1", "channel": "x"}]'
    assert read_packages(text, "pip") == [Package("a", "1", "pip"), Package("b", "2", "pip")]


@pytest.mark.parametrize("text", ["", "no json", "{}", "3", '[{"name": "a"}]', "[[]]", "[" * 100_000])
def test_what_is_no_list_of_packages_is_none(text: str) -> None:
    assert read_packages(text, "pip") == []


def test_an_os_release_is_read_with_its_quotes() -> None:
    text = '# x\nID=ubuntu\nVERSION_ID="20.04"\nPRETTY_NAME=\'Ubuntu 20.04 LTS\'\nBAD="\nnothing\n'
    assert read_os(text) == {"ID": "ubuntu", "VERSION_ID": "20.04", "PRETTY_NAME": "Ubuntu 20.04 LTS", "BAD": '"'}


def test_vulnerabilities_are_counted_by_severity() -> None:
    text = '{"Results": [{"Vulnerabilities": [{"Severity": "HIGH"}, {"Severity": "HIGH"}, {}]}, {"Vulnerabilities": null}, {}]}'
    assert read_scan(text) == {"high": 2, "unknown": 1}
    assert read_scan('{"Results": null}') == {}
    assert read_scan("[]") is None
    assert read_scan("x") is None


def test_an_image_has_a_name_that_the_engine_takes() -> None:
    assert local_name("environment/SkLearn-1.7+x_y") == "assets-actions/sklearn-1-7-x-y:latest"


def test_an_image_for_another_platform_is_told() -> None:
    assert other_platform("linux/amd64", "linux/amd64") is None
    assert other_platform("linux/arm64", "linux/arm64/v8") is None
    assert other_platform("linux/amd64", "linux/arm64") == "the image is for linux/amd64, not for linux/arm64"
