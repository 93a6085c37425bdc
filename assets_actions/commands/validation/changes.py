"""What changed: since another commit, or by a list of files; and which assets that touches."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from assets_actions import git
from assets_actions.assets.tree import Tree
from assets_actions.commands import bases
from assets_actions.commands.base import Repository
from assets_actions.errors import UserError
from assets_actions.report.text import counted
from assets_actions.settings import SETTINGS_FILE

_QUOTED = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def files(repository: Repository, since: str | None, listed: str | None, remote: str) -> set[str] | None:
    """The changed files; None where no change was asked about, or all that is there counts as changed.

    Raises UserError where it cannot be told what changed.
    """
    if since is not None:
        return changed_since(repository, since, remote)
    return None if listed is None else _listed(repository, listed)


def concern_everything(tree: Tree, changed: set[str], watched: Iterable[str]) -> bool:
    """Whether the settings, or another file that is `watched`, changed: they decide what is found anywhere."""
    for path in (SETTINGS_FILE, *watched):
        target = tree.resolve("", path)
        if not changed.isdisjoint((path, target.path, *target.links)):
            return True
    return False


def changed_since(repository: Repository, ref: str, remote: str) -> set[str] | None:
    """Files of the working tree that differ from the commit at which its history left that of a ref; removed ones too.

    `auto` takes that commit from the event of the workflow run; None where this tells of no change but of a state.
    What this clone lacks of the histories is fetched. Raises UserError where the ref, or a common commit, is not to be
    had.
    """
    root = repository.root
    if not repository.in_git:
        raise UserError("what changed can be told in a git repository alone", str(root), "use --changed-files")
    head = git.commit_of(root, "HEAD")
    if head is None:
        raise UserError("nothing is committed here: what changed cannot be told", str(root))
    base = bases.find(root, ref, head, remote).commit
    if base is None:
        return None
    files = {*git.modified_files(root, base), *git.untracked_files(root)}
    if absent := sorted(files.intersection(git.sparse_files(root))):
        message = f"{counted(len(absent), 'changed file')} not checked out (a sparse checkout): {absent[0]}, …"
        raise UserError(message, str(root), "git sparse-checkout disable")
    return files


def _listed(repository: Repository, source: str) -> set[str]:
    content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    # By these two endings alone: a name may hold all else that Python takes for the end of a line.
    lines = (
        content.split(b"\0") if b"\0" in content else [_unquoted(ln.removesuffix(b"\r")) for ln in content.split(b"\n")]
    )
    return {_inside(repository.root, line.decode("utf-8", "surrogateescape")) for line in lines if line.strip()}


def _unquoted(line: bytes) -> bytes:
    """A path as git shows unusual ones without -z: in quotes, with the escapes of C."""
    if len(line) < 2 or not (line.startswith(b'"') and line.endswith(b'"')):
        return line
    return _QUOTED.sub(lambda e: bytes([_ESCAPES.get(e[1]) or int(e[1], 8)]), line[1:-1])


def _inside(root: Path, path: str) -> str:
    """A path as the repository's files have it. Raises UserError where it leads elsewhere."""
    relative = os.path.relpath(os.path.join(root, path), root).replace(os.sep, "/")
    if relative.startswith("../"):
        raise UserError(f"`{path}` does not lie in the repository", fix="list paths relative to the repository")
    return relative
