"""Run the assets' own tests: the pytest suites of those that a release would release, or that are named.

Takes the assets whose asset config has `test.pytest.enabled: true`. Each distinct set of requirements gets a virtual
environment of its own, made by uv where it is installed, else by pip, as that is configured; what is given as a conda
environment is made by conda. Template tags in requirements are resolved in copies. Tests run in the asset's folder,
without secrets in their environment; assets with the same tests and requirements share one run. Exits with 1 where a
test fails, and where tests cannot be run: an enabled suite without a test is an error.

Tests are code of whoever wrote them: run those of a fork where there is nothing to take. In a workflow run that a fork
caused and that has this repository's secrets (pull_request_target, workflow_run), none are run.

examples:
  assets-actions test-assets --dry-run
  assets-actions test-assets --asset environment/sklearn-1.7
  assets-actions test-assets --every --pins pins.json --results-dir results --coverage
  assets-actions test-assets --cache ~/.cache/assets-actions --jobs 2 --timeout 10 --pytest-arg=-x
"""

import os
from pathlib import Path

from pydantic import BaseModel, Field

from assets_actions import runner
from assets_actions.errors import ExitCode, UserError
from assets_actions.event import is_of_a_fork_with_secrets
from assets_actions.report.suites import PlannedSuitesReport, SuitesReport
from assets_actions.report.text import without_logins
from assets_actions.testing.logs import clean
from assets_actions.testing.results import Result, Status

from . import chosen
from .base import Outcome, Repository, open_repository, shows_logs
from .pins import pinning
from .release.sources import CannotPlanError
from .suites import choice, files, runs


class Inputs(chosen.ChoiceInputs):
    """What test-assets reads: whose tests it runs, how, and where results go."""

    results_dir: Path | None = Field(
        None,
        description="Write logs and JUnit XML to this directory: of each asset, and of all as junit.xml. "
        "Default: a new temporary one.",
        examples=["DIR"],
    )
    cache: Path | None = Field(
        None, description="Keep environments in this directory for other runs. Default: for this run.", examples=["DIR"]
    )
    jobs: int | None = Field(
        None, ge=1, le=256, description="So many suites run at a time. Default: as many as processors.", examples=["N"]
    )
    timeout: float = Field(
        60.0,
        gt=0,
        le=chosen.LONGEST,
        description="What takes more minutes is ended, be it a suite or an installation. Default: 60.",
        examples=["MINUTES"],
    )
    coverage: bool = Field(False, description="Measure which lines ran, as XML beside the logs.")
    pytest_arg: list[str] = Field(
        [], description="One more argument for pytest; may be given several times.", examples=["ARG"]
    )
    dry_run: bool = Field(False, description="Show which suites would run, with which requirements; run nothing.")


class Outputs(BaseModel):
    """What test-assets found."""

    tests_passed: int = Field(0, description="Number of assets whose tests passed.")
    tests_failed: int = Field(0, description="Number of assets of whose tests some failed.")
    tests_in_error: int = Field(
        0,
        description="Number of assets whose tests were not run to their end: not installed or collected, not found, "
        "or out of time.",
    )
    results_dir: str = Field("", description="The directory with logs and JUnit XML.")
    junit: str = Field("", description="The JUnit XML of all.")


def run(inputs: Inputs) -> Outcome:
    """Choose, run, report."""
    repository = open_repository(inputs, needs_git=False)
    if not repository.in_git and not (inputs.every or inputs.asset is not None):
        raise UserError("what a release would release is known in a git repository alone", str(repository.root),
                        "name assets with --asset, or take all with --every")  # fmt: skip
    if not inputs.dry_run:
        _refuse_forks()
    try:
        found = choice.find(repository, inputs, coverage=inputs.coverage)
    except CannotPlanError as error:
        return Outcome(error.report, Outputs(), error.code)
    untested = [asset.id or asset.path for asset in found.untested]
    if inputs.dry_run:
        return Outcome(PlannedSuitesReport(found.suites, untested), Outputs())
    if not found.suites and not inputs.results_dir:
        return Outcome(SuitesReport([], untested, ""), Outputs())
    with files.results_directory(inputs.results_dir) as directory:
        results = runs.run(found.suites, _how(repository, inputs, directory))
        files.write(results, directory)
    if shows_logs(inputs):
        for one in results:
            runner.folded(f"{one.status}: {one.suite.name}", without_logins(clean(one.log)))
    outputs = Outputs(
        tests_passed=_count(results, Status.PASSED),
        tests_failed=_count(results, Status.FAILED),
        tests_in_error=_count(results, *(status for status in Status if status not in (Status.PASSED, Status.FAILED))),
        results_dir=str(directory),
        junit=str(directory / files.JUNIT),
    )
    bad = outputs.tests_failed or outputs.tests_in_error
    report = SuitesReport(results, untested, str(directory), coverage=inputs.coverage)
    return Outcome(report, outputs, ExitCode.FOUND if bad else ExitCode.FINE)


def _refuse_forks() -> None:
    event = runner.event()
    if event and is_of_a_fork_with_secrets(event):
        raise UserError(
            f"tests are not run on `{event.name}` of a fork, where they could take the secrets of this repository",
            fix="run them on `pull_request`",
        )


def _how(repository: Repository, inputs: Inputs, results: Path) -> runs.How:
    return runs.How(
        repository.root,
        results,
        pinning.cache(repository, inputs.cache),
        inputs.timeout * 60,
        inputs.jobs or os.cpu_count() or 1,
        inputs.coverage,
        inputs.pytest_arg,
    )


def _count(results: list[Result], *statuses: Status) -> int:
    return sum(len(one.suite.assets) for one in results if one.status in statuses)
