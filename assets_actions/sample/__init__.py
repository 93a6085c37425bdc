"""A small, realistic repository of assets, with a remote, a release and a change after it.

`first/` is what was released last, with the pins of `pins-before.json`; `then/` what came since, `removed.txt` what has
gone; `pins.json` what template tags resolve to now.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
AUTHOR = {"name": "Sample Author", "email": "author@example.com"}


class Sample(NamedTuple):
    """Where the sample stands: a bare remote, a clone of it, and pins of two days."""

    origin: Path
    repo: Path
    pins_before: Path
    pins: Path


def make(directory: Path) -> Sample:
    """Make the remote and a clone of it, with what was there first. `directory` must not exist, or be empty."""
    directory.mkdir(parents=True, exist_ok=True)
    sample = Sample(directory / "origin.git", directory / "repo", directory / "pins-before.json", directory / "pins.json")
    _git(directory, "init", "--quiet", "--bare", "--initial-branch=main", str(sample.origin))
    _git(directory, "init", "--quiet", "--initial-branch=main", str(sample.repo))
    for pins in (sample.pins_before, sample.pins):
        shutil.copyfile(HERE / pins.name, pins)
    _git(sample.repo, "remote", "add", "origin", str(sample.origin))
    for key, value in AUTHOR.items():
        _git(sample.repo, "config", f"user.{key}", value)
    _put(HERE / "first", sample.repo)
    _commit(sample, "Add the churn assets")
    return sample


def change(sample: Sample) -> None:
    """Commit and push what came later."""
    _put(HERE / "then", sample.repo)
    for path in (HERE / "removed.txt").read_text().split():
        shutil.rmtree(sample.repo / path)
    _commit(sample, "Treat categories as such, rename an evaluator, add a prompt")


def _put(source: Path, target: Path) -> None:
    # Contents alone: with its old time as well, git would take a file of the same size for unchanged.
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=skipped, copy_function=shutil.copyfile)
    for path in target.rglob("*.sh"):
        path.chmod(0o755)  # a wheel does not keep it


def _commit(sample: Sample, message: str) -> None:
    _git(sample.repo, "add", "--all")
    _git(sample.repo, "commit", "--quiet", "--no-gpg-sign", "--no-verify", "--message", message)
    _git(sample.repo, "push", "--quiet", "--no-verify", "--set-upstream", "origin", "main")


def _git(directory: Path, *arguments: str) -> None:
    # The user's own configuration may sign, run hooks or rewrite line endings: the sample is the same for everybody.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**inherited, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=directory, check=True, env=env)
