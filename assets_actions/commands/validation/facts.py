"""What rules need to know beside the assets: the settings, the day, what was released."""

import datetime
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from assets_actions import git
from assets_actions.assets.asset import Asset
from assets_actions.assets.tree import Tree
from assets_actions.commands.release import release_branch
from assets_actions.errors import UserError
from assets_actions.release.history import Released, look_back
from assets_actions.release.released import LATEST
from assets_actions.release.versions import ReleaseTags
from assets_actions.rules.registry import Facts
from assets_actions.settings import Settings


def release_files(root: Path, remote: str, branch: str) -> Callable[[], tuple[Tree, ReleaseTags]]:
    """The files and the tags of what was released, as they were fetched last; read while others do something else."""
    files = git.ahead(lambda: git.commit_tree_of(root, release_branch.tracked(root, remote, branch), LATEST))
    tags = git.ahead(lambda: ReleaseTags(release_branch.local_tags(root).keys()))

    def answer() -> tuple[Tree, ReleaseTags]:
        with suppress(UserError):
            tags()  # once the caller has an answer, or an error, no thread runs any longer
        return files(), tags()

    return answer


def gather(
    settings: Settings,
    assets: Sequence[Asset],
    release: Callable[[], tuple[Tree, ReleaseTags]] | None,
) -> Facts:
    """Everything that is known without a network; of what is not, why."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    known: list[object] = [settings, today]
    if release is None:
        return Facts(known, {Released: "this is no git repository, so what was released is not known"})
    try:
        return Facts([*known, look_back(assets, *release())])
    except UserError as error:
        return Facts(known, {Released: f"what was released is not known here: {error.message}"})
