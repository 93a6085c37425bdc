"""What says that an asset is deprecated."""

import datetime
import time

import pytest

from assets_actions.deprecation.notice import Notice, delete_on, description_of, is_deprecated, replacement_named
from tests.rules.examples import ADDER, C, S, appended
from tests.trees import only


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DEPRECATED: Please use x instead.", "x"),
        ("DEPRECATED: Please use sklearn-1.5 instead. It is faster.", "sklearn-1.5"),
        ("\n  DEPRECATED:  Please\nuse\tx\n  instead.\n\n# Title", "x"),
        ("DEPRECATED:Please use x instead.", "x"),
        ("DEPRECATED: Please use the environment x instead.", "the environment x"),
        ("DEPRECATED: Please use x. instead.", "x."),
        ("DEPRECATED: Please use x", None),
        ("DEPRECATED: Please use x instead of it.", None),
        ("DEPRECATED: Please use x instead.y", None),
        ("DEPRECATED: Please use the new ones. They are fast; use them instead.", None),
        ("DEPRECATED: Please use " + "word " * 11 + "instead.", None),
        ("DEPRECATED: Please use instead.", None),
        ("DEPRECATED: use x instead.", None),
        ("deprecated: please use x instead.", None),
        ("Text. DEPRECATED: Please use x instead.", None),
        ("", None),
    ],
)
def test_the_replacement_is_read_from_the_beginning_of_a_description(text: str, named: str | None) -> None:
    assert replacement_named(text) == named


def test_what_the_sentence_says_is_read_back() -> None:
    notice = Notice("sklearn-1.7", datetime.date(2027, 1, 31))
    assert notice.sentence == "DEPRECATED: Please use sklearn-1.7 instead."
    assert replacement_named(notice.sentence) == notice.replacement


@pytest.mark.parametrize("text", ["DEPRECATED: Please use " + " " * 10**6, " " * 10**6, "DEPRECATED: Please use " + "a " * 10**6, "DEPRECATED: Please use " + "a" * 10**6])  # fmt: skip
def test_a_long_description_takes_no_long_time(text: str) -> None:
    started = time.perf_counter()
    assert replacement_named(text) is None
    assert time.perf_counter() - started < 1


def test_the_description_that_counts_is_the_one_of_the_file() -> None:
    assert description_of(only(ADDER)) is None
    spec = appended(ADDER, S, "description: of the spec\n")
    assert description_of(only(spec)) == "of the spec"
    assert description_of(only({**spec, "assets/adder/description.md": "\ufeffof the file\n"})) == "of the file\n"
    named = {**appended(spec, C, "description_file: about.md\n"), "assets/adder/about.md": "named\n"}
    assert description_of(only(named)) == "named\n"
    assert description_of(only({**ADDER, S: "name: [\n"})) is None


def test_the_tags_tell_whether_and_when() -> None:
    asset = only(appended(ADDER, S, 'tags:\n  Deprecated: ""\n  DeleteOn: "2027-01-31"\n'))
    assert is_deprecated(asset)
    assert delete_on(asset) == datetime.date(2027, 1, 31)
    assert not is_deprecated(only(ADDER))
    assert delete_on(only(ADDER)) is None
    assert delete_on(only(appended(ADDER, S, "tags: {DeleteOn: soon}\n"))) == "soon"
    assert delete_on(only(appended(ADDER, S, "tags: {DeleteOn: [soon]}\n"))) == ""
    assert delete_on(only(appended(ADDER, S, "tags: {DeleteOn: }\n"))) == ""
