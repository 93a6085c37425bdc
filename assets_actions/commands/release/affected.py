"""The second question of detect-changes: what does a change affect."""

from assets_actions import git, terminal
from assets_actions.assets.catalog import Catalog, load_catalog
from assets_actions.assets.tree import Tree
from assets_actions.commands import bases
from assets_actions.commands.base import Repository
from assets_actions.errors import UserError
from assets_actions.release.affected import Affected, affected
from assets_actions.release.versions import ReleaseTags
from assets_actions.settings import Settings

from . import planning, release_branch, sources


def find(repository: Repository, inputs: planning.PlanInputs, since: str) -> tuple[Affected, str]:
    """What the change that led to the source affects, and what is to be said of where it starts.

    Raises CannotPlanError where an asset of the source cannot be read: nobody knows whether it is affected.
    """
    source = sources.read(repository, inputs.source, inputs.release_branch, inputs.remote)
    with terminal.working(f"Looking for what changed since {since}"):
        base = bases.find(repository.root, since, source.commit, inputs.remote)
        before = _catalog(repository, git.commit_tree_of(repository.root, base.commit), source.catalog.tree)
        tags = ReleaseTags(release_branch.local_tags(repository.root).keys())
        return affected(source.commit, base.commit, source.catalog, before, tags), base.why


def _catalog(repository: Repository, tree: Tree, source: Tree) -> Catalog:
    """The assets of the base, wherever its own settings have them; not read yet."""
    directories = repository.inputs.assets_dir or _settings(repository, tree, source).assets_dirs
    paths = (tree.resolve("", directory).path for directory in directories)
    return load_catalog(tree, [path for path in paths if tree.is_directory(path)])


def _settings(repository: Repository, tree: Tree, source: Tree) -> Settings:
    try:
        return repository.settings(tree)
    except UserError:  # a change that mends them must not fail for what it mends
        return repository.settings(source)
