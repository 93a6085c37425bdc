"""The working tree: its files as a tree, and edits to them."""

import os
import stat
from collections.abc import Collection, Iterable, Mapping
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

    def read(paths: Collection[str]) -> Mapping[str, bytes]:
        return {path: _read(root / path, entries[path]) for path in paths}

    return Tree(entries, read)


def write(root: Path, contents: Mapping[str, bytes]) -> None:
    """Give regular files other contents, each in one step and with its mode: whoever reads sees the old or the new."""
    for path, content in contents.items():
        target = root / path
        temporary = target.with_name(f".{target.name}.assets-actions")
        temporary.write_bytes(content)
        temporary.chmod(stat.S_IMODE(target.lstat().st_mode))
        temporary.replace(target)


def _walk(root: Path) -> Iterable[str]:
    for directory, folders, files in os.walk(root):
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


def _read(path: Path, entry: Entry) -> bytes:
    return os.fsencode(os.readlink(path)) if entry.mode == SYMLINK else path.read_bytes()
