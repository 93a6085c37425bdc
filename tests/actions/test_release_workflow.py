"""The scripts of the workflow that releases this project, as it would run them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.actions.expressions import load, steps
from tests.conftest import ROOT, Repo

WORKFLOW = ROOT / ".github/workflows/release.yml"


def run(repo: Repo, name: str, tag: str) -> subprocess.CompletedProcess[str]:
    """Run the step of this name in a clone, for this tag."""
    (step,) = (one for one in steps(WORKFLOW) if one.get("name") == name)
    env = {**os.environ, "GITHUB_REF_NAME": tag, "GITHUB_SHA": repo.git("rev-parse", tag)}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=repo.path, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def released(repo: Repo) -> Repo:
    """A repository with tags of two lines, in the order in which they were made, and one of what is no release yet."""
    for tag in ("v1.9.0", "v1.10.0", "v1.9.1", "v2.0.0", "v1.10.0-rc.1"):
        repo.commit({"version": tag})
        repo.git("tag", tag)
    repo.git("push", "--quiet", "--tags", "origin")
    return repo


def test_the_tag_of_a_major_version_follows_the_highest_release_and_none_of_an_older_line(released: Repo) -> None:
    for tag in ("v1.9.0", "v1.10.0", "v1.9.1", "v2.0.0"):
        ran = run(released, "Let the major version follow", tag)
        assert ran.returncode == 0, ran.stderr
    refs = released.remote_refs()
    assert refs["refs/tags/v1"] == refs["refs/tags/v1.10.0"]
    assert refs["refs/tags/v2"] == refs["refs/tags/v2.0.0"]


def test_no_release_that_waits_is_given_up_for_another() -> None:
    assert "github.ref" in load(WORKFLOW)["concurrency"]["group"]


# What `gh release` does: a release is made once, and can be seen from then on.
GH = """#!/bin/bash
case "$2" in
  view) test -e "$MADE/$3" ;;
  create) test ! -e "$MADE/$3" && printf '%s\\n' "${@:4}" >"$MADE/$3" ;;
esac
"""


def test_a_job_that_is_run_again_goes_on_from_the_release_that_it_made(
    released: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.write(dict.fromkeys(["dist/a.whl", "dist/notes.md"], "x"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH)
    (tmp_path / "bin/gh").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    monkeypatch.setenv("MADE", str(tmp_path))
    for _ in range(2):
        ran = run(released, "Make the release", "v2.0.0")
        assert ran.returncode == 0, ran.stderr
    assert "dist/a.whl" in (tmp_path / "v2.0.0").read_text()
