import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.templates.moves import Move, is_lower, moves, read_back
from assets_actions.templates.pins import Offer, Pins, apply
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted, find_tags

DIGEST = f"@sha256:{'0' * 64}"
IMAGE, REGEX, PACKAGE = ImageTag("a/b", None), ImageTag("a/b", r"x\d{2}"), PackageVersion("foo-bar", False)
PINS = Pins.model_validate(
    {
        "images": [
            {"image": "a/b", "reference": ":20260715.v1"},
            {"image": "a/b", "tag_regex": r"x\d{2}", "reference": f":x12{DIGEST}"},
            {"image": "c", "reference": DIGEST},
        ],
        "packages": [
            {"package": "foo-bar", "version": "1.60.0"},
            {"package": "foo-bar", "pre": True, "version": "1.61.0rc1"},
            {"package": "x", "version": "1!1.0+cpu"},
        ],
    }
)
TEMPLATE = """FROM a/b:{{latest-image-tag}} AS x
# a comment, foo-bar=={{latest-pypi-version}}
COPY --from=a/b:{{latest-image-tag:x\\d{2}}} /a /b
RUN pip install Foo_bar[y]=={{latest-pypi-version}} 'foo.bar~={{latest-pypi-version:pre}}' x=={{latest-pypi-version}}
COPY --from=c:{{latest-image-tag}} / /
RUN nothing
"""
ALL: list[tuple[Wanted, str]] = [
    (IMAGE, ":20260715.v1"),
    (PACKAGE, "1.60.0"),
    (REGEX, f":x12{DIGEST}"),
    (PACKAGE, "1.60.0"),
    (PackageVersion("foo-bar", True), "1.61.0rc1"),
    (PackageVersion("x", False), "1!1.0+cpu"),
    (ImageTag("c", None), DIGEST),
]


def back(template: str, pinned: str) -> list[tuple[Wanted, str]]:
    return list(read_back(template, pinned))


def key(pair: tuple[Wanted, str]) -> str:
    return f"{pair[0]} {pair[1]}"


def test_what_was_pinned_is_read_back() -> None:
    assert sorted(back(TEMPLATE, apply(TEMPLATE, PINS).text), key=key) == sorted(ALL, key=key)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n\n\n"])
def test_other_line_endings_and_edits_elsewhere_do_not_matter(ending: str) -> None:
    pinned = apply(TEMPLATE, PINS).text.splitlines()
    edited = ["# new", *pinned[3:], "RUN other", *pinned[:3], "FROM a/b", "FROM a/b:1"]
    assert sorted(back(TEMPLATE, ending.join(edited)), key=key) == sorted(ALL, key=key)


def test_a_line_that_changed_says_nothing() -> None:
    pinned = apply(TEMPLATE, PINS).text.replace(" AS x", " AS y").replace("RUN pip", "RUN  pip")
    assert IMAGE not in dict(back(TEMPLATE, pinned))
    assert sorted(back(TEMPLATE, pinned), key=key) == sorted([ALL[1], ALL[2], ALL[6]], key=key)


@pytest.mark.parametrize(
    ("template", "pinned", "answers"),
    [
        ("foo-bar=={{latest-pypi-version}}", "foo-bar==None", [(PACKAGE, "None")]),
        ("foo-bar=={{latest-pypi-version}}", "foo-bar==", []),
        ("foo-bar=={{latest-pypi-version}}", "foo-bar==1.0 # x", []),
        ("foo-bar=={{latest-pypi-version}}", "foo-bar=={{latest-pypi-version}}", []),
        ("foo-bar=={{latest-pypi-version}}", "foo-bar==1.0\nfoo-bar==2.0", [(PACKAGE, "1.0")]),
        ("FROM a/b:{{latest-image-tag}}", "FROM a/b\nFROM a/b:1", [(IMAGE, ":1")]),
        ("FROM a/b:{{latest-image-tag}}", f"FROM a/b:1{DIGEST}", [(IMAGE, f":1{DIGEST}")]),
        ("FROM a/b:{{latest-image-tag}}", "FROM a/b@sha256:12", []),
        ("FROM a/b:{{ latest-image-tag }}", "FROM a/b:1", []),
        ("é\udcff a/b:{{latest-image-tag}}", "é\udcff a/b:1", [(IMAGE, ":1")]),
        ("foo-bar==1.0\nfoo-bar=={{latest-pypi-version}}", "foo-bar==1.0\nfoo-bar==2.0", [(PACKAGE, "2.0")]),
    ],
)
def test_a_line_is_read_as_what_the_template_can_have_become(
    template: str, pinned: str, answers: list[tuple[Wanted, str]]
) -> None:
    assert back(template, pinned) == answers


