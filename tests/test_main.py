"""The command line as such."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets_actions import __version__
from assets_actions.commands import COMMANDS
from tests.conftest import ROOT, Repo, assets_actions, component


def test_help_names_every_command_and_where_to_begin(tmp_path: Path) -> None:
    ran = assets_actions("--help", cwd=tmp_path)
    assert ran.code == 0
    assert all(f"  {command} " in ran.out for command in COMMANDS)
    assert "assets-actions demo" in ran.out
    assert assets_actions(cwd=tmp_path).out == ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_teaches_by_examples(command: str, tmp_path: Path) -> None:
    ran = assets_actions(command, "--help", cwd=tmp_path)
    assert ran.code == 0
    assert f"examples:\n  assets-actions {command}" in ran.out
    assert "--format {text,json,github,sarif,junit}" in ran.out


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert assets_actions("--version", cwd=tmp_path).out == f"assets-actions {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["--nonsense"], ["validate", "extra"], ["validate", "--form", "json"]]
)
def test_what_is_not_understood_exits_with_2(arguments: list[str], tmp_path: Path) -> None:
    ran = assets_actions(*arguments, cwd=tmp_path)
    assert ran.code == 2
    assert "usage:" in ran.err


HEAVY = (
    "pydantic",
    "yaml",
    "rich",
    "github_action_utils",
    "requests",
    "docker",
    "github",
    "assets_actions.commands.validate",
)


def test_help_imports_next_to_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['x', '--help']\n"
        "from assets_actions.__main__ import main\n"
        "try: main()\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.stderr == "[]\n"


def test_our_own_bug_is_owned_up_to(repo: Repo, tmp_path: Path) -> None:
    repo.write(component())
    (tmp_path / "sitecustomize.py").write_text(
        "import assets_actions.assets.catalog as c\ndef broken(*_): raise ZeroDivisionError('oh')\nc.load_catalog = broken\n"
    )
    ran = repo.run("validate", env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    assert ran.code == 3
    first, *rest = ran.err.splitlines()
    assert first == "internal error in assets-actions (a bug of ours): ZeroDivisionError: oh"
    assert rest[0] == "  | Traceback (most recent call last):"
    assert rest[-1].startswith(f"  | assets-actions {__version__}, Python 3.")


@pytest.mark.parametrize(("spec", "code"), [("version: '1'", 0), ("version: a/b", 1)])
def test_a_reader_that_goes_away_changes_nothing_of_how_the_run_ends(repo: Repo, spec: str, code: int) -> None:
    repo.write(component())
    repo.write({"assets/adder/spec.yaml": f"name: adder\ntype: command\n{spec}\n"})
    command = f"{sys.executable} -m assets_actions validate --format json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=repo.path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert (done.stdout, done.stderr) == (f"{code}\n", "")


def test_an_interrupted_run_says_so_and_exits_with_130(repo: Repo, tmp_path: Path) -> None:
    repo.write(component())
    (tmp_path / "sitecustomize.py").write_text(
        "import time, pathlib\nimport assets_actions.assets.catalog as c\n"
        f"def slow(*_): pathlib.Path({str(tmp_path / 'started')!r}).touch(); time.sleep(60)\nc.load_catalog = slow\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "assets_actions", "validate"],
        cwd=repo.path,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        # Whoever runs the tests in the background has told the system to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,  # noqa: PLW1509
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"interrupted\n"


def test_a_terminal_that_knows_no_unicode_is_served_all_the_same(repo: Repo) -> None:
    repo.write(component())
    ran = repo.run("validate", env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "1 asset \\xb7 0 errors" in ran.out


def test_colour_is_for_terminals(repo: Repo) -> None:
    repo.write({"assets/x/asset.yaml": "type: x\n"})
    assert "\x1b[" not in repo.run("validate").out
    assert "\x1b[" in repo.run("validate", env={"FORCE_COLOR": "1"}).out


def test_nothing_in_an_error_is_a_command_to_a_terminal_or_a_run(repo: Repo) -> None:
    hostile = '"x\\n::add-mask::e\\e[31m": 1\n'
    repo.write({**component(), ".github/assets-actions.yml": hostile})
    for env in ({}, {"GITHUB_ACTIONS": "true"}):
        ran = repo.run("validate", env=env)
        assert ran.code == 2
        assert not any(line.lstrip().startswith("::add-mask") for line in (ran.err + ran.out).splitlines())
        assert "\x1b" not in ran.err + ran.out


def test_an_output_that_cannot_be_written_costs_a_workflow_run_no_result(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    ran = repo.run(
        "release-commit",
        "--output",
        "/dev/full",
        env={
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        },
    )
    assert ran.code == 2
    assert f"\n{repo.remote_refs()['refs/heads/release']}\n" in (tmp_path / "output").read_text()


@pytest.mark.parametrize(
    "command",
    [
        ["detect-changes"],
        ["detect-changes", "--since", "gone"],
        ["detect-changes", "--no-fetch"],
        ["release-commit", "--mode", "api"],
    ],
)
def test_no_login_in_the_address_of_a_remote_is_shown(repo: Repo, command: list[str]) -> None:
    repo.commit(component())
    remote = f"file://user:SEC@RET@localhost{repo.origin}"
    ran = repo.run(*command, "--remote", remote, env={"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": "t"})
    assert f"file://localhost{repo.origin}" in ran.out + ran.err
    assert "RET" not in ran.out + ran.err


def test_a_repository_without_a_working_tree_is_told(repo: Repo) -> None:
    repo.commit(component())
    ran = repo.run("detect-changes", "--repo", str(repo.origin))
    assert ran.code == 2
    assert f"{repo.origin} has no working tree" in ran.err
    assert "fix: run it in a clone that has one" in ran.err


@pytest.mark.parametrize(("command", "code"), [("validate\n", 0), ("demo", 2), ("schema", 2)])
def test_the_root_action_runs_the_commands_that_are_actions_alone(repo: Repo, command: str, code: int) -> None:
    repo.commit(component())
    ran = repo.run(env={"ASSETS_ACTIONS_INPUTS": json.dumps({"command": command})})
    assert ran.code == code, ran.err
    assert (f"there is no command `{command}`" in ran.err) == bool(code)
