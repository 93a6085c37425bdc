"""The working tree: its files as a tree, and edits to them."""

import os
import signal
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import git
from .assets.tree import EXECUTABLE, FILE, SUBMODULE, SYMLINK, Entry, Tree
from .errors import UserError

_PIECE = 1 << 20
NEW_FILE = 0o644


def scan(root: Path, in_git: bool, *, blobs: bool = False) -> Tree:
    """The files below a directory as they are now.

    In git, those that are tracked or could be (what git ignores is not there for a release either), `root` being the
    working tree's; outside of git all. Symbolic links are not followed; neither pipes nor devices are files.
    Where git goes without the file system's word on what is executable, so does this, for files that are tracked.
    With `blobs`, files that are as the index has them get their blob's id.
    """
    found: dict[str, tuple[Entry, int]] = {}

    def add(path: str, tracked: Entry | None) -> None:
        if (one := _entry(root, path, tracked, blobs)) is not None:
            found.setdefault(path, one)

    if in_git:
        untracked = git.ahead(lambda: git.untracked_files(root))
        modified = git.ahead(lambda: git.modified_files(root)) if blobs else list
        recorded = git.tracked_files(root)
        for path, tracked in recorded.items():
            add(path, tracked)
        other = [path for path, (entry, _) in found.items() if {entry.mode, recorded[path].mode} == {FILE, EXECUTABLE}]
        if other and not git.sees_executable(root):
            for path in other:
                found[path] = found[path][0]._replace(mode=recorded[path].mode), found[path][1]
        for path in modified():
            if path in found:
                found[path] = found[path][0]._replace(blob=""), found[path][1]
    for path in untracked() if in_git else _walk(root):
        add(path, None)
    entries = {path: entry for path, (entry, _) in found.items()}

    def read(paths: Sequence[str], limit: int | None) -> Iterator[bytes]:
        return (_read(f"{root}/{path}", entries[path], limit) for path in paths)

    return Tree(entries, read, {path: size for path, (_, size) in found.items()})


def write(root: Path, contents: Mapping[str, bytes]) -> None:
    """Give files other contents, all of them or none: each with its mode and in one step, so that nobody reads half.

    A file that is not there yet is made; a symbolic link is replaced, not followed.
    """
    written: list[tuple[str, Path]] = []
    try:
        for path, content in contents.items():
            target = root / path
            try:
                written.append((_beside(target, content), target))
            except OSError as error:
                error.filename = str(target)
                raise
        with _undisturbed():
            while written:
                os.replace(*written[-1])
                written.pop()
    finally:
        for temporary, _ in written:
            os.unlink(temporary)


def write_out(directory: Path, entries: Mapping[str, Entry], contents: Iterable[bytes]) -> None:
    """Write files, with the contents of each in their order, into a new directory, and nowhere else.

    Symbolic links become links, wherever they lead, and are never followed; a submodule becomes an empty directory.
    Raises UserError where a file's path leads through a link, or out of the directory.
    """
    directory.mkdir(parents=True)
    links = {path for path, entry in entries.items() if entry.mode == SYMLINK}
    for (path, entry), content in zip(entries.items(), contents, strict=True):
        parts = path.split("/")
        above = {"/".join(parts[:count]) for count in range(1, len(parts))}
        if above & links or not all(part not in ("", ".", "..") for part in parts):
            raise UserError(
                "this file lies behind a symbolic link, or outside", path, "commit what is there, or remove it"
            )
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode == SYMLINK:
            os.symlink(os.fsdecode(content), target)
        elif entry.mode == SUBMODULE:
            target.mkdir()
        else:
            mode = 0o755 if entry.mode == EXECUTABLE else NEW_FILE
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(target, flags, mode), "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), mode)


def _beside(target: Path, content: bytes) -> str:
    """The content in a new file beside its target; its name."""
    # A name that nobody can foresee, made anew: a link that stands there already would lead the write elsewhere.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".assets-actions-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), _mode(target))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _mode(target: Path) -> int:
    try:
        found = target.lstat().st_mode
    except FileNotFoundError:
        found = 0
    return stat.S_IMODE(found) if stat.S_ISREG(found) else NEW_FILE


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No interrupt comes between some steps, but after them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _walk(root: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise error

    for directory, folders, files in os.walk(root, onerror=refuse):
        folders[:] = sorted(folder for folder in folders if folder != ".git")
        links = (folder for folder in folders if os.path.islink(os.path.join(directory, folder)))
        for name in (*files, *links):
            yield os.path.relpath(os.path.join(directory, name), root).replace(os.sep, "/")


def _entry(root: Path, path: str, tracked: Entry | None, blobs: bool) -> tuple[Entry, int] | None:
    """A file's entry and size."""
    if tracked and tracked.mode == SUBMODULE:
        return Entry(SUBMODULE), 0
    try:
        found = os.lstat(f"{root}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    blob = tracked.blob if tracked and blobs else ""
    if stat.S_ISLNK(found.st_mode):
        return Entry(SYMLINK, blob), found.st_size
    if stat.S_ISREG(found.st_mode):
        return Entry(EXECUTABLE if found.st_mode & stat.S_IXUSR else FILE, blob), found.st_size
    return None


def _read(path: str, entry: Entry, limit: int | None) -> bytes:
    if entry.mode == SYMLINK:
        return os.fsencode(os.readlink(path))
    # Thousands of small files: a third of what open() costs.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        parts: list[bytes] = []
        left = sys.maxsize if limit is None else limit + 1
        while left > 0 and (part := os.read(handle, min(left, _PIECE))):
            parts.append(part)
            left -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(handle)
