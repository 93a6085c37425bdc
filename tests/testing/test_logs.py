"""What programs write, for people."""

from assets_actions.testing.logs import clean, last_lines


def test_colours_titles_and_links_are_left_out() -> None:
    assert (
        clean("\x1b[31mred\x1b[0m \x1b]0;title\x07x \x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\ \x1b(Bend\x1bM")
        == "red x link end"
    )


def test_of_a_line_that_is_written_over_its_last_state_is_left() -> None:
    assert clean("10%\r20%\r100%\nnext\r\nlast") == "100%\nnext\nlast"


def test_what_a_terminal_would_act_on_is_made_visible() -> None:
    assert clean("a\x08b\u202e\tc\x1b") == "a\\x08b\\u202e    c\\x1b"


def test_the_last_lines_are_those_that_say_something() -> None:
    assert last_lines("a\nb\n\n \nc\n\n", 2) == "b\nc"
