"""The instructions of a Dockerfile and where they stand."""

import pytest

from assets_actions.building.dockerfile import ignored, instructions, last_base, span_of_line, span_of_step

TEXT = "# syntax\nARG A=1\nFROM a AS b\nRUN x \\\n  # why\n  && y\n\nfrom b\nCOPY --from=b /a /a\n"


def test_steps_are_counted_as_the_builder_counts_them() -> None:
    found = [(one.name, TEXT[one.span].splitlines()[0]) for one in instructions(TEXT)]
    assert found == [
        ("ARG", "ARG A=1"),
        ("FROM", "FROM a AS b"),
        ("RUN", "RUN x \\"),
        ("FROM", "from b"),
        ("COPY", "COPY --from=b /a /a"),
    ]


@pytest.mark.parametrize(
    ("step", "text"), [(0, "ARG A=1"), (2, "FROM a AS b"), (4, "from b"), (6, "COPY --from=b /a /a")]
)
def test_a_step_has_its_place_and_the_labels_that_we_add_have_the_last(step: int, text: str) -> None:
    assert TEXT[span_of_step(TEXT, step)] == text


def test_what_has_no_instructions_has_a_place_all_the_same() -> None:
    assert span_of_step("", 3) == slice(0, 0)
    assert last_base([]) is None


def test_a_line_has_its_place() -> None:
    assert TEXT[span_of_line(TEXT, 6)] == "&& y"
    assert TEXT[span_of_line(TEXT, 99)] == ""
    assert TEXT[span_of_line(TEXT, 0)] == "# syntax"


def test_the_base_is_that_of_the_last_stage() -> None:
    base = last_base(list(instructions(TEXT)))
    assert base
    assert base.rest == "b"


def test_patterns_of_an_ignore_file_are_its_lines_without_comments() -> None:
    assert ignored("\ufeff# no\n\n *.md \r\n!README.md\n") == ["*.md", "!README.md"]
