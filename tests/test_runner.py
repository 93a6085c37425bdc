"""What the Actions runner is told. Its own reading of that is tested in tests/actions."""

import json
import os
from pathlib import Path

import pytest
from pydantic import BaseModel

from assets_actions import runner
from assets_actions.assets.document import Place
from assets_actions.errors import UserError
from assets_actions.rules.registry import Finding, Severity

HOSTILE = "::set-output name=x::y\n%0A,file=z::error::\x1b[31m\udcff"


def finding(number: int, severity: Severity = Severity.ERROR, text: str = "wrong") -> Finding:
    return Finding("rule", "group", severity, text, None, Place(f"{text}/{number}", number, 2, 5, "source"), "mend it")


def test_inputs_come_from_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.inputs() is None
    monkeypatch.setenv(runner.INPUTS, '{"a": "x", "b": "", "c": null, "d": true}')
    assert runner.inputs() == {"a": "x", "b": "", "c": "", "d": "true"}


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_inputs_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(runner.INPUTS, text)
    with pytest.raises(UserError):
        runner.inputs()


def test_findings_become_annotations_with_file_line_and_title(capsys: pytest.CaptureFixture[str]) -> None:
    runner.report("text\n", [finding(3), finding(4, Severity.WARNING), finding(5, Severity.NOTE)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[3:] == [
        "::error title=rule,file=wrong/3,col=2,endColumn=5,line=3::wrong%0Amend it",
        "::warning title=rule,file=wrong/4,col=2,endColumn=5,line=4::wrong%0Amend it",
        "::notice title=rule,file=wrong/5,col=2,endColumn=5,line=5::wrong%0Amend it",
    ]


def test_the_first_ten_of_each_severity_are_annotated(capsys: pytest.CaptureFixture[str]) -> None:
    runner.report("", [finding(n) for n in range(1, 30)] + [finding(n, Severity.WARNING) for n in range(1, 5)])
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("::error ")]) == 10
    assert len([line for line in lines if line.startswith("::warning ")]) == 4


def test_nothing_that_is_quoted_becomes_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    runner.report(f"{HOSTILE}\n::error::injected\n##[error]injected", [finding(1, text=HOSTILE)])
    before, *middle, annotation = capsys.readouterr().out.splitlines()
    token = before.removeprefix("::stop-commands::")
    assert middle[-1] == f"::{token}::"
    assert "::error::injected" in middle
    assert annotation.startswith("::error title=rule,file=%3A%3Aset-output name=x%3A%3Ay%0A%250A%2Cfile=z")


class Outputs(BaseModel):
    some_count: int = 3
    is_so: bool = True
    nothing: str | None = None
    names: list[str] = ["a", HOSTILE]


def test_outputs_are_typed_and_hold_any_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner.set_outputs(Outputs())
    file = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    runner.set_outputs(Outputs())
    lines = file.read_text().splitlines()
    names = [line.partition("<<")[0] for line in lines if "<<" in line]
    assert names == ["some-count", "is-so", "nothing", "names"]
    assert lines[1] == "3"
    assert lines[4] == "true"
    assert lines[7] == ""
    assert lines[10].startswith('["a", "::set-output name=x::y\\n%0A')


class ManyOutputs(BaseModel):
    small: list[str] = ["a"]
    large: list[str] = ["\U0001f600" * 60_000]
    larger: list[str] = ["x" * 200_000]
    matrix: dict[str, str] = {"a": "x" * 100_000}


def test_outputs_that_are_too_large_together_go_into_files_the_largest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    runner.set_outputs(ManyOutputs())
    lines = file.read_text().splitlines()
    values = {line.partition("<<")[0]: value for line, value in zip(lines[::3], lines[1::3], strict=True)}
    assert Path(values["large"]).parent.parent == tmp_path
    assert json.loads(Path(values["large"]).read_text()) == ManyOutputs().large
    assert Path(values["larger"]).name == "larger.json"
    assert values["small"] == '["a"]'
    assert json.loads(values["matrix"]) == ManyOutputs().matrix
    assert sum(len(value.encode("utf-16-le")) for value in values.values()) <= runner.OUTPUTS_LIMIT


def test_a_matrix_stays_in_its_output_even_where_it_is_the_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    monkeypatch.setattr(runner, "OUTPUTS_LIMIT", 1000)
    runner.set_outputs(ManyOutputs())
    lines = file.read_text().splitlines()
    assert json.loads(lines[10]) == ManyOutputs().matrix
    assert [json.loads(Path(lines[n]).read_text())[0][:1] for n in (4, 7)] == ["\U0001f600", "x"]


def test_the_summary_is_added_to_and_never_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner.add_summary("lost")
    file = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    runner.add_summary("one")
    runner.add_summary("ü\udcff")
    assert file.read_text() == "one\nü\\udcff\n"
    file.unlink()
    runner.add_summary("| a row of ünïcode |\n" * 100_000)
    assert 1024 * 1024 - 100 < file.stat().st_size <= 1024 * 1024
    assert file.read_text().endswith("| a row of ünïcode |\n\n…: too long for a summary, the whole is in the log.\n\n")


def test_the_run_is_known_by_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.run_url() is None
    for name, value in {"SERVER_URL": "https://github.example", "REPOSITORY": "o/r", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert runner.run_url() == "https://github.example/o/r/actions/runs/7"
    assert not runner.is_runner()
    assert os.environ.get("GITHUB_ACTIONS") is None


def test_a_long_text_is_folded_but_for_its_headline(capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(f"line {number}\n" for number in range(40)) + "40 lines\n"
    runner.report(text, [])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "::group::Details"
    token = lines[1].removeprefix("::stop-commands::")
    assert lines[2:43] == [*(f"line {number}" for number in range(40)), f"::{token}::"]
    assert lines[43] == "::endgroup::"
    assert lines[45] == "40 lines"


@pytest.mark.parametrize(
    ("event", "commit"),
    [
        ({"pull_request": {"base": {"sha": "abc"}}}, "abc"),
        ({"merge_group": {"base_sha": "def"}}, "def"),
        ({"ref": "refs/heads/main", "before": "abc"}, None),
        ({"pull_request": None, "issue": {"pull_request": {}}}, None),
        ([], None),
    ],
)
def test_the_base_of_a_pull_request_is_read_from_the_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: object, commit: str | None
) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    assert runner.base_commit() is None, "this is no workflow run"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert runner.base_commit() == commit


def test_an_event_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "missing.json"))
    with pytest.raises(UserError, match="event of this workflow run cannot be read"):
        runner.base_commit()
    (tmp_path / "missing.json").write_text("[" * 100_000)
    with pytest.raises(UserError, match="event of this workflow run cannot be read"):
        runner.base_commit()


@pytest.mark.parametrize(
    ("event", "name"),
    [({"pull_request": {"base": "abc"}}, ""), ({"merge_group": {}}, ""), ({}, "pull_request"), ([], "merge_group")],
)
def test_a_pull_request_whose_base_is_not_told_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: object, name: str
) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    with pytest.raises(UserError, match="what is to be merged"):
        runner.base_commit()
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    if name:
        with pytest.raises(UserError, match="cannot be read"):
            runner.base_commit()
