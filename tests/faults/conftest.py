"""A release of 50 assets that is about to happen, to be copied and disturbed."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Repo, component, environment
from tests.faults.history import check_objects, git, refs
from tests.faults.killing import Job, Points
from tests.faults.server import GitServer

ELSEWHERE = "git://elsewhere/"
"""Stands in the template's configuration for the server that each copy of it has."""


class Template(NamedTuple):
    """A clone and its remote before a release of 50 assets, to be copied; and what an undisturbed one comes to."""

    directory: Path
    tree: str
    tags: set[str]
    points: Points


class Trial(NamedTuple):
    """A copy of the template."""

    clone: Path
    origin: Path
    job: Job
    server: GitServer


@contextmanager
def copied(template: Path, to: Path) -> Iterator[Trial]:
    subprocess.run(["cp", "-a", str(template), str(to)], check=True)
    server = GitServer(to)
    try:
        config = to / "repo/.git/config"
        config.write_text(config.read_text().replace(ELSEWHERE, server.url(to / "repo.git")))
        yield Trial(to / "repo", to / "repo.git", Job(to / "repo", to / "job"), server)
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(to)], check=True)


@pytest.fixture
def template(repo: Repo, tmp_path: Path) -> Template:
    """20 environments and 5 components that were released before have changed, 25 components are new, one has gone."""
    before = {**component("gone")}
    for number in range(20):
        before |= environment(f"e{number}")
    for number in range(5):
        before |= component(f"c{number}")
    repo.commit(before)
    repo.release("--tag")
    after: dict[str, str | bytes] = {}
    for number in range(20):
        after |= environment(f"e{number}", "FROM scratch\nLABEL changed=yes\n")
    for number in range(30):
        after |= component(f"c{number}", "2")
    shutil.rmtree(repo.path / "assets/gone")
    repo.commit(after)
    # As a runner finds it: packed, and without what was released.
    clone = tmp_path / "template" / "repo"
    repo.git("clone", "--quiet", "--template=", "--single-branch", f"file://{repo.origin}", str(clone))
    repo.git("clone", "--quiet", "--template=", "--mirror", f"file://{repo.origin}", str(clone.parent / "repo.git"))
    repo.git("remote", "set-url", "origin", ELSEWHERE, at=clone)
    (clone / "assets/c0/src/add.py").write_text("print('not committed')\n")
    (clone / "assets/c1/src/add.py").write_text("print('staged')\n")
    (clone / "untracked").write_text("")
    repo.git("add", "assets/c1", at=clone)
    with copied(clone.parent, tmp_path / "reference") as trial:
        assert trial.job.run("release-commit", "--tag", trace=shutil.which("strace") is not None).code == 0
        tree = git(trial.origin, "rev-parse", "release^{tree}")
        tags = {name for name in refs(trial.origin) if name.startswith("refs/tags/")}
        assert len(tags) == 26 + 50
        return Template(clone.parent, tree, tags, trial.job.points())


def local_state(clone: Path) -> tuple[str, ...]:
    mine = git(clone, "for-each-ref", "refs/heads", "refs/tags")
    return git(clone, "status", "--porcelain"), git(clone, "diff"), git(clone, "rev-parse", "HEAD"), mine


def check_complete(template: Template, trial: Trial, before: dict[str, str]) -> None:
    now = refs(trial.origin)
    assert {name for name in now if name.startswith("refs/tags/")} == template.tags
    assert {name: now[name] for name in before if name != "refs/heads/release"} == {
        name: object_ for name, object_ in before.items() if name != "refs/heads/release"
    }
    assert (
        git(trial.origin, "rev-parse", "release^{tree}", "release^")
        == f"{template.tree}\n{before['refs/heads/release']}"
    )
    tagged = git(trial.origin, "for-each-ref", "--format=%(*objectname)", "refs/tags").splitlines()
    assert tagged.count(now["refs/heads/release"]) == 50


def check_done_or_not(template: Template, trial: Trial, before: dict[str, str], mine: tuple[str, ...]) -> bool:
    """The remote is as it was, or as it should be; one more run completes it. Whether it was complete before that."""
    after = refs(trial.origin)
    if after != before:
        check_complete(template, trial, before)
    check_objects(trial.origin)
    assert local_state(trial.clone) == mine
    again = trial.job.run("release-commit", "--tag")
    assert again.code == 0, again.err
    if after != before:
        assert refs(trial.origin) == after, "one more run released it once more"
    check_complete(template, trial, before)
    assert local_state(trial.clone) == mine
    check_objects(trial.clone)
    return after != before
