"""One state of a repository's files, of a commit or of the working tree, by path.

Paths are relative to the repository's root, with `/` between parts and bytes that are not UTF-8 as surrogates
(PEP 383). The root itself is the empty path.
"""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

FILE, EXECUTABLE, SYMLINK, SUBMODULE = "100644", "100755", "120000", "160000"
MAX_LINKS = 40
LONGEST_PATH = 4096
"""As on Linux; no longer path names a file."""
REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Entry(NamedTuple):
    """A file as git keeps it: its mode and its blob's id (empty where it was never given to git)."""

    mode: str
    blob: str = ""


class Kind(StrEnum):
    """What a path leads to."""

    FILE = "file"
    DIRECTORY = "directory"
    SUBMODULE = "submodule"
    MISSING = "missing"
    OUTSIDE = "outside"


class Target(NamedTuple):
    """Where a path leads after `..` and symbolic links: a path in the tree, what it is, and the links passed."""

    path: str
    kind: Kind
    links: tuple[str, ...] = ()


Read = Callable[[Sequence[str], int | None], Iterator[bytes]]
"""Contents of files, in the order of their paths; of a file over a limit, a little more than that and no end."""


class Tree:
    """The files of one state of a repository. `read` gives many files as one batch, one at a time in memory.

    `fetch` is for where contents have to be brought here first: those that it is told of come together.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        read: Read,
        sizes: Mapping[str, int] | None = None,
        fetch: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self.entries = entries
        self.sizes = sizes or {}
        """Sizes in bytes, of those files whose size is known without reading them."""
        self.fetch = fetch
        self._read = read
        self._paths = sorted(entries)

    def stream(self, paths: Sequence[str], limit: int | None = None) -> Iterator[bytes]:
        """Contents of these files in turn; of a symbolic link, its target; of one over the limit, a part over it."""
        return self._read(paths, limit)

    def read(self, paths: Iterable[str], limit: int | None = None) -> dict[str, bytes]:
        """The same, all at once: path → content."""
        wanted = list(dict.fromkeys(paths))
        return dict(zip(wanted, self._read(wanted, limit), strict=True))

    @cached_property
    def links(self) -> dict[str, str]:
        """Where each symbolic link points."""
        links = [path for path, entry in self.entries.items() if entry.mode == SYMLINK]
        return {path: target.decode("utf-8", "surrogateescape") for path, target in self.read(links).items()}

    def files(self, directory: str) -> list[str]:
        """All files below a directory, sorted."""
        if not directory:
            return self._paths
        # "0" is the character after "/", so these two bounds hold every path below the directory.
        first, last = (bisect_left(self._paths, directory + end) for end in "/0")
        return self._paths[first:last]

    def is_directory(self, path: str) -> bool:
        """Whether some file stands below this path."""
        first = bisect_left(self._paths, f"{path}/")
        return not path or (first < len(self._paths) and self._paths[first].startswith(f"{path}/"))

    def resolve(self, directory: str, reference: str) -> Target:
        """Follow a path that a file in `directory` names, part by part, as the operating system would.

        Symbolic links inside the repository are followed; a path that leaves it (absolute, too many `..`, a link
        that points out) has kind OUTSIDE.
        """
        if reference.startswith("/"):
            return Target(reference, Kind.OUTSIDE)
        if len(reference) > LONGEST_PATH:
            return Target(reference, Kind.MISSING)
        plain = below(directory, reference)
        if (entry := self.entries.get(plain)) and entry.mode in (FILE, EXECUTABLE):
            return Target(plain, Kind.FILE)
        if not entry and "/" not in reference and reference not in ("", ".", ".."):
            return Target(plain, Kind.DIRECTORY if self.is_directory(plain) else Kind.MISSING)
        parts = posixpath.join(directory, reference).split("/")[::-1]
        done: list[str] = []
        links: list[str] = []
        while parts:
            part = parts.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return Target(reference, Kind.OUTSIDE, tuple(links))
                done.pop()
                continue
            path = "/".join([*done, part])
            target = self.links.get(path)
            if target is None:
                done.append(part)
                continue
            links.append(path)
            if target.startswith("/"):
                return Target(path, Kind.OUTSIDE, tuple(links))
            if len(links) > MAX_LINKS:
                return Target(path, Kind.MISSING, tuple(links))
            parts.extend(target.split("/")[::-1])
        path = "/".join(done)
        if entry := self.entries.get(path):
            kind = Kind.SUBMODULE if entry.mode == SUBMODULE else Kind.FILE
        else:
            kind = Kind.DIRECTORY if self.is_directory(path) else Kind.MISSING
        return Target(path, kind, tuple(links))


def is_remote(reference: str) -> bool:
    """Whether this names something outside any file tree: a URL, or `azureml:name:1`."""
    return REMOTE.match(reference) is not None


def common_directory(paths: Sequence[str]) -> str:
    """The lowest directory that holds all these files, which are sorted: the first and the last tell."""
    return (
        posixpath.commonprefix([paths[0], paths[-1]]).rpartition("/")[0] if paths[1:] else posixpath.dirname(paths[0])
    )


def relative(path: str, directory: str) -> str:
    """A path below a directory, as seen from there."""
    return path[len(directory) + 1 :] if directory else path


def below(directory: str, path: str) -> str:
    """The reverse of `relative`: a path seen from a directory, as seen from the root."""
    return f"{directory}/{path}" if directory else path
