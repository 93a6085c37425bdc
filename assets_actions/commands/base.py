"""What the commands share: the repository they work on, and how a result leaves them."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from assets_actions import git, runner, terminal, worktree
from assets_actions.assets.catalog import Catalog, fetch, load_catalog
from assets_actions.assets.tree import Tree
from assets_actions.errors import ExitCode, UserError
from assets_actions.report.base import Report
from assets_actions.report.findings import FindingsReport
from assets_actions.report.text import plain, visible
from assets_actions.rules import rules
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Facts, Severity, check
from assets_actions.settings import Settings, find_settings, read_settings

from .arguments import flag_name
from .inputs import Format, Inputs, RepositoryInputs


@dataclass(frozen=True)
class Outcome:
    """What a command came to. `note` is for people only, beside the result."""

    report: Report
    outputs: BaseModel
    exit_code: ExitCode = ExitCode.FINE
    note: str | None = None


@dataclass(frozen=True)
class Repository:
    """The repository that a command works on."""

    root: Path
    in_git: bool
    inputs: RepositoryInputs

    def working_tree(self, *, blobs: bool = False) -> Tree:
        """The files as they are now; with `blobs`, with their ids where git knows them."""
        return worktree.scan(self.root, self.in_git, blobs=blobs and self.in_git)

    def settings(self, tree: Tree) -> Settings:
        """The settings: those of the file that is named, else the tree's own."""
        named = self.inputs.settings
        return read_settings(str(named), named.read_bytes()) if named else find_settings(tree)

    def catalog(self, tree: Tree) -> Catalog:
        """The assets of one state of the repository. Raises UserError where a directory of assets is not there."""
        directories = []
        for directory in self.inputs.assets_dir or self.settings(tree).assets_dirs:
            target = tree.resolve("", directory)
            if not tree.is_directory(target.path):
                message = f"the directory `{directory}`, to look for assets in, does not exist or contains no files"
                raise UserError(message, str(self.root), "name the directories that hold assets with --assets-dir")
            directories.append(target.path)
        return load_catalog(tree, directories)


def open_repository(inputs: RepositoryInputs, *, needs_git: bool = True) -> Repository:
    """The repository at `--repo`. Raises UserError where there is none."""
    if not inputs.repo.is_dir():
        raise UserError(f"there is no directory `{inputs.repo}`", fix="name the repository's directory with --repo")
    top = git.top_level(inputs.repo)
    if top is None and needs_git:
        where = str(inputs.repo.resolve())
        raise UserError("this is not a git repository", where, "run it inside one, or name one with --repo")
    return Repository(top or inputs.repo.resolve(), top is not None, inputs)


def broken(catalog: Catalog) -> FindingsReport | None:
    """What keeps assets from being read, so that nothing can be planned; None where all are well."""
    fetch(catalog.assets)
    essential = [rule for rule in rules() if rule.essential and rule.severity is Severity.ERROR]
    # Of two assets with one id a release has place for one, whatever the settings let pass.
    verdict = check(catalog, essential, Facts([Policy()]))
    return FindingsReport(len(catalog.assets), verdict.findings, verdict.skipped) if verdict.findings else None


def check_output(inputs: Inputs) -> None:
    """Raise UserError where the result could not be written: better before the work is done than after it."""
    for name in ("output", "plan_out", "results"):
        path: Path | None = getattr(inputs, name, None)
        if path and (path.is_dir() or not path.parent.is_dir()):
            problem = "is a directory" if path.is_dir() else f"there is no directory `{path.parent}`"
            fix = f"name another file with --{flag_name(name)}"
            raise UserError(f"the result cannot be written: {problem}", str(path), fix)


def emit(outcome: Outcome, inputs: Inputs) -> None:
    """Show a result in the format that is asked for; in a workflow run, set outputs and the summary first."""
    report = outcome.report
    form = _form(inputs)
    if runner.is_runner():
        runner.set_outputs(outcome.outputs)
        runner.add_summary(report.markdown())
    if form == "github":
        runner.report(plain(report.text()), report.findings)
    if inputs.output:
        inputs.output.write_text(plain(report.text()) if form == "text" else _file(report, form), encoding="utf-8")
    elif form == "text" and runner.is_runner():
        runner.show(plain(report.text()))
    elif form == "text":
        terminal.show(report.text())
    elif form != "github":
        terminal.write(_file(report, form))
    if outcome.note:
        print(visible(outcome.note), file=sys.stderr)


def shows_logs(inputs: Inputs) -> bool:
    """Whether logs are printed before the result: in a workflow run's own log, but not where a machine reads it."""
    return runner.is_runner() and _form(inputs) == "github"


def _form(inputs: Inputs) -> Format:
    return inputs.format or ("github" if runner.is_runner() else "text")


def _file(report: Report, form: Format) -> str:
    """The result for machines: as JSON, where the format is not one of theirs.

    Nothing in it is a command to the log of a workflow run (see `visible`), though it means the same.
    """
    if form == "junit":
        from assets_actions.report.junit import junit

        return junit(report.findings, "assets-actions").replace("##[", "##&#91;")
    from assets_actions.report.sarif import sarif

    text = json.dumps(sarif(report.findings, rules()) if form == "sarif" else report.data(), indent=2)
    return text.replace("##[", "##\\u005b") + "\n"
