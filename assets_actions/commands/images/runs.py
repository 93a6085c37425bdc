"""Build many images side by side, as many as fit; end them all where the run is interrupted."""

import datetime
import shlex
import time
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from assets_actions import parallel, runner, terminal
from assets_actions.building.faults import OUTSIDE, Fault
from assets_actions.building.image import BuiltImage
from assets_actions.commands.base import shows_logs
from assets_actions.commands.chosen import LONGEST, ChoiceInputs
from assets_actions.containers import scanners
from assets_actions.containers.engine import Engine, connect
from assets_actions.errors import ExitCode
from assets_actions.release.images import Status
from assets_actions.report.images import ImageResult, ImagesReport
from assets_actions.rules import rules

from . import files
from .builds import Build
from .choice import Choice
from .how import How

MINUTES, TEST_MINUTES = 120, 10
LINES_SHOWN = 5_000
"""Of each log, the last so many lines stand in that of a workflow run."""


class BuildInputs(ChoiceInputs):
    """What build-images reads of how images are built."""

    jobs: int | None = Field(
        None,
        ge=1,
        description="Build so many images at a time. Default: what fits the engine's machine.",
        examples=["N"],
    )
    timeout: float = Field(
        MINUTES,
        gt=0,
        le=LONGEST,
        description="Minutes that the build of one image may take. Default: 120.",
        examples=["MINUTES"],
    )
    test_command: str = Field(
        "python -V", description="Run this in each image; it must succeed. Default: python -V.", examples=["COMMAND"]
    )
    test_timeout: float = Field(
        TEST_MINUTES, gt=0, le=LONGEST, description="Minutes that it may take. Default: 10.", examples=["MINUTES"]
    )
    build_arg: list[str] = Field(
        [], description="Set a variable of the build; may be given several times.", examples=["KEY=VALUE"]
    )
    platform: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")] | None = Field(
        None, description="Build for this platform, such as linux/arm64. Default: the engine's.", examples=["PLATFORM"]
    )
    cache: bool = Field(True, description="Take layers that the engine has from earlier builds.")
    pull: bool = Field(False, description="Ask for newer base images, where the engine has them already.")
    scan: bool = Field(False, description="Look for known vulnerabilities with trivy, which must be installed.")
    sbom: bool = Field(False, description="List what images are made of with syft, which must be installed.")
    work_dir: Path | None = Field(
        None, description="Keep contexts and logs in this directory. Default: a new one.", examples=["DIR"]
    )

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if wrong := [one for one in self.build_arg if not one.partition("=")[1] or one.startswith("=")]:
            raise ValueError(f"build-arg is KEY=VALUE, which `{wrong[0].partition('=')[0]}` is not")
        try:
            words = shlex.split(self.test_command)
        except ValueError as error:
            raise ValueError(f"test-command is no command: {error}") from None
        if not words:
            raise ValueError("test-command is empty")
        return self


class Ran(NamedTuple):
    """What became of all images, and how the run ends for it; `code` is FINE where images alone are to blame."""

    report: ImagesReport
    code: ExitCode


def run_all(choice: Choice, inputs: BuildInputs) -> Ran:
    """Build all that can be built here. Raises UserError before anything is done where something is not there."""
    scanners.check([*([scanners.SCAN] if inputs.scan else []), *([scanners.SBOM] if inputs.sbom else [])])
    if not choice.builds:
        return Ran(ImagesReport([], choice.without, outcome="nothing to build"), ExitCode.FINE)
    started = time.perf_counter()
    engine = connect()
    here = [build for build in choice.builds if build.context.os == engine.machine.os]
    work = inputs.work_dir or Path(runner.new_directory())
    places = [files.prepare(work, build.id) for build in here]
    how, jobs = _how(choice, inputs), min(inputs.jobs or engine.machine.jobs, len(here)) or 1
    with terminal.steps("Building images", len(here)) as tell:
        tasks = [partial(one.run, engine, how, place, tell) for one, place in zip(here, places, strict=True)]
        results, interrupted = parallel.together(
            tasks, jobs, _fold if shows_logs(inputs) else lambda _: None, engine.stop
        )
    done = dict(zip((build.id for build in here), results, strict=True))
    all_of_them = [done.get(build.id) or _elsewhere(build, engine) for build in choice.builds]
    outcome = "interrupted" if interrupted else f"contexts and logs in {work}"
    report = ImagesReport(all_of_them, choice.without, seconds=time.perf_counter() - started, outcome=outcome)
    outside = {build.fault for build in here} & {*OUTSIDE} - {Fault.STOPPED}
    return Ran(report, ExitCode.INTERRUPTED if interrupted else ExitCode.USAGE if outside else ExitCode.FINE)


def nothing(choice: Choice, why: str) -> ImagesReport:
    """What is to be said of all images where nothing could be built."""
    return ImagesReport([ImageResult(build.image(Status.SKIPPED, why)) for build in choice.builds], choice.without)


def _how(choice: Choice, inputs: BuildInputs) -> How:
    selection = choice.settings.rules
    return How(
        shlex.split(inputs.test_command),
        inputs.timeout * 60,
        inputs.test_timeout * 60,
        {key: value for key, _, value in (one.partition("=") for one in inputs.build_arg)},
        inputs.platform,
        inputs.cache,
        inputs.pull,
        inputs.scan,
        inputs.sbom,
        choice.settings,
        [rule for rule in selection.choose(rules()) if rule.scope is BuiltImage],
        lambda finding: not selection.ignores(finding),
        datetime.datetime.now(tz=datetime.UTC).date(),
    )


def _elsewhere(build: Build, engine: Engine) -> ImageResult:
    why = f"it is an image for {build.context.os}, and the engine here builds for {engine.machine.os}"
    return ImageResult(build.image(Status.SKIPPED, why))


def _fold(result: ImageResult) -> None:
    """Print the log of an image to that of the workflow run."""
    if result.image.log:
        lines = Path(result.image.log).read_text(encoding="utf-8", errors="replace").splitlines()
        more = [f"… {len(lines) - LINES_SHOWN} lines before"] if len(lines) > LINES_SHOWN else []
        title = f"{result.image.status} {result.image.asset} ({result.image.seconds:.1f} s)"
        runner.folded(title, "\n".join([*more, *lines[-LINES_SHOWN:]]))
