"""Build the images of environments with Docker, test them, and say what is wrong with them.

Builds what a release of the working tree would release, the environments that are named, or all. Each is built from a
pinned copy of its build context: the checkout stays as it is. Then a command is run in the image, without a network;
its packages are listed; and the rules on built images are checked. Copies and logs are kept, and the report says where.

The file of --results tells release-commit --require-built which images were built from exactly what is to be released.
Those of several jobs, on machines of their own, become one with --merge.

Exits with 1 where an image fails, and with 2 where it is not the image's fault: there is no engine, it went away, its
disk is full, a registry refuses the push. The other images are built all the same. The engine is the one at
DOCKER_HOST, else of Docker's current context.

examples:
  assets-actions build-images --asset environment/sklearn-1.7
  assets-actions build-images --pins pins.json --results images.json
  assets-actions build-images --every --dry-run
  assets-actions build-images --asset environment/sklearn-1.7 --test-command "python -c 'import sklearn'"
  assets-actions build-images --pins pins.json --push registry.example.com/team --scan --sbom
  assets-actions build-images --merge results --results images.json
"""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from assets_actions.errors import ExitCode, UserError
from assets_actions.release.images import Status
from assets_actions.report.images import ImagesReport

from .base import Outcome, open_repository
from .images import choice, results, runs
from .release.sources import CannotPlanError


class Inputs(runs.BuildInputs):
    """What build-images reads: the working tree, pins; how it builds, and what it does with what it has built."""

    push: str | None = Field(
        None,
        description="Push each image that passes as PREFIX/<image name>:<version>, with the version of its release.",
        examples=["PREFIX"],
    )
    results: Path | None = Field(
        None, description="Write what became of each image to this file, for release-commit.", examples=["FILE"]
    )
    merge: list[Path] = Field(
        [],
        description="Build nothing; put together what other jobs wrote with --results: a file, or a directory with "
        "such files; may be given several times.",
        examples=["FILE"],
    )
    dry_run: bool = Field(False, description="Show what would be built, and from which pins; write nothing.")

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.merge and (others := self.model_fields_set - {"merge", "results", "format", "output"}):
            raise ValueError(f"merge builds nothing: leave out {', '.join(sorted(others)).replace('_', '-')}")
        return self


class Outputs(BaseModel):
    """What became of the images."""

    passed: int = Field(0, description="Number of images that were built and passed.")
    failed: int = Field(0, description="Number of images that failed.")
    skipped: int = Field(0, description="Number of images that were not built.")
    results: str = Field("", description="The results file.")
    images: list[str] = Field([], description="What was pushed, as a JSON list of name:version@digest.")


def run(inputs: Inputs) -> Outcome:
    """Choose, build side by side, write down what became of each."""
    if inputs.merge:
        return _outcome(inputs, results.merged(inputs.merge))
    repository = open_repository(inputs)
    try:
        chosen = choice.choose(repository, inputs, inputs.push)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    if inputs.dry_run:
        return Outcome(choice.planned(chosen), Outputs())
    try:
        ran = runs.run_all(chosen, inputs)
    except (UserError, OSError) as error:
        results.write(inputs.results, runs.nothing(chosen, str(error)))
        raise
    return _outcome(inputs, ran.report, ran.code)


def _outcome(inputs: Inputs, report: ImagesReport, code: ExitCode = ExitCode.FINE) -> Outcome:
    note = results.write(inputs.results, report)
    failed = report.count(Status.FAILED)
    outputs = Outputs(
        passed=report.count(Status.PASSED),
        failed=failed,
        skipped=report.count(Status.SKIPPED),
        results=str(inputs.results or ""),
        images=[one.image.reference for one in report.results if one.image.reference],
    )
    return Outcome(report, outputs, code or (ExitCode.FOUND if failed else ExitCode.FINE), note)
