"""The log of a build, line by line."""

from assets_actions.building.log import LONGEST_LINE, MOST_LINES, Line, Log, clean

START = ["Step 1/3 : FROM base", "\n", " ---> 5626042fc7ad\n"]
STEP = ["Step 2/3 : RUN echo hi", "\n", " ---> [Warning] no network\n", " ---> Running in 5f352031a640\n"]


def _log(*pieces: str) -> Log:
    log = Log()
    for piece in pieces:
        log.add(piece)
    return log


def test_each_line_knows_the_step_that_said_it() -> None:
    log = _log(*START, *STEP, "hi\nthere\n")
    assert log.lines == [
        Line(1, "Step 1/3 : FROM base"),
        Line(1, " ---> 5626042fc7ad"),
        Line(2, "Step 2/3 : RUN echo hi"),
        Line(2, " ---> [Warning] no network"),
        Line(2, " ---> Running in 5f352031a640"),
        Line(2, "hi"),
        Line(2, "there"),
    ]
    assert (log.step, log.steps, log.title) == (2, 3, "RUN echo hi")
    assert log.said_by(2) == ["hi", "there"]


def test_lines_may_come_in_pieces_and_the_last_need_not_end() -> None:
    log = _log(*START, "a", "b\nc")
    assert log.lines[-1].text == "ab"
    assert log.finish() == [Line(1, "c")]
    assert log.finish() == []


def test_what_terminals_act_on_is_not_in_a_line() -> None:
    assert clean("\x1b[91merr\x1b[0m") == "err"
    assert clean(" 10%\r 50%\r100%\r") == "100%"
    assert clean("\x1b]0;title\x07a\x1b[2K\x08b\x00\x9b") == "ab\x9b"
    assert clean("\ud800") == "?"


def test_a_step_cannot_pretend_to_be_another() -> None:
    log = _log(*START, *STEP, "Step 3/9 : FROM x\n", "Step 1/3 : FROM x\n", "Step 4/3 : FROM x\n")
    assert log.step == 2


def test_the_container_of_a_step_is_the_one_that_the_builder_names() -> None:
    log = _log(*START, *STEP)
    assert log.containers == ["5f352031a640"]
    log.add(" ---> Running in aaaaaaaaaaaa\n")
    assert log.containers == ["5f352031a640"], "what a step prints is not the builder's word"
    log.add("Step 3/3 : COPY a b")
    assert log.containers == ["5f352031a640"]
    log = _log(*START, "Step 2/3 : RUN x", "\n", "out\n", " ---> Running in aaaaaaaaaaaa\n")
    assert log.containers == []


def test_neither_a_long_line_nor_a_long_log_takes_more_than_so_much_memory() -> None:
    log = _log(*START, *["#" * 6000] * 5)
    assert len(log.finish()[0].text) <= LONGEST_LINE
    log = _log("x\n" * (MOST_LINES + 5))
    assert len(log.lines) == MOST_LINES
