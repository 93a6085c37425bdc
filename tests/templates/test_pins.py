import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assets_actions.templates.pins import Pins, apply
from assets_actions.templates.tags import ImageTag, PackageVersion, Wanted

DIGEST = f"@sha256:{'0' * 64}"
PINS = Pins.model_validate(
    {
        "version": 1,
        "resolved_at": "ignored",
        "images": [
            {"image": "a/b", "tag_regex": None, "reference": ":20260715.v1", "digest": "ignored"},
            {"image": "a/b", "tag_regex": r"x\d{2}", "reference": ":x12"},
            {"image": "c", "reference": DIGEST},
        ],
        "packages": [
            {"package": "azureml-core", "pre": False, "version": "1.60.0"},
            {"package": "azureml-core", "pre": True, "version": "1.61.0rc1"},
            {"package": "Foo_bar", "version": "1.0.post1"},
        ],
    }
)


def test_each_tag_gets_its_own_pin_and_all_else_stays() -> None:
    text = (
        "FROM a/b:{{latest-image-tag}} AS x\r\n"
        "COPY --from=a/b:{{latest-image-tag:x\\d{2}}} /a /b\t \n"
        "FROM c:{{latest-image-tag}}\n"
        "RUN pip install 'azureml-core[x]=={{latest-pypi-version}}' azureml-core~={{latest-pypi-version:pre}}  # ok"
    )
    applied = apply(text, PINS)
    assert applied.unresolved == []
    assert applied.text == (
        "FROM a/b:20260715.v1 AS x\r\n"
        "COPY --from=a/b:x12 /a /b\t \n"
        f"FROM c{DIGEST}\n"
        "RUN pip install 'azureml-core[x]==1.60.0' azureml-core~=1.61.0rc1  # ok"
    )


def test_a_package_is_known_by_any_spelling_of_its_name() -> None:
    for name in ("Foo_bar", "foo-BAR", "foo.bar"):
        assert PINS.answer(PackageVersion(name, False)) == "1.0.post1"


def test_of_all_pins_those_can_be_had_that_are_wanted() -> None:
    wanted: list[Wanted] = [ImageTag("a/b", None), PackageVersion("foo.bar", False), PackageVersion("other", False)]
    assert PINS.only(wanted) == Pins(resolved_at="ignored", images=PINS.images[:1], packages=PINS.packages[2:])


def test_a_tag_and_its_digest_can_be_pinned_together() -> None:
    pins = Pins.model_validate({"images": [{"image": "a/b", "reference": f":1{DIGEST}"}]})
    assert apply("FROM a/b:{{latest-image-tag}} AS x", pins).text == f"FROM a/b:1{DIGEST} AS x"


def test_more_pins_can_stand_beside_some_in_the_order_of_their_names() -> None:
    more = Pins.model_validate(
        {
            "resolved_at": "before",
            "images": [{"image": "a/a", "reference": ":1"}, {"image": "a/b", "tag_regex": "a", "reference": ":2"}],
            "packages": [{"package": "b", "version": "1"}],
        }
    )
    both = PINS.with_more(more, "now")
    assert both.resolved_at == "now"
    assert [(pin.image, pin.tag_regex) for pin in both.images] == [
        ("a/a", None),
        ("a/b", None),
        ("a/b", "a"),
        ("a/b", r"x\d{2}"),
        ("c", None),
    ]
    assert [pin.package for pin in both.packages] == ["Foo_bar", "azureml-core", "azureml-core", "b"]
    assert both.answer(ImageTag("a/b", "a")) == ":2"
    assert both == more.with_more(PINS, "now")
    with pytest.raises(ValidationError, match="two different"):
        PINS.with_more(Pins.model_validate({"images": [{"image": "c", "reference": ":1"}]}), "now")


def test_an_image_is_known_by_name_and_regex_together() -> None:
    assert PINS.answer(ImageTag("a/b", r"x\d{3}")) is None
    assert PINS.answer(ImageTag("b", None)) is None


