"""What the commands share: the repository they work on, and how a result leaves them."""

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from assets_actions import git, runner, terminal, worktree
from assets_actions.assets.catalog import Catalog, load_catalog
from assets_actions.assets.tree import Tree
from assets_actions.errors import UserError
from assets_actions.report.base import Report
from assets_actions.report.findings import FindingsReport
from assets_actions.report.text import plain
from assets_actions.rules import rules
from assets_actions.rules.registry import Severity, check
from assets_actions.settings import SETTINGS_FILE, Settings, read_settings

from .inputs import Inputs, RepositoryInputs

FINE, FOUND = 0, 1


@dataclass(frozen=True)
class Outcome:
    """What a command came to. `note` is for people only, beside the result."""

    report: Report
    outputs: BaseModel
    exit_code: int = FINE
    note: str | None = None


@dataclass(frozen=True)
class Repository:
    """The repository that a command works on."""

    root: Path
    in_git: bool
    inputs: RepositoryInputs

    @cached_property
    def settings(self) -> Settings:
        """Its settings; the defaults where it has no file of them."""
        path = self.inputs.settings or self.root / SETTINGS_FILE
        if not self.inputs.settings and not path.is_file():
            return Settings()
        return read_settings(str(self.inputs.settings or SETTINGS_FILE), path.read_bytes())

    def catalog(self, tree: Tree) -> Catalog:
        """The assets of one state of the repository. Raises UserError where a directory of assets is not there."""
        directories = []
        for directory in self.inputs.assets_dir or self.settings.assets_dirs:
            target = tree.resolve("", directory)
            if not tree.is_directory(target.path):
                where = f"there is no directory `{directory}` with files in it, to look for assets in"
                raise UserError(where, str(self.root), "name the directories that hold assets with --assets-dir")
            directories.append(target.path)
        return load_catalog(tree, directories)

    def working_tree(self) -> Tree:
        """The files as they are now."""
        return worktree.scan(self.root, self.in_git)


def open_repository(inputs: RepositoryInputs, *, needs_git: bool = True) -> Repository:
    """The repository at `--repo`. Raises UserError where there is none."""
    if not inputs.repo.is_dir():
        raise UserError(f"there is no directory `{inputs.repo}`", fix="name the repository's directory with --repo")
    top = git.top_level(inputs.repo)
    if top is None and needs_git:
        raise UserError(
            "this is not a git repository", str(inputs.repo.resolve()), "run it inside one, or name one with --repo"
        )
    return Repository(top or inputs.repo, top is not None, inputs)


def broken(catalog: Catalog) -> FindingsReport | None:
    """What keeps assets from being read, so that nothing can be planned; None where all are well."""
    verdict = check(catalog, [rule for rule in rules() if rule.essential and rule.severity is Severity.ERROR])
    return FindingsReport(len(catalog.assets), verdict.findings, verdict.skipped) if verdict.findings else None


def emit(outcome: Outcome, inputs: Inputs) -> None:
    """Show a result in the format that is asked for; in a workflow run, set outputs and the summary as well."""
    report, form = outcome.report, inputs.format or ("github" if runner.is_runner() else "text")
    if form == "github":
        runner.report(plain(report.text()), report.findings)
    if inputs.output:
        inputs.output.write_text(plain(report.text()) if form == "text" else _json(report), encoding="utf-8")
    elif form == "json":
        sys.stdout.write(_json(report))
    elif form == "text":
        terminal.show(report.text())
    if outcome.note:
        print(outcome.note, file=sys.stderr)
    if runner.is_runner():
        runner.set_outputs(outcome.outputs)
        runner.add_summary(report.markdown())


def _json(report: Report) -> str:
    return json.dumps(report.data(), indent=2) + "\n"
