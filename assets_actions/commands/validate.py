"""Check the assets of a repository and say what is wrong, at its line.

Reads the working tree as it is, uncommitted changes included, and writes nothing to it. Needs no network and no token.
Exits with 1 where there is an error.

examples:
  assets-actions validate
  assets-actions validate --format json --output findings.json
"""

import time

from pydantic import BaseModel, Field

from assets_actions.errors import ExitCode
from assets_actions.report.findings import FindingsReport
from assets_actions.rules import rules
from assets_actions.rules.registry import Severity, check

from . import inputs as common
from .base import Outcome, open_repository


class Inputs(common.RepositoryInputs):
    """What validate reads: the working tree."""


class Outputs(BaseModel):
    """What validate found."""

    assets: int = Field(description="Number of assets that were checked.")
    errors: int = Field(description="Number of findings of severity error.")
    warnings: int = Field(description="Number of findings of severity warning.")


def run(inputs: Inputs) -> Outcome:
    """Load all assets of the working tree and run every rule on them."""
    started = time.perf_counter()
    repository = open_repository(inputs, needs_git=False)
    catalog = repository.catalog(repository.working_tree())
    verdict = check(catalog, rules())
    seconds = time.perf_counter() - started
    report = FindingsReport(len(catalog.assets), verdict.findings, verdict.skipped, seconds)
    errors, warnings = report.counts[Severity.ERROR], report.counts[Severity.WARNING]
    outputs = Outputs(assets=len(catalog.assets), errors=errors, warnings=warnings)
    return Outcome(report, outputs, ExitCode.FOUND if errors else ExitCode.FINE)