def test_lines_that_differ_in_what_they_want_alone_are_told_by_their_order() -> None:
    template = "a/b:{{latest-image-tag:x}}\na/b:{{latest-image-tag:y}}\n"
    x, y = ImageTag("a/b", "x"), ImageTag("a/b", "y")
    assert back(template, "a/b:x1\nother\na/b:y1\n") == [(x, ":x1"), (y, ":y1")]
    assert back(template, "a/b:y1\n") == [], "it cannot be told whose this is"
    assert back(template, "a/b:x1\na/b:w1\na/b:y1\n") == []


def test_a_line_that_two_lines_can_have_become_says_nothing() -> None:
    template = "foo-bar=={{latest-pypi-version}}\nfoo-bar=={{latest-pypi-version:pre}}.1\n"
    assert back(template, "foo-bar==1.0\nfoo-bar==2.0.1\n") == [(PACKAGE, "1.0")]


PARTS = [
    "a/b:{{latest-image-tag}}",
    r"a/b:{{latest-image-tag:x\d{2}}}",
    "c:{{latest-image-tag}}",
    "unheard:{{latest-image-tag}}",
    ":{{latest-image-tag}}",
    "foo-bar=={{latest-pypi-version}}",
    "foo_bar=={{latest-pypi-version:pre}}",
    "foo_bar==1.0",
    "x=={{latest-pypi-version}}",
    "y=={{latest-pypi-version}}",
    "{{latest-nonsense}}",
    *("{{", "}}", " ", ".1", "a/b", "a/b:1", "==", "#", "x", "[y]", "\r", "\x85", "\u2028", "\x0b"),
]
LINES = st.lists(st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=5).map("".join), max_size=8)


@given(LINES)
def test_whatever_the_template_what_is_read_back_agrees_with_the_pins(lines: list[str]) -> None:
    template = "\n".join(lines)
    for wanted, answer in back(template, apply(template, PINS).text):
        assert PINS.answer(wanted) == answer


@given(LINES)
def test_all_tags_are_read_back_that_stand_on_lines_of_their_own(lines: list[str]) -> None:
    template = "\n".join(f"{number}> {' '.join(line.split())}" for number, line in enumerate(lines))
    applied = apply(template, PINS)
    unresolved = {template[: one.start].count("\n") for one in applied.unresolved if one.wanted}
    wanted = [
        tag.wanted.canonical
        for number, line in enumerate(template.splitlines())
        for tag in find_tags(line)
        if tag.wanted and all(not other.wanted or PINS.answer(other.wanted) for other in find_tags(line))
    ]
    assert unresolved or len(wanted) == len(applied.tags)
    assert sorted(str(one) for one, _ in back(template, applied.text)) == sorted(map(str, wanted))


@given(LINES, LINES)
def test_no_text_is_too_strange_to_be_read(one: list[str], other: list[str]) -> None:
    for wanted, answer in back("\n".join(one), "\n".join(other)):
        assert wanted == wanted.canonical
        assert answer


@pytest.mark.parametrize(
    ("template", "pinned"),
    [
        ("\n".join(f"p{n}=={{{{latest-pypi-version}}}}" for n in range(100)), "p1==1\n" * 10_000),
        (
            "\n".join(f"p=={{{{latest-pypi-version}}}} #{n}" for n in range(100)),
            "\n".join(f"p==1 {n}" for n in range(10_000)),
        ),
        (
            "\n".join(f"p=={{{{latest-pypi-version}}}} #{n}" for n in range(9000)),
            "\n".join(f"p==1 {n}" for n in range(9000)),
        ),
        ("p=={{latest-pypi-version}} " * 60 + "!", ("p==1 " * 390 + "\n") * 1000),
        ("p=={{latest-pypi-version}}!", "p==" + "1" * 1_000_000),
        ("p=={{latest-pypi-version}} " * 35_000, "p==1 " * 35_000),
        ("a:{{latest-image-tag}}!", "\n".join("a:" + "1" * 1900 + str(n) for n in range(500))),
    ],
    ids=["many lines", "all begin alike", "many of both", "many tags a line", "a long line", "long both", "long tags"],
)
def test_a_text_made_to_be_slow_is_read_within_a_second(template: str, pinned: str) -> None:
    began = time.process_time()
    back(template, pinned)
    assert time.process_time() - began < 1


