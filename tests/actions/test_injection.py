"""Whatever somebody puts into a repository, or into an input: nothing of it runs, and nothing of it is believed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.actions.github_log import Command, commands, outputs
from tests.conftest import ROOT, Repo, component, environment

HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    '"; touch pwned; "',
    "' && touch pwned && '",
    "a\nb::set-output name=errors::0",
    "::set-output name=errors::0",
    "  ::add-mask::e",
    "x ##[add-mask]e",
    "##[stop-commands]t",
    "::stop-commands::t",
    "%0A::error::spoofed",
    "%0D%0A##[error]spoofed",
    "\x1b[2J\x1b]0;pwned\x07",
    "errors<<EOF",
    "</code><script>alert(1)</script>",
    "@everyone ![x](https://example.com/x.png)",
    "\u202eexe.gpj",
    "ünï, \ud83d\ude00",
]


class Step(NamedTuple):
    """What a step of an action came to, as GitHub sees it."""

    code: int
    commands: list[Command]
    outputs: dict[str, str]
    summary: str
    log: str


def step(
    repo: Repo,
    place: Path,
    command: str,
    given: dict[str, str],
    branch: str = "main",
    env: dict[str, str] | None = None,
) -> Step:
    """Run an action's script as GitHub does: the inputs in one variable, and no INPUT_… at all."""
    place.mkdir(parents=True, exist_ok=True)
    for name in ("outputs", "summary"):
        (place / name).write_text("")
    inside = {
        **os.environ,
        "ASSETS_ACTIONS_PYTHON": sys.executable,
        "ASSETS_ACTIONS_INPUTS": json.dumps(given),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(place / "outputs"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
        "GITHUB_REF_NAME": branch,
        "GITHUB_HEAD_REF": branch,
        "RUNNER_TEMP": str(place),
        **(env or {}),
    }
    script = ["bash", str(ROOT / ".github/actions/run.sh"), command]
    done = subprocess.run(
        script, cwd=repo.path, env=inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    log = done.stdout.decode()
    assert "Traceback" not in log
    assert not list(repo.path.rglob("pwned"))
    return Step(
        done.returncode,
        commands(log),
        outputs((place / "outputs").read_text()),
        (place / "summary").read_text(),
        log,
    )


def annotations(ran: Step) -> list[Command]:
    """The commands, all of which must be annotations of ours or a group around details."""
    names = [command.name for command in ran.commands]
    assert set(names) <= {"error", "warning", "notice", "group", "endgroup"}
    assert names.count("group") == names.count("endgroup")
    return [command for command in ran.commands if command.name in ("error", "warning", "notice")]


@pytest.mark.parametrize("text", ["$(touch pwned)`touch pwned`", *HOSTILE[4:10]], ids=ascii)
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("validate", "repo"),
        ("validate", "changed-since"),
        ("validate", "changed-files"),
        ("validate", "baseline"),
        ("detect-changes", "source"),
        ("detect-changes", "release-branch"),
        ("release-commit", "pins"),
        ("release-commit", "no-such-input"),
        ("render-spec", "asset"),
        ("deprecate-pr", "replacement"),
    ],
)
def test_an_input_is_a_text_and_what_is_wrong_with_it_one_annotation(
    repo: Repo, tmp_path: Path, command: str, name: str, text: str
) -> None:
    repo.commit(component())
    needed = {"deprecate-pr": {"asset": "component/adder", "replacement": "x", "pr": "false"}}.get(command, {})
    ran = step(repo, tmp_path / "step", command, {**needed, name: text})
    found = annotations(ran)
    assert ran.code == 2
    assert [one.properties.get("title") for one in found] == ["assets-actions"]
    assert ran.outputs == {}


