import pytest

from assets_actions.deprecation.marker import UNFINISHED, Mark, Topic, find_mark, mark, marked

TOPIC = Topic("deprecate", "environment/x")


@pytest.mark.parametrize("subject", ["environment/x", "model/ü ö", "data/a--> b", "code/%25"])
def test_a_mark_is_found_again_in_the_body_that_it_is_in(subject: str) -> None:
    wanted = mark(Topic("remove", subject), "Some text.")
    assert find_mark(marked("Some text.\n", wanted)) == wanted
    assert find_mark(marked("Some text.", wanted).replace("Some", "- [x] Some").replace("\n", "\r\n")) == wanted


def test_the_last_mark_counts_and_a_text_without_one_has_none() -> None:
    other = Mark(Topic("remove", "environment/y"), UNFINISHED)
    assert find_mark(f"> {mark(TOPIC, 'a')}\n\n{other}\n") == other
    assert find_mark("<!-- assets-actions: deprecate environment/x -->") is None
    assert find_mark("") is None


def test_the_digest_is_that_of_the_text() -> None:
    assert mark(TOPIC, "a") == mark(TOPIC, "a") != mark(TOPIC, "b")