def test_ten_thousand_lines_and_a_hundred_tags_are_read_and_not_given_up() -> None:
    template = "\n".join(f"p{n}=={{{{latest-pypi-version}}}}" for n in range(100))
    pinned = "\n".join(f"p{n}==1.{n}" for n in range(10_000))
    assert len(back(template, pinned)) == 100


# Moves


def before(wanted: Wanted, *answers: str) -> dict[Wanted, Counter[str]]:
    return {wanted: Counter(answers)}


def offer(wanted: Wanted, *available: str, **passed_over: str) -> dict[Wanted, Offer]:
    return {wanted: Offer(frozenset(available), {name.replace("_", "."): why for name, why in passed_over.items()})}


def test_where_nothing_moved_there_is_no_move() -> None:
    assert moves(PINS, before(PACKAGE, "1.60.0", "1.60.0"), {}) == {}
    assert moves(PINS, {}, {}) == {}
    assert moves(PINS, before(PackageVersion("gone", False), "1"), {}) == {}


@pytest.mark.parametrize(
    ("wanted", "old", "shown"),
    [
        (PACKAGE, ["1.59.0"], "1.59.0 → 1.60.0"),
        (PACKAGE, ["None"], "None → 1.60.0"),
        (PACKAGE, ["1.9", "1.10", "1.60.0"], "1.9, 1.10, 1.60.0 → 1.60.0"),
        (IMAGE, [":20260701.v1"], "20260701.v1 → 20260715.v1"),
        (IMAGE, [DIGEST], f"{DIGEST[1:]} → 20260715.v1"),
        (REGEX, [":x11"], f"x11 → x12{DIGEST}"),
    ],
)
def test_a_move_goes_from_all_that_was_released_to_the_pin(wanted: Wanted, old: list[str], shown: str) -> None:
    (move,) = moves(PINS, before(wanted, *old), {}).values()
    assert (str(move), move.is_downgrade, move.why) == (shown, False, None)


@pytest.mark.parametrize(
    ("wanted", "old", "offers", "why"),
    [
        (PACKAGE, "1.61", {}, None),
        (PACKAGE, "1.61", offer(PACKAGE, "1.61", **{"1_61": "yanked (bad)"}), "1.61 is yanked (bad)"),
        (PACKAGE, "1.61RC1", offer(PACKAGE, "1.61rc1", **{"1_61rc1": "a pre-release"}), "1.61rc1 is a pre-release"),
        (PACKAGE, "1.61", offer(PACKAGE, "1.60.0"), "1.61 is no longer there"),
        (IMAGE, ":20260801.v1", offer(IMAGE, **{"20260801_v1": "too young"}), "20260801.v1 is too young"),
        (IMAGE, ":20260801.v1", offer(IMAGE, "1"), "20260801.v1 is no longer there"),
        (IMAGE, f":3{'0' * 9}{DIGEST}", offer(IMAGE, "3000000000"), "3000000000 is still there, but `latest` leads elsewhere"),
        (REGEX, ":x13", offer(REGEX, "x13"), r"x13 is still there, but `x\d{2}` leads elsewhere"),
    ],
)  # fmt: skip
def test_a_downgrade_is_marked_and_explained(
    wanted: Wanted, old: str, offers: dict[Wanted, Offer], why: str | None
) -> None:
    after = PINS.answer(wanted)
    assert after
    assert moves(PINS, before(wanted, old), offers) == {wanted: Move((old,), after, True, why)}


def test_of_several_newer_answers_the_newest_is_explained() -> None:
    (move,) = moves(PINS, before(PACKAGE, "1.100", "1.61", "1.2"), offer(PACKAGE)).values()
    assert move == Move(("1.2", "1.61", "1.100"), "1.60.0", True, "1.100 is no longer there")


@pytest.mark.parametrize(
    ("wanted", "new", "old", "lower"),
    [
        (PACKAGE, "1.9", "1.10", True),
        (PACKAGE, "1.10", "1.9", False),
        (PACKAGE, "1.0rc1", "1.0", True),
        (PACKAGE, "1.0", "None", False),
        (PACKAGE, "1.0", "9" * 5000, False),
        (IMAGE, ":v9", ":v10", True),
        (IMAGE, ":v10", ":v9", False),
        (IMAGE, ":1", DIGEST, False),
        (IMAGE, DIGEST, ":1", False),
    ],
)
def test_what_is_lower_goes_by_numbers(wanted: Wanted, new: str, old: str, lower: bool) -> None:
    assert is_lower(wanted, new, old) is lower