def test_files_and_values_are_texts(repo: Repo, tmp_path: Path) -> None:
    files = {**component(), **environment()}
    for number, text in enumerate(HOSTILE):
        folder = text.replace("/", "|").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        quoted = json.dumps(text, ensure_ascii=True)
        files[f"assets/{folder}/asset.yaml"] = f"type: component\nspec: spec.yaml\nname: {quoted}\nversion: 1\n"
        files[f"assets/{folder}/spec.yaml"] = f"type: command\ndescription: {quoted}\ntags: {{{quoted}: {quoted}}}\n"
        files[f"assets/n{number}/asset.yaml"] = f"type: {quoted}\nspec: {quoted}\n{quoted}: {quoted}\n"
    repo.commit(files)
    ran = step(repo, tmp_path / "step", "validate", {})
    assert ran.code == 1
    assert int(ran.outputs["errors"]) > len(HOSTILE)
    found = annotations(ran)
    assert len(found) >= 10
    assert all(one.properties["file"].startswith("assets/") and int(one.properties["line"]) > 0 for one in found)
    for form in ("text", "json", "sarif", "junit"):
        assert annotations(step(repo, tmp_path / form, "validate", {"format": form})) == []
    for mark in ("<script>", "![x](", "@everyone"):
        assert mark not in ran.summary
    # A path must stay as it is, to be found; it is shown nowhere but there.
    shown = [line for line in ran.log.splitlines() if "file=" not in line]
    assert "\x1b" not in "".join([*shown, ran.summary, *(one.message for one in found)])


def test_what_sets_up_an_action_imports_nothing_of_the_repository(repo: Repo, tmp_path: Path) -> None:
    """Though the job lets its own Python look there."""
    repo.commit({**component(), "sitecustomize.py": "open('pwned', 'w').close()\n"})
    env = {"ASSETS_ACTIONS_PYTHON": "", "ASSETS_ACTIONS_WHEELHOUSE": str(tmp_path), "PYTHONPATH": "."}
    ran = step(repo, tmp_path / "step", "validate", {}, env=env)
    assert ran.code == 2
    assert "could not be installed" in ran.log


def test_a_branch_is_a_name(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    branch = "$(touch${IFS}pwned)`touch${IFS}pwned`;'\"&&touch${IFS}pwned"
    repo.git("switch", "--quiet", "--create", branch)
    repo.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    for command, given in (
        ("detect-changes", {"since": branch}),
        ("validate", {"changed-since": f"origin/{branch}"}),
        ("detect-changes", {"source": branch, "release-branch": "x##[error]y"}),
        ("deprecate-pr", {"asset": "component/adder", "replacement": "adder", "base": branch, "pr": "false"}),
    ):
        ran = step(repo, tmp_path / "step", command, given, branch)
        assert len(annotations(ran)) == (ran.code == 2)


def test_secrets_are_masked_before_anything_else_is_said(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    secrets = {
        "GITHUB_TOKEN": "ghs_a",
        "GH_TOKEN": "ghs_a",
        "ASSETS_ACTIONS_LOGIN_R_EXAMPLE": "me:pass:w%25\nline two",
    }
    ran = step(repo, tmp_path / "step", "validate", {"format": "json"}, env=secrets)
    assert [(one.name, one.message) for one in ran.commands] == [
        ("add-mask", "ghs_a"),
        ("add-mask", "pass:w%25"),
        ("add-mask", "line two"),
    ]
    assert ran.log.splitlines()[3].startswith("{")


def test_wrong_and_unknown_inputs_are_told_together_with_the_nearest_name(repo: Repo, tmp_path: Path) -> None:
    repo.commit(component())
    ran = step(
        repo, tmp_path / "step", "release-commit", {"tga": "true", "dry-run": "perhaps", "mode": "x", "pins": ""}
    )
    (error,) = annotations(ran)
    assert ran.code == 2
    for part in ("there is no input `tga`; did you mean `tag`?", "input `dry-run`: ", "input `mode`: "):
        assert part in error.message


def test_the_reading_of_logs_and_outputs_is_githubs() -> None:
    log = (
        "a ::error::no\n  ::error file=a%2Cb,line=1::x%0Ay%25\n##[stop-commands]t\n::error::no\n::t::\nz ##[warning]w\n"
    )
    assert commands(log) == [Command("error", {"file": "a,b", "line": "1"}, "x\ny%"), Command("warning", {}, "w")]
    assert outputs("a=b=<<c\n\nd<<E\ne=\nf<<G\nE\n") == {"a": "b=<<c", "d": "e=\nf<<G"}
    for text in ("a\n", "a<<E\nb\n"):
        with pytest.raises(AssertionError):
            outputs(text)
