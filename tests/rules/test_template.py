"""Template tags in build contexts."""

import pytest

from assets_actions.templates.tags import ImageTag
from tests.rules.examples import (
    ADDER,
    ED,
    EE,
    NAME,
    Example,
    Files,
    Given,
    assert_alone,
    changed,
    context,
    dockerfile,
    each_bad,
    each_good,
    judge,
)  # fmt: skip

R = f"assets/{NAME}/context/requirements.txt"
MCR = "mcr.microsoft.com/azureml/openmpi"


def _listed(requirements: str, *files: str) -> Files:
    """An environment in which these files are listed as template files."""
    return changed(
        context(requirements_txt=requirements),
        EE,
        ("dir: context", f"dir: context\n    template_files: [{', '.join(files)}]"),
    )


BAD = [
    Example("unknown-template-tag", dockerfile(f"FROM {MCR}:{{{{latest-image-tga}}}}\n"), f"{ED}:1:40", "`latest-image-tga` is not a template tag; there are"),
    Example("unknown-template-tag", dockerfile(f"FROM {MCR}:{{{{latest-image-tag\n"), f"{ED}:1:40", "has no `}}` at its end"),
    Example("unknown-template-tag", dockerfile(f"FROM {MCR}:{{{{ latest-image-tag }}}}\n"), f"{ED}:1:40", "without spaces"),
    Example("unknown-template-tag", dockerfile("FROM {{latest-image-tag}}\n"), f"{ED}:1:6", "needs an image and a colon before it"),
    Example("unknown-template-tag", _listed("a=={{latest-pypi-version:final}}", "requirements.txt"), f"{R}:1:4", "takes `:pre` or nothing"),
    Example("unlisted-template-tag", context(requirements_txt="a\nb=={{latest-pypi-version}}\n"), f"{R}:2:4", "`b=={{latest-pypi-version}}` is not resolved in this file"),
    Example("unlisted-template-tag", context(requirements_txt="b=={{latest-pypi}}\n"), f"{R}:1:4", "`{{latest-pypi}}` is not resolved"),
    Example("unlisted-template-tag", changed(dockerfile(f"FROM {MCR}:{{{{latest-image-tag}}}}"), EE, ("dir: context", "dir: context\n    template_files: []")), f"{ED}:1:39", f"`{MCR}:{{{{latest-image-tag}}}}`"),
    Example("template-file-without-tag", _listed("a==1", "requirements.txt"), f"{EE}:6:22", "`requirements.txt` holds no template tag"),
    Example("template-file-without-tag", _listed("a=={{latest-pypi-version}}", "requirements.txt", "Dockerfile"), f"{EE}:6:40", "`Dockerfile` holds no"),
    Example("template-regex", dockerfile(f"FROM {MCR}:{{{{latest-image-tag:(?!x).*}}}}"), f"{ED}:1:39", "`(?!x).*` is no regular expression of RE2"),
    Example("template-regex", dockerfile(f"FROM {MCR}:{{{{latest-image-tag:(a}}}}"), f"{ED}:1:39", "missing )"),
    Example("image-host", dockerfile("FROM example.com/a:{{latest-image-tag}}"), f"{ED}:1:19", "`example.com/a` is an image of example.com, which is not among: mcr.microsoft.com"),
    Example("image-host", dockerfile("FROM ubuntu:{{latest-image-tag}}"), f"{ED}:1:12", "`ubuntu` is an image of docker.io"),
    Example("image-host", dockerfile("FROM scratch\nCOPY --from=localhost:5000/a:{{latest-image-tag:x}} / /"), f"{ED}:2:29", "is an image of localhost:5000"),
    Example("image-host", dockerfile("FROM mcr.microsoft.com.evil.example/a:{{latest-image-tag}}"), f"{ED}:1:38", "mcr.microsoft.com.evil.example"),
    Example("template-tag-in-comment", dockerfile(f"# {MCR}:{{{{latest-image-tag}}}}\nFROM scratch\n"), f"{ED}:1:36", f"`{MCR}:{{{{latest-image-tag}}}}` stands in a comment"),
    Example("template-tag-in-comment", dockerfile("FROM scratch\n# {{latest-x}}\n"), f"{ED}:2:3", "`{{latest-x}}` stands in a comment"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "an image": dockerfile(f"FROM {MCR}:{{{{latest-image-tag}}}}\n"),
    "an image with a regex whose braces come in pairs": dockerfile(f"FROM {MCR}:{{{{latest-image-tag:\\d{{8}}\\.v\\d+}}}}\n"),
    "packages": _listed("a=={{latest-pypi-version}} b[x]>={{latest-pypi-version:pre}}\n", "requirements.txt"),
    "a tag in a comment of a file that is not listed": context(requirements_txt="a # {{latest-pypi-version}} ex.com/x:{{latest-image-tag:(}}\n"),
    "other braces": context(requirements_txt="a=={{version}}\n"),
    "outside of a build context": {**ADDER, "assets/adder/src/x.txt": "a=={{latest-pypi-version}}\n"},
    "no template file at all": changed(context(), EE, ("dir: context", "dir: context\n    template_files: []")),
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("ubuntu", "docker.io"),
        ("library/ubuntu", "docker.io"),
        ("localhost/a", "localhost"),
        ("localhost", "docker.io"),
        ("a:5000/b/c", "a:5000"),
        ("mcr.microsoft.com/a/b", "mcr.microsoft.com"),
        ("example.com", "docker.io"),
        ("${REGISTRY}/a", "docker.io"),
        ("x@mcr.microsoft.com/a", "x@mcr.microsoft.com"),
    ],
)
def test_the_host_of_an_image_is_its_first_part_where_that_looks_like_one(image: str, host: str) -> None:
    assert ImageTag(image, None).host == host
