"""Check the assets of a repository and say what is wrong, at its line.

Checks the files as they are now, needs no network and changes nothing, unless it is told to. With --changed-since or
--changed-files it looks at the assets that these changes touch; what one asset can break in others is always looked
for everywhere. Exits with 1 where it finds an error.

A finding that is to stay: `# assets-actions: ignore[RULE] reason` on its line; `rules` in the settings for whole paths;
a baseline for all that is there today.

examples:
  assets-actions validate
  assets-actions validate --changed-since origin/main
  assets-actions validate --explain forbidden-word
  assets-actions validate --fix --dry-run
  assets-actions validate --write-baseline .github/assets-actions-baseline.json
  assets-actions validate --format sarif --output findings.sarif
"""

import time
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

from assets_actions import git, terminal
from assets_actions.assets.model import suggestion
from assets_actions.errors import ExitCode, UserError
from assets_actions.report.findings import FindingsReport
from assets_actions.report.rules import RuleReport, RulesReport
from assets_actions.rules import rules
from assets_actions.rules.registry import Rule, Severity
from assets_actions.rules.selection import Baseline, Selection
from assets_actions.settings import SETTINGS_FILE

from . import inputs as common
from .base import Outcome, Repository, open_repository
from .validation import baselines, changes, facts, fixes
from .validation.examination import examine_catalog


class Inputs(common.RepositoryInputs):
    """What validate reads: the working tree."""

    select: list[str] = Field([], description="Run this rule, or group of rules, alone.", examples=["RULE"])
    ignore: list[str] = Field([], description="Do not run this rule, or group of rules.", examples=["RULE"])
    strict: bool = Field(False, description="Take warnings for errors.")
    changed_since: str | None = Field(
        None,
        description="Check what changed since the working tree's history left that of this branch, tag or commit; "
        "auto: what the event of the workflow run is about.",
        examples=["REF"],
    )
    changed_files: str | None = Field(
        None,
        description="Check what these files touch: a file that lists paths, NUL- or newline-separated; - for stdin.",
        examples=["FILE"],
    )
    remote: str = Field(
        "origin", description="The remote to fetch from what --changed-since needs and is not here.", examples=["NAME"]
    )
    baseline: Path | None = Field(
        None,
        description="Do not report the findings that this file knows. Default: as the settings say.",
        examples=["FILE"],
    )
    write_baseline: Path | None = Field(
        None, description="Write what is found to this file, to be known from now on.", examples=["FILE"]
    )
    fix: bool = Field(False, description="Mend what has one obvious mend, in the files.")
    dry_run: bool = Field(False, description="With --fix or --write-baseline: show what would be written.")
    explain: str | None = Field(
        None,
        description="Tell what a rule wants, why, and what to do.",
        examples=["RULE"],
        json_schema_extra={"only_flag": True},
    )
    list_rules: bool = Field(False, description="List all rules.", json_schema_extra={"only_flag": True})

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.changed_since and self.changed_files:
            raise ValueError("changed-since and changed-files exclude each other")
        if self.write_baseline and (self.changed_since or self.changed_files):
            raise ValueError("write-baseline goes with a check of everything, not of changes: it would forget the rest")
        if self.dry_run and not (self.fix or self.write_baseline):
            raise ValueError("dry-run goes with fix or write-baseline; nothing else is written")
        return self


class Outputs(BaseModel):
    """What validate found."""

    assets: int = Field(0, description="Number of assets that were checked.")
    errors: int = Field(0, description="Number of findings of severity error.")
    warnings: int = Field(0, description="Number of findings of severity warning.")


def run(inputs: Inputs) -> Outcome:
    """Load all assets of the working tree and run the rules on them."""
    if inputs.explain:
        return Outcome(RuleReport(_named(inputs.explain)), Outputs())
    if inputs.list_rules:
        return Outcome(RulesReport(rules()), Outputs())
    started = time.perf_counter()
    repository = open_repository(inputs, needs_git=False)
    diff = None
    with terminal.working("Checking assets"):
        report = _checked(repository, inputs)
        if inputs.fix:
            diff = fixes.apply(repository.root, report.findings, dry_run=inputs.dry_run)
            report = report if inputs.dry_run else _checked(repository, inputs)
    report = report.having(seconds=time.perf_counter() - started, diff=diff)
    note = None
    if inputs.write_baseline:
        note = baselines.write(inputs.write_baseline, Baseline.of(report.findings), dry_run=inputs.dry_run)
        report = report if inputs.dry_run else report.having(findings=[], known=report.known + len(report.findings))
    errors, warnings = report.counts[Severity.ERROR], report.counts[Severity.WARNING]
    outputs = Outputs(assets=report.assets, errors=errors, warnings=warnings)
    return Outcome(report, outputs, ExitCode.FOUND if errors else ExitCode.FINE, note)


def _named(name: str) -> Rule:
    by_id = {rule.id: rule for rule in rules()}
    if name not in by_id:
        raise UserError(f"there is no rule `{name}`{suggestion(name, list(by_id))}", fix="--list-rules lists them")
    return by_id[name]


def _checked(repository: Repository, inputs: Inputs) -> FindingsReport:
    tree = repository.working_tree(blobs=True)
    settings = repository.settings(tree)
    selection = settings.rules.with_flags(inputs.select, inputs.ignore)
    if problems := selection.unknown(rules()):
        where = None if Selection(select=inputs.select, ignore=inputs.ignore).unknown(rules()) else SETTINGS_FILE
        raise UserError("; ".join(problems), where, "assets-actions validate --list-rules lists them")
    branch = settings.release_branch
    release = facts.release_files(repository.root, inputs.remote, branch) if repository.in_git else None
    changed = git.ahead(lambda: changes.files(repository, inputs.changed_since, inputs.changed_files, inputs.remote))
    catalog = repository.catalog(tree)
    files = changed()
    if files is not None and changes.concern_everything(tree, files, _watched(repository, selection)):
        files = None
    chosen = selection.choose(rules(), strict=inputs.strict)
    verdict, looked_at = examine_catalog(catalog, chosen, settings, release, files)
    baseline = None if inputs.write_baseline else baselines.find(repository.root, inputs.baseline, selection.baseline)
    findings, ignored = selection.partition(verdict.findings)
    new = baseline.unknown(findings) if baseline else findings
    return FindingsReport(looked_at, new, verdict.skipped, ignored=ignored, known=len(findings) - len(new))


def _watched(repository: Repository, selection: Selection) -> list[str]:
    """The files of the repository that decide what is found, beside the usual settings."""
    settings = repository.inputs.settings
    inside = settings and settings.absolute().is_relative_to(repository.root)
    own = [settings.absolute().relative_to(repository.root).as_posix()] if settings and inside else []
    return [*own, *([selection.baseline] if selection.baseline else [])]
