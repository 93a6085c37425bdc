"""Build contexts of environments."""

from tests.rules.examples import (
    ADDER,
    ED,
    NAME,
    Example,
    Files,
    Given,
    assert_alone,
    context,
    dockerfile,
    each_bad,
    each_good,
    judge,
)

R = f"assets/{NAME}/context/requirements.txt"
BAD = [
    Example("disallowed-index", context(requirements_txt="a\n--extra-index-url https://x\n"), f"{R}:2:1", "`--extra-index-url` lets"),
    Example("disallowed-index", dockerfile("FROM scratch\nRUN pip install --extra-index-url=https://x a\n"), f"{ED}:2:17", "--extra-index-url"),
    Example("disallowed-index", dockerfile("FROM scratch\nENV PIP_EXTRA_INDEX_URL https://x\n"), f"{ED}:2:5", "`PIP_EXTRA_INDEX_URL` lets"),
    Example("disallowed-index", context(pip_conf="[global]\nextra-index-url = https://x\n"), f"assets/{NAME}/context/pip.conf:2:1", "`extra-index-url` lets"),
    Example("disallowed-index", {**context(), f"assets/{NAME}/context/deep/down/x": "extra_index_url: y"}, f"assets/{NAME}/context/deep/down/x:1:1", "extra_index_url"),
    *(
        Example("disallowed-index", context(requirements_txt=f"# pinned below{end}--extra-index-url https://x\n"), f"{R}:{place}", "`--extra-index-url` lets")
        for end, place in (("\u2028", "1:16"), ("\r", "2:1"), ("\x0c", "1:16"), ("\x85", "1:16"))
    ),
    *(
        Example("disallowed-index", context(requirements_txt=f"{text}\n"), f"{R}:1:1", "lets a public package")
        for text in ("--extra-index\\\n-url https://x", "--extra-index https://x", "--extra https://x", '--extra-index"-url" x', "UV_EXTRA_INDEX_URL=x")
    ),
    Example("disallowed-index", {**context(), R: "a\n--extra-index-url x\n".encode("utf-16")}, f"{R}:2:1", "`--extra-index-url` lets"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "the one index": context(requirements_txt="--index-url https://x\n"),
    "a comment": context(requirements_txt="# no --extra-index-url here\n  \t# --extra-index-url\n"),
    "an extra of another tool": context(x_sh="uv sync --extra dev\n"),
    "a longer word": context(x_txt="myextra-index-url\n"),
    "outside of a build context": {**ADDER, "assets/adder/src/requirements.txt": "--extra-index-url https://x\n"},
    "a binary": {**context(), f"assets/{NAME}/context/x": b"\xff\xfe--\x00extra"},
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
