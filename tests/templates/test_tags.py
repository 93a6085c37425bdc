import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted, find_tags, is_loopback, splice


def wanted(text: str, path: str = "Dockerfile") -> list[Wanted | None]:
    return [tag.wanted for tag in find_tags(text, path)]


@pytest.mark.parametrize(
    ("text", "image", "regex"),
    [
        ("FROM mcr.example/a/b:{{latest-image-tag}}", "mcr.example/a/b", None),
        (r"FROM mcr.example/a:{{latest-image-tag:monthly\.\d{6}}}", "mcr.example/a", r"monthly\.\d{6}"),
        (r"FROM a:{{latest-image-tag:x{2}y{3}}}", "a", "x{2}y{3}"),
        (r"FROM a:{{latest-image-tag:\{x\}}} AS b", "a", r"\{x\}"),
        ("ARG BASE=host:5000/a:{{latest-image-tag}}", "host:5000/a", None),
        ("FROM ${BASE:-a/b:{{latest-image-tag}}}", "${BASE:-a/b", None),
        ('FROM "a:{{latest-image-tag}}"', "a", None),
        ("COPY --from=a:{{latest-image-tag}} /x /y", "a", None),
    ],
)
def test_an_image_tag_asks_for_its_image_and_regex(text: str, image: str, regex: str | None) -> None:
    assert wanted(text) == [ImageTag(image, regex)]


@pytest.mark.parametrize(
    ("image", "host", "repository"),
    [
        ("mcr.microsoft.com/a/b", "mcr.microsoft.com", "a/b"),
        ("ubuntu", "docker.io", "library/ubuntu"),
        ("somebody/image", "docker.io", "somebody/image"),
        ("docker.io/library/ubuntu", "docker.io", "library/ubuntu"),
        ("docker.io/ubuntu", "docker.io", "library/ubuntu"),
        ("localhost/a", "localhost", "a"),
        ("host:5000/a", "host:5000", "a"),
        ("a.b", "docker.io", "library/a.b"),
        ("mcr.microsoft.com@evil.io/x", "mcr.microsoft.com@evil.io", "x"),
        ("MCR.microsoft.com/x", "MCR.microsoft.com", "x"),
        ("localhost.evil/x", "localhost.evil", "x"),
    ],
)
def test_an_image_has_its_registry_and_its_name_there(image: str, host: str, repository: str) -> None:
    tag = ImageTag(image, None)
    assert (tag.host, tag.repository) == (host, repository)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1", True),
        ("127.1.2.3:80", True),
        ("[::1]", True),
        ("[::1]:5000", True),
        ("127.0.0.1.evil.io", False),
        ("127.0.0.1.evil.io:80", False),
        ("localhost.evil.io", False),
        ("localhost:80@evil.io", False),
        ("127.0.0.1@evil.io:80", False),
        ("x127.0.0.1", False),
        ("127.0.0.1\n", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_this_machine_alone_may_be_asked_without_encryption(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


@pytest.mark.parametrize(
    ("text", "package", "pre"),
    [
        ("pandas=={{latest-pypi-version}}", "pandas", False),
        ("  - pandas=={{latest-pypi-version:pre}}", "pandas", True),
        ("azureml_core[a,b]~={{latest-pypi-version}}", "azureml_core", False),
        ("RUN pip install 'x.y-z>={{latest-pypi-version}}' other", "x.y-z", False),
        ("pandas == {{latest-pypi-version}} ; python_version > '3'", "pandas", False),
        ("  - python-dateutil={{latest-pypi-version}}", "python-dateutil", False),
        ("a==={{latest-pypi-version}}", "a", False),
        ("a [x] <= {{latest-pypi-version}}", "a", False),
    ],
)
def test_a_package_version_asks_for_its_package(text: str, package: str, pre: bool) -> None:
    assert wanted(text, "requirements.txt") == [PackageVersion(package, pre)]


def test_several_tags_on_a_line_are_several_tags() -> None:
    text = r"FROM a:{{latest-image-tag:x\d{2}}} AS b && pip install c=={{latest-pypi-version}} d~={{latest-pypi-version:pre}}"
    assert wanted(text) == [ImageTag("a", r"x\d{2}"), PackageVersion("c", False), PackageVersion("d", True)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FROM {{latest-image-tag}}", "needs an image and a colon"),
        ("FROM a:{{latest-image-tag:}}", "is not of the form"),
        ("FROM a:{{ latest-image-tag }}", "is not of the form"),
        ("FROM a:{{latest-image-tag}", "has no `}}`"),
        ("FROM a:{{latest-image-tag:x{2}}", "has no `}}`"),
        ("FROM a:{{latest-image-tag:x\n}}", "has no `}}`"),
        ("FROM a:{{latest-tag}}", "`latest-tag` is not a template tag"),
        ("{{latest-pypi-version}}", "needs a package and an operator"),
        ("a=={{latest-pypi-version:beta}}", "takes `:pre` or nothing"),
    ],
)
def test_what_looks_like_a_tag_and_is_none_says_why(text: str, problem: str) -> None:
    (tag,) = find_tags(text)
    assert tag.wanted is None
    assert tag.problem
    assert tag.problem.startswith(problem)


@pytest.mark.parametrize(
    ("text", "path", "comments"),
    [
        ("# a=={{latest-pypi-version}}\nb=={{latest-pypi-version}}\n", "Dockerfile", [True, False]),
        ("   # a=={{latest-pypi-version}}", "Dockerfile", [True]),
        ("a==1 # a=={{latest-pypi-version}}", "requirements.txt", [True]),
        ("a==1 # a=={{latest-pypi-version}}", "env.yaml", [True]),
        ("RUN x '#' && pip install a=={{latest-pypi-version}}", "Dockerfile", [False]),
        ("RUN echo a #b && pip install a=={{latest-pypi-version}}", "Dockerfile", [False]),
        ("git+https://x#egg=a=={{latest-pypi-version}}", "requirements.txt", [False]),
    ],
)
def test_comments_are_known_as_such(text: str, path: str, comments: list[bool]) -> None:
    assert [tag.in_comment for tag in find_tags(text, path)] == comments


def test_other_peoples_tags_are_not_ours() -> None:
    assert wanted("${{parent.inputs.x}} {{image.name}} {{asset.version}} {{ other }}") == []


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=6), st.text(max_size=5))
def test_splicing_replaces_the_spans_and_nothing_else(pairs: list[tuple[str, str]], tail: str) -> None:
    text, wanted_text, edits = "", "", []
    for number, (kept, replaced) in enumerate(pairs):
        text += kept
        edits.append((len(text), len(text) + len(replaced), str(number)))
        text += replaced
        wanted_text += kept + str(number)
    assert splice(text + tail, reversed(edits)) == wanted_text + tail


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    for tag in find_tags("x:{{latest-image-tag:" + text + "\n a=={{latest-" + text):
        assert tag.start < tag.end
        assert (tag.wanted is None) == (tag.problem is not None)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 900_000 + "{{latest-pypi-version}}",
        "a" * 900_000,
        "a=={{latest-pypi-version}} " * 35_000,
        "{{latest-" * 100_000,
        "a:{{latest-image-tag:" + "{" * 900_000,
        "a:{{latest-image-tag:{\\" * 40_000,
    ],
    ids=["a long word", "a long line", "many tags", "many openings", "braces", "braces and escapes"],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    started = time.monotonic()
    list(find_tags(text, "requirements.txt"))
    assert time.monotonic() - started < 10, "linear takes about one second; what is quadratic takes minutes"