def test_what_no_pin_is_known_for_is_told_and_stays_as_it_was() -> None:
    text = (
        "FROM q:{{latest-image-tag}}\nx=={{latest-pypi-version}}\nFROM a/b:{{latest-image-tag}}\n{{latest-image-tag}}\n"
    )
    applied = apply(text, PINS)
    assert applied.text == text.replace("a/b:{{latest-image-tag}}", "a/b:20260715.v1")
    assert [text[tag.start : tag.end] for tag in applied.unresolved] == [
        ":{{latest-image-tag}}",
        "{{latest-pypi-version}}",
        "{{latest-image-tag}}",
    ]
    assert [tag.message for tag in applied.unresolved] == [
        "`q:{{latest-image-tag}}` is not in the pins",
        "`x=={{latest-pypi-version}}` is not in the pins",
        "`{{latest-image-tag}}` needs an image and a colon before it: `registry/image:{{latest-image-tag}}`",
    ]


def test_a_tag_in_a_comment_is_resolved_where_it_can_be_and_nobodys_error_where_not() -> None:
    text = "# azureml-core=={{latest-pypi-version}}\n# unheard-of=={{latest-pypi-version}}\n# {{latest-nonsense}}\n"
    applied = apply(text, PINS, "requirements.txt")
    assert applied.text == text.replace("azureml-core=={{latest-pypi-version}}", "azureml-core==1.60.0")
    assert applied.unresolved == []


def test_only_the_part_that_counts_is_looked_at() -> None:
    text = "name: a/b:{{latest-image-tag}}\nnote: a/b:{{latest-image-tag}}\n"
    applied = apply(text, PINS, within=slice(6, 30))
    assert applied.text == "name: a/b:20260715.v1\nnote: a/b:{{latest-image-tag}}\n"


@pytest.mark.parametrize(
    ("pins", "message"),
    [
        ({"packages": [{"package": "a", "version": "None"}]}, "not a version"),
        ({"packages": [{"package": "a", "version": ""}]}, "not a version"),
        ({"packages": [{"package": "a", "version": "1 && rm -rf /"}]}, "not a version"),
        ({"images": [{"image": "a", "reference": "latest"}]}, "neither"),
        ({"images": [{"image": "a", "reference": ":a b"}]}, "neither"),
        ({"images": [{"image": "a", "reference": "@sha256:123"}]}, "neither"),
        ({"images": [{"image": "a", "reference": ":x\n"}]}, "neither"),
        ({"images": [{"image": "a", "reference": ":x@sha256:12"}]}, "neither"),
        ({"images": [{"image": "a", "reference": f"{DIGEST}:x"}]}, "neither"),
        ({"images": [{"image": "a", "reference": f":x{DIGEST}0"}]}, "neither"),
        ({"images": [{"image": "a", "reference": ":" + "x" * 129}]}, "neither"),
        ({"images": [{"image": "a"}]}, "required"),
        ({"version": 2}, "1"),
        ({"packages": [{"package": "a", "version": "1"}, {"package": "a", "version": "2"}]}, "two different"),
        ({"packages": [{"package": "a-b", "version": "1"}, {"package": "A_b", "version": "2"}]}, "two different"),
        ({"images": [{"image": "a", "reference": ":1"}, {"image": "a", "reference": ":2"}]}, "two different"),
    ],
)
def test_pins_that_no_look_up_gives_are_refused(pins: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Pins.model_validate_json(json.dumps(pins))


@given(st.text())
def test_without_pins_a_text_stays_as_it_is(text: str) -> None:
    assert apply(text, PINS.model_copy(update={"images": [], "packages": []})).text == text


@given(
    st.lists(
        st.sampled_from(
            ["a/b:{{latest-image-tag}}", "azureml-core=={{latest-pypi-version}}", "{{", "}}", " ", "\n", "#", "x"]
        )
    )
)
def test_resolving_twice_is_resolving_once(parts: list[str]) -> None:
    once = apply("".join(parts), PINS).text
    assert apply(once, PINS).text == once


def test_pins_are_the_same_whenever_and_in_whatever_order_they_were_found() -> None:
    images = [{"image": "a/b", "reference": ":1"}, {"image": "a/c", "tag_regex": "x", "reference": ":2"}]
    packages = [{"package": "My_Tool", "version": "1.0"}]
    one = Pins.model_validate({"resolved_at": "2026-01-01", "images": images, "packages": packages})
    other = Pins.model_validate(
        {"images": [images[1], {**images[0], "digest": "x"}], "packages": [{"package": "my-tool", "version": "1.0"}]}
    )
    assert one.canonical == other.canonical
    moved = Pins.model_validate({"images": images, "packages": [{"package": "my-tool", "version": "1.1"}]})
    assert moved.canonical != one.canonical
