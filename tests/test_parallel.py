"""Work in a copy of the process."""

import os

import pytest

from assets_actions import parallel


def test_a_task_is_done_in_another_process_and_its_result_comes_back() -> None:
    result = parallel.beside(lambda: (os.getpid(), {"a": [1]}))
    process, value = result()
    assert process != os.getpid()
    assert value == {"a": [1]}


def test_a_large_result_does_not_block() -> None:
    assert len(parallel.beside(lambda: b"x" * 5_000_000)()) == 5_000_000


def test_a_task_that_fails_in_the_copy_is_done_here_and_fails_here(capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getpid()

    def task() -> int:
        if os.getpid() != here:
            raise RuntimeError("in the copy")
        return 7

    assert parallel.beside(task)() == 7
    assert capfd.readouterr().err == ""
    with pytest.raises(ZeroDivisionError):
        parallel.beside(lambda: 1 // 0)()


def test_where_no_process_can_be_copied_the_task_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert parallel.beside(os.getpid)() == os.getpid()
