"""Make a small sample repository and run validate, pin, detect and release on it.

The directory then holds a repository of ML assets, a bare one that is its remote, and pins files: a place to try every
command in. Without a directory, one is made among the temporary files. Needs git, and no network.

examples:
  assets-actions demo
  assets-actions demo assets-demo
"""

import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from pydantic import BaseModel, Field

from assets_actions import sample
from assets_actions.errors import UserError
from assets_actions.report.demo import DemoReport, Step

from . import detect_changes, inputs, pin_versions, release_commit, validate
from .base import Outcome

TRY_BLOCKED = "echo '# faster' >> assets/components/src/train.py; git commit -qam 'Speed up'"
TRY_TYPO = "echo 'tpye: evaluator' > assets/evaluators/answer_length/asset.yaml"
NEXT_STEPS = [
    ("git log -1 --stat origin/release", "the release commit: what changed below latest/"),
    (
        f"{TRY_BLOCKED}; assets-actions detect-changes --pins ../pins.json",
        "two released components share that file: both are blocked until their versions are bumped",
    ),
    (f"{TRY_TYPO}; assets-actions validate", "a typing error, at its line"),
    ("assets-actions release-commit --pins ../pins-before.json --dry-run", "what last month's pins would release"),
]


class Inputs(inputs.Inputs):
    """Where the sample is made."""

    directory: Path | None = Field(
        None,
        description="Where to make the sample: a directory that does not exist, or is empty.",
        examples=["DIR"],
        json_schema_extra={"positional": True},
    )


class Outputs(BaseModel):
    """Where the sample was made."""

    directory: str = Field(description="The sample's directory.")


def run(inputs: Inputs) -> Outcome:
    """Make the sample, release what was there first, and run the pipeline on what came later."""
    directory = _directory(inputs.directory)
    made = sample.make(directory)
    release_commit.run(release_commit.Inputs(repo=made.repo, pins=made.pins_before, tag=True))
    sample.change(made)
    repo, pins = made.repo, made.pins
    steps = [
        Step(
            "assets-actions validate",
            "On every pull request: is everything well?",
            validate.run(validate.Inputs(repo=repo)).report,
        ),
        Step(
            "assets-actions pin-versions --pins ../pins.json",
            "What do the template tags of the build contexts resolve to?",
            pin_versions.run(pin_versions.Inputs(repo=repo, pins=pins)).report,
        ),
        Step(
            "assets-actions detect-changes --pins ../pins.json",
            "On a merge to main: what would a release do, and why?",
            detect_changes.run(detect_changes.Inputs(repo=repo, pins=pins)).report,
        ),
        Step(
            "assets-actions release-commit --pins ../pins.json --tag",
            "Do it: one commit on the release branch, with tags, pushed as a whole.",
            release_commit.run(release_commit.Inputs(repo=repo, pins=pins, tag=True)).report,
        ),
        Step(
            "assets-actions release-commit --pins ../pins.json --tag",
            "Once more: nothing is released twice.",
            release_commit.run(release_commit.Inputs(repo=repo, pins=pins, tag=True)).report,
        ),
    ]
    here = [(f"cd {shlex.quote(str(repo))}", "")]
    if not shutil.which("assets-actions"):
        here.append((f'PATH="{Path(sys.executable).parent}:$PATH"', ""))
    return Outcome(DemoReport(steps, [*here, *NEXT_STEPS]), Outputs(directory=str(directory)))


def _directory(given: Path | None) -> Path:
    if given is None:
        return Path(tempfile.mkdtemp(prefix="assets-actions-demo-"))
    if given.exists() and (not given.is_dir() or any(given.iterdir())):
        raise UserError(f"`{given}` is there already", fix="name a directory that does not exist yet")
    return given.absolute()
