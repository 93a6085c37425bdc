"""Many releases at once on one remote come out as if they had happened one after another."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import IDENTITY, ROOT, Repo, component, environment
from tests.faults.history import check_history, refs

RACERS = 8
DOCKERFILE = "assets/shared/context/Dockerfile"


def test_eight_releases_at_once_come_out_as_some_that_followed_each_other(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**environment("shared"), **component("first")})
    sources = []
    for number in range(RACERS - 1):
        change = {**component(f"c{number}"), DOCKERFILE: f"FROM scratch\nLABEL v={number}\n"}
        sources.append(repo.commit(change))
    sources.append(sources[-1])  # two runs of one merge
    clones = [tmp_path / f"racer{number}" for number in range(RACERS)]
    for clone in clones:
        repo.git("clone", "--quiet", str(repo.origin), str(clone))
    env = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assets_actions", "release-commit", "--tag", "--source"]
    racers = [
        subprocess.Popen(
            [*command, source], cwd=clone, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for clone, source in zip(clones, sources, strict=True)
    ]
    told = [racer.communicate() for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS, told
    history = check_history(repo.origin)
    assert history[-1].source == sources[-1]
    # Two runs of one merge may make one and the same commit, in the same second; then both have pushed it.
    assert {found for out, _ in told for found in re.findall("pushed (\\w+)", out)} == {
        one.commit[:12] for one in history
    }
    versions = [int(release.released["environment/shared"].version) for release in history]
    assert versions == list(range(1, len(history) + 1))
    before = refs(repo.origin)
    assert repo.run("release-commit", "--tag").out.endswith("nothing to do\n")
    assert refs(repo.origin) == before
    assert len(history[-1].assets) == RACERS + 1


def test_two_runs_in_one_clone_at_once_do_not_disturb_each_other(repo: Repo) -> None:
    repo.commit({path: text for number in range(30) for path, text in component(f"c{number}").items()})
    env = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assets_actions", "release-commit", "--tag"]
    runs = [
        subprocess.Popen(command, cwd=repo.path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], told
    (release,) = check_history(repo.origin)
    assert len(release.released) == 30
    assert repo.git("for-each-ref", "refs/assets-actions") == ""
