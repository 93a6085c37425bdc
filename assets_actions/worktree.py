"""The working tree: its files as a tree, and edits to them."""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import git
from .assets.tree import EXECUTABLE, FILE, SUBMODULE, SYMLINK, Entry, Tree


def scan(root: Path, in_git: bool) -> Tree:
    """The files below a directory as they are now.

    In git, those that are tracked or could be (what git ignores is not there for a release either), `root` being the
    working tree's; outside of git all. Symbolic links are not followed; neither pipes nor devices are files.
    """
    listed = git.listed_files(root) if in_git else dict.fromkeys(_walk(root), "")
    entries = {path: entry for path, mode in listed.items() if (entry := _entry(root, path, mode))}

    def read(paths: Sequence[str], limit: int | None) -> Iterator[bytes]:
        return (_read(f"{root}/{path}", entries[path], limit) for path in paths)

    return Tree(entries, read)


def write(root: Path, contents: Mapping[str, bytes]) -> None:
    """Give regular files other contents, each in one step and with its mode: whoever reads sees the old or the new."""
    for path, content in contents.items():
        target = root / path
        # A name that nobody can foresee, made anew: a link that stands there already would lead the write elsewhere.
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".assets-actions-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), stat.S_IMODE(target.lstat().st_mode))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise


def _walk(root: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise error

    for directory, folders, files in os.walk(root, onerror=refuse):
        folders[:] = sorted(folder for folder in folders if folder != ".git")
        links = (folder for folder in folders if os.path.islink(os.path.join(directory, folder)))
        for name in (*files, *links):
            yield os.path.relpath(os.path.join(directory, name), root).replace(os.sep, "/")


def _entry(root: Path, path: str, mode: str) -> Entry | None:
    if mode == SUBMODULE:
        return Entry(SUBMODULE)
    try:
        found = os.lstat(f"{root}/{path}").st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(found):
        return Entry(SYMLINK)
    if stat.S_ISREG(found):
        return Entry(EXECUTABLE if found & stat.S_IXUSR else FILE)
    return None


def _read(path: str, entry: Entry, limit: int | None) -> bytes:
    if entry.mode == SYMLINK:
        return os.fsencode(os.readlink(path))
    with open(path, "rb") as file:
        return file.read(-1 if limit is None else limit + 1)
