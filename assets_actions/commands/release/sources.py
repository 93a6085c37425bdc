"""The source of a release: a commit, its assets, and what its settings say of releases."""

import posixpath
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets_actions import git, terminal
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.tree import Tree
from assets_actions.commands.base import Repository, broken
from assets_actions.errors import ExitCode, UserError
from assets_actions.report.findings import FindingsReport
from assets_actions.settings import Settings, find_ignored

LFS = "lfs"


@dataclass(frozen=True)
class Source:
    """The commit to release, its assets, its settings, and the name of the branch that it is released on.

    `lfs`: the files that must not be released as pointers of Git LFS.
    """

    commit: str
    catalog: Catalog
    settings: Settings
    ignored: Callable[[str], bool]
    lfs: Collection[str]
    release_branch: str

    @property
    def planned_with(self) -> dict[str, Any]:
        """What the settings say of the plan, as `make_plan` takes it."""
        return {"ignored": self.ignored, "lfs": self.lfs, "removals": self.settings.release_removals}


class CannotPlanError(Exception):
    """Something keeps a plan from being made; the report says what and where, the exit code whose it is to mend."""

    def __init__(self, report: FindingsReport, code: ExitCode = ExitCode.FOUND) -> None:
        super().__init__(report.headline)
        self.report, self.code = report, code


def read(repository: Repository, revision: str, release_branch: str | None, remote: str) -> Source:
    """The assets of the source commit. Raises CannotPlanError where one of them cannot be read."""
    source = find(repository, revision, release_branch, remote)
    with terminal.working(f"Reading the assets of {source.commit[:12]}"):
        report = broken(source.catalog)
    if report:
        raise CannotPlanError(report)
    return source


def find(repository: Repository, revision: str, release_branch: str | None, remote: str) -> Source:
    """The assets of the source commit, before any is read. Raises UserError where there is no such commit."""
    commit = git.commit_of(repository.root, revision)
    if commit is None and git.is_id(revision):
        try:
            git.fetch(repository.root, remote, revision)
        except git.GitError as error:
            message = f"the commit {revision} is not here and cannot be fetched: {error.message}"
            raise UserError(message, fix="name the commit to release with --source; push it first") from None
        commit = git.commit_of(repository.root, revision)
    if commit is None:
        raise UserError(f"there is no commit `{revision}`", fix="name the commit to release with --source")
    tree = git.commit_tree_of(repository.root, commit)
    catalog = repository.catalog(tree)
    settings = repository.settings(tree)
    lfs = () if settings.release_lfs_pointers else _lfs(repository.root, commit, tree)
    branch = release_branch or settings.release_branch
    _check_name(repository.root, branch)
    return Source(commit, catalog, settings, find_ignored(tree), lfs, branch)


def _check_name(root: Path, branch: str) -> None:
    """Raise UserError where no branch can have this name: it would be taken for one that is not there yet."""
    if not git.is_branch_name(root, branch):
        plain = branch.removeprefix(git.HEADS)
        fix = f"call it `{plain}`" if git.is_branch_name(root, plain) else "name another with --release-branch"
        raise UserError(f"no branch of releases can be called `{branch}`", fix=fix)


def _lfs(root: Path, commit: str, tree: Tree) -> Collection[str]:
    """The files that Git LFS keeps elsewhere, by the attributes of the commit."""
    attributes = tree.read(path for path in tree.entries if posixpath.basename(path) == ".gitattributes")
    return git.filtered_files(root, commit, LFS) if any(LFS.encode() in text for text in attributes.values()) else ()
