"""The workflows that check and release, executed whole: pins, images on a real engine, tests, one release of just that."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.actions.workflow_runner import OWNER, WorkflowRun, execute
from tests.commands.test_test_assets import BAD, OK, asset
from tests.conftest import ROOT, Repo, component, environment
from tests.containers.engine import BASE, Daemon
from tests.registries.conftest import registry
from tests.registries.registry import Registry
from tests.testing.wheelhouse import offline

__all__ = ["registry"]

UV = Path(sys.executable).parent / "uv"
FAILS = f"FROM {BASE}\n\nRUN echo oops; exit 3\n"
# What somebody's repository may have by the names under which jobs hand on theirs.
NAMESAKES = {"images/logo.json": "{}\n", "images.json": "{}\n", "pins.json/x": "", "plan.json": "{}\n"}


class Pipeline:
    """A repository that has adopted the example workflows, and runs of them."""

    def __init__(self, repo: Repo, engine: Daemon, registry: Registry, wheels: Path, place: Path) -> None:
        self.repo, self.place, self.runs = repo, place, 0
        self.host = registry.host
        self.env = {**engine.env, **offline(wheels)}
        for tag in ("20260101.v1", "latest"):
            engine.client.tag(BASE, f"{self.host}/base", tag)
            said = list(engine.client.push(f"{self.host}/base", tag, stream=True, decode=True))
            assert not any("error" in one for one in said), said
        files = {".github/assets-actions.yml": f"images:\n  hosts: ['{self.host}']\n"}
        for name in ("pr-checks.yml", "assets-release.yml"):
            text = (ROOT / "workflows-examples" / name).read_text()
            files[f".github/workflows/{name}"] = text.replace("OWNER/assets-actions", OWNER)
        self.base = repo.commit(files)

    @property
    def good(self) -> dict[str, Any]:
        """An environment whose base is pinned."""
        return environment("good", f"FROM {self.host}/base:{{{{latest-image-tag}}}}\nRUN echo hello\n")

    def check(self, **request: Any) -> WorkflowRun:
        """The checks of a pull request that brings what is committed since."""
        head = self.repo.git("rev-parse", "HEAD")
        pull = {"number": 1, "base": {"sha": self.base, "ref": "main"}, "head": {"sha": head, "ref": "x", **request}}
        return self._run("pr-checks.yml", "pull_request", {"number": 1, "pull_request": pull})

    def release(self, event: str = "push", inputs: dict[str, str] | None = None, attempt: int = 1) -> WorkflowRun:
        """The release of what is committed; by hand, with the inputs of the form.

        From the second attempt on, the run before is run again.
        """
        payload = {"before": self.base, "after": self.repo.git("rev-parse", "HEAD"), "ref": "refs/heads/main"}
        other = {"repository": {"default_branch": "main"}, "inputs": inputs or {}}
        return self._run("assets-release.yml", event, payload if event == "push" else other, attempt)

    def _run(self, name: str, event: str, payload: dict[str, Any], attempt: int = 1) -> WorkflowRun:
        self.runs += attempt == 1
        place = self.place / str(self.runs)
        return execute(self.repo, name, place, self.env, event=event, payload=payload, attempt=attempt)

    def tags(self) -> set[str]:
        """The release tags."""
        refs = self.repo.remote_refs()
        return {name.removeprefix("refs/tags/") for name in refs if name.startswith("refs/tags/")}


@pytest.fixture
def pipeline(
    repo: Repo, engine: Daemon, registry: Registry, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Pipeline:
    if UV.exists():
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/uv").symlink_to(UV)
        monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    (tmp_path / "runs").mkdir()
    return Pipeline(repo, engine, registry, wheels, tmp_path / "runs")


def test_a_pull_request_of_a_fork_is_built_and_tested_without_any_token(pipeline: Pipeline) -> None:
    pipeline.repo.commit({**pipeline.good, **asset("tested"), **NAMESAKES})
    ran = pipeline.check(repo={"fork": True, "full_name": "mallory/assets"})
    assert ran.code == 0, ran.text
    assert {name.partition(" (")[0] for name in ran.jobs} == {
        "Validate", "What is affected", "Pin", "Build images", "Test assets", "Assets",
    }  # fmt: skip
    assert set(ran.jobs.values()) == {"success"}
    assert f"FROM {pipeline.host}/base:20260101.v1" in ran.text
    assert "1 image · 1 passed" in ran.text
    assert "| passed | <code>component/tested</code> |" in ran.summary


def test_what_fails_in_a_pull_request_stands_at_its_line_and_fails_the_one_check(pipeline: Pipeline) -> None:
    pipeline.repo.commit({**environment("bad", FAILS), **asset("tested", code=BAD)})
    ran = pipeline.check()
    assert ran.code == 1
    places = {(level, place) for level, place, _ in ran.annotations if level == "error" and place != "None:None"}
    assert places == {("error", "assets/bad/context/Dockerfile:3"), ("error", "assets/tested/test_tested.py:10")}
    assert ran.jobs["Assets"] == "failure"
    assert ran.jobs["Validate"] == "success"


def test_what_was_built_and_tested_is_released_and_nothing_else(pipeline: Pipeline) -> None:
    repo = pipeline.repo
    repo.commit({**pipeline.good, **environment("bad", FAILS), **asset("tested"), **NAMESAKES})
    first = pipeline.release()
    assert first.code == 1, "an image failed"
    assert pipeline.tags() == {"environment/good/1", "component/tested/1"}, first.text
    released = repo.released()["latest/environment/good/context/Dockerfile"][1].decode()
    assert released == f"FROM {pipeline.host}/base:20260101.v1\nRUN echo hello\n"
    assert "its image failed: RUN failed with exit code 3: oops" in first.summary
    assert json.loads(first.outputs("release")["released"]) == ["component/tested/1", "environment/good/1"]

    repo.commit({"assets/bad/context/Dockerfile": f"FROM {BASE}\n"})
    second = pipeline.release("schedule")
    assert second.code == 0, second.text
    assert pipeline.tags() == {"environment/good/1", "component/tested/1", "environment/bad/1"}

    third = pipeline.release("workflow_dispatch")
    assert third.code == 0, third.text
    assert "nothing to do" in third.text
    assert not any(name.startswith(("Build", "Test")) for name in third.jobs)


def test_a_run_that_is_run_again_releases_what_can_be_built_by_then(pipeline: Pipeline, engine: Daemon) -> None:
    later = f"{pipeline.host}/later:1"
    pipeline.repo.commit({**pipeline.good, **environment("late", f"FROM {later}\n")})
    assert pipeline.release().code == 1
    assert pipeline.tags() == {"environment/good/1"}
    engine.client.tag(BASE, f"{pipeline.host}/later", "1")
    again = pipeline.release(attempt=2)
    assert again.code == 0, again.text
    assert pipeline.tags() == {"environment/good/1", "environment/late/1"}


def test_a_run_by_hand_on_another_branch_releases_nothing(pipeline: Pipeline) -> None:
    pipeline.repo.git("switch", "--quiet", "--create", "feature")
    pipeline.repo.write(pipeline.good).git("add", "--all")
    pipeline.repo.git("commit", "--quiet", "--message", "Not merged")
    pipeline.repo.git("push", "--quiet", "origin", "feature")
    ran = pipeline.release("workflow_dispatch")
    assert (ran.jobs, pipeline.tags()) == ({}, set())


def test_many_removals_wait_for_somebody_who_allows_them(pipeline: Pipeline) -> None:
    repo = pipeline.repo
    repo.commit({path: text for number in range(12) for path, text in component(f"c{number}").items()})
    repo.release("--tag")
    repo.git("rm", "-r", "--quiet", *(f"assets/c{number}" for number in range(11)))
    repo.commit({})
    ran = pipeline.release()
    assert ran.code == 1
    assert any("would be removed" in message for _, _, message in ran.annotations), ran.text
    allowed = pipeline.release("workflow_dispatch", {"allow-removals": "true"})
    assert allowed.code == 0, allowed.text
    assert "11 removed" in allowed.text


def test_tests_that_fail_keep_all_of_a_release_back(pipeline: Pipeline) -> None:
    pipeline.repo.commit({**pipeline.good, **asset("tested", code=BAD)})
    ran = pipeline.release()
    assert (ran.code, pipeline.tags()) == (1, set())
    assert "Release" not in ran.jobs
    pipeline.repo.commit({"assets/tested/test_tested.py": OK})
    assert pipeline.release().code == 0
    assert pipeline.tags() == {"environment/good/1", "component/tested/1"}


def test_an_asset_that_is_blocked_fails_the_run_and_all_else_is_released(pipeline: Pipeline) -> None:
    pipeline.repo.commit(asset("tested"))
    assert pipeline.release().code == 0
    changed = {
        **pipeline.good,
        "assets/tested/spec.yaml": "type: command\ncommand: echo other\nname: tested\nversion: '1'\n",
    }
    pipeline.repo.commit(changed)
    ran = pipeline.release()
    assert ran.code == 1
    assert any("bump its version" in message for _, _, message in ran.annotations), ran.text
    assert "environment/good/1" in pipeline.tags()


def test_nothing_is_released_where_it_is_not_known_what_has_to_be_built(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remote answers the plan, and not the question after it."""
    git = tmp_path / "outage/git"
    git.parent.mkdir()
    git.write_text(
        "#!/bin/bash\n"
        'case "$* $ASSETS_ACTIONS_INPUTS" in *fetch*matrix-type*environment*) echo "fatal: outage" >&2; exit 128 ;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    git.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(git.parent), os.environ["PATH"]]))
    pipeline.repo.commit(pipeline.good)
    ran = pipeline.release()
    assert ran.code == 1
    assert any("outage" in message for _, _, message in ran.annotations), ran.text
    assert pipeline.tags() == set()
