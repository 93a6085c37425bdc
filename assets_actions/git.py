"""The git program: one function per question to it or order to it, always on the repository that is named.

Paths go in and out NUL-separated; nothing passes through a shell. Text is UTF-8, other bytes are surrogates.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from .assets.tree import Entry, Tree
from .errors import UserError

NO_OBJECT = "0" * 40
_ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


class GitError(UserError):
    """git refused; the message is what it said."""


class Identity(NamedTuple):
    """Who commits."""

    name: str
    email: str


def _run(
    repo: Path,
    *arguments: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    accept: Collection[int] = (0,),
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=repo,
            input=stdin,
            capture_output=True,
            env={**os.environ, **_ENVIRONMENT, **(env or {})},
            check=False,
        )
    except FileNotFoundError:
        raise GitError("the git program was not found") from None
    if done.returncode not in accept:
        said = _text(done.stderr).strip() or f"git {arguments[0]} failed with exit code {done.returncode}"
        raise GitError(said)
    return done


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _ask(repo: Path, *arguments: str) -> str:
    return _text(_run(repo, *arguments).stdout).removesuffix("\n")


def top_level(directory: Path) -> Path | None:
    """The root of the working tree that a directory belongs to; None outside of any."""
    done = _run(directory, "rev-parse", "--show-toplevel", accept=(0, 128))
    if done.returncode == 0:
        return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))
    if b"not a git repository" in done.stderr:
        return None
    raise GitError(_text(done.stderr).strip())


def commit_of(repo: Path, revision: str) -> str | None:
    """The id of the commit that a revision names; None where there is none."""
    done = _run(
        repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", accept=(0, 1, 128)
    )
    return _text(done.stdout).strip() or None


def commit_tree_of(repo: Path, commit: str | None) -> Tree:
    """The files of a commit; of no commit, no files."""
    if commit is None:
        return Tree({}, lambda _: {})
    listing = _text(_run(repo, "ls-tree", "-r", "-z", "--full-tree", commit).stdout)
    entries: dict[str, Entry] = {}
    for line in listing.split("\0")[:-1]:
        meta, path = line.split("\t", 1)
        mode, _, blob = meta.split(" ")
        entries[path] = Entry(mode, blob)

    def read(paths: Collection[str]) -> Mapping[str, bytes]:
        blobs = read_blobs(repo, {entries[path].blob for path in paths})
        return {path: blobs[entries[path].blob] for path in paths}

    return Tree(entries, read)


def read_blobs(repo: Path, blobs: Collection[str]) -> dict[str, bytes]:
    """Contents of blobs, by id. Raises GitError where one is missing."""
    if not blobs:
        return {}
    asked = sorted(blobs)
    output = _run(repo, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in asked).encode()).stdout
    contents, position = {}, 0
    for blob in asked:
        end = output.index(b"\n", position)
        header = output[position:end].split(b" ")
        if header[-1] == b"missing":
            raise GitError(f"object {blob} is missing from the repository")
        size = int(header[2])
        contents[blob] = output[end + 1 : end + 1 + size]
        position = end + 1 + size + 1
    return contents


def listed_files(repo: Path) -> dict[str, str]:
    """Files of the working tree that are tracked, or untracked and not ignored: path → mode (empty if untracked)."""
    files: dict[str, str] = {}
    tracked = _text(_run(repo, "ls-files", "-z", "--stage").stdout)
    for line in tracked.split("\0")[:-1]:
        meta, path = line.split("\t", 1)
        files[path] = meta.split(" ")[0]
    for path in _text(_run(repo, "ls-files", "-z", "--others", "--exclude-standard").stdout).split("\0")[:-1]:
        files.setdefault(path, "")
    return files


def has_changes(repo: Path) -> bool:
    """Whether the working tree holds something that its commit does not."""
    return bool(_run(repo, "status", "--porcelain", "-z").stdout)


def remotes(repo: Path) -> list[str]:
    """Names of the remotes."""
    return _ask(repo, "remote").split()


def remote_refs(repo: Path, remote: str, *patterns: str) -> dict[str, str]:
    """Refs of a remote that match, as they are there now: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    for line in _ask(repo, "ls-remote", remote, *patterns).splitlines():
        object_, name = line.split("\t", 1)
        refs[name.removesuffix("^{}")] = object_
    return refs


def local_refs(repo: Path, *prefixes: str) -> dict[str, str]:
    """Refs of this repository below some prefixes: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    for line in _ask(repo, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", *prefixes).splitlines():
        name, object_, peeled = line.split(" ")
        refs[name] = peeled or object_
    return refs


def has_commit(repo: Path, commit: str) -> bool:
    """Whether the repository holds this commit."""
    return _run(repo, "cat-file", "-e", f"{commit}^{{commit}}", accept=(0, 1, 128)).returncode == 0


def is_shallow(repo: Path) -> bool:
    """Whether the repository's history was cut off when it was cloned."""
    return _ask(repo, "rev-parse", "--is-shallow-repository") == "true"


def fetch(repo: Path, remote: str, *refspecs: str, deepen: bool = False) -> None:
    """Fetch refs. A shallow repository gets their last commits only, or all of history with `deepen`."""
    depth = () if not is_shallow(repo) else ("--unshallow",) if deepen else ("--depth=1",)
    _run(repo, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *depth, remote, *refspecs)


def is_ancestor(repo: Path, ancestor: str, descendant: str) -> bool:
    """Whether a commit is another, or comes before it."""
    return _run(repo, "merge-base", "--is-ancestor", ancestor, descendant, accept=(0, 1)).returncode == 0


def last_trailer(repo: Path, commit: str, key: str) -> str | None:
    """The value of a trailer in the last commit, from this one back, that has it.

    Twenty commits that only mention its name are looked past.
    """
    form = f"--format=%(trailers:key={key},valueonly)"
    found = _ask(repo, "log", "--max-count=20", f"--grep=^{re.escape(key)}: ", form, commit).split()
    return found[0] if found else None


def own_identity(repo: Path) -> Identity | None:
    """Who the user's git configuration says commits here; None where it does not say."""
    done = _run(repo, "var", "GIT_AUTHOR_IDENT", accept=(0, 128))
    ident = re.match(r"(.*) <(.*)> ", _text(done.stdout))
    return Identity(ident[1], ident[2]) if done.returncode == 0 and ident else None


def write_blobs(repo: Path, contents: Iterable[bytes]) -> None:
    """Store contents as blobs, all in one go."""
    stream = b"".join(b"blob\ndata %d\n%s\n" % (len(content), content) for content in contents)
    if stream:
        _run(repo, "fast-import", "--quiet", "--done", stdin=stream + b"done\n")


def write_tree(repo: Path, commit: str | None, edits: Mapping[str, Entry | None]) -> str:
    """The id of a tree like the commit's (of none: an empty one) with some paths set or removed.

    Neither the index nor the working tree of the repository is touched.
    """
    with tempfile.TemporaryDirectory(prefix="assets-actions-") as directory:
        env = {"GIT_INDEX_FILE": os.path.join(directory, "index")}
        _run(repo, "read-tree", commit or "--empty", env=env)
        # Removals go first: a file may give way to a folder of its name, and the reverse.
        removals = [f"0 {NO_OBJECT}\t{path}\0" for path, entry in edits.items() if entry is None]
        settings = [f"{entry.mode} {entry.blob}\t{path}\0" for path, entry in edits.items() if entry is not None]
        lines = "".join([*removals, *settings]).encode("utf-8", "surrogateescape")
        _run(repo, "update-index", "-z", "--index-info", stdin=lines, env=env)
        return _text(_run(repo, "write-tree", env=env).stdout).strip()


def write_commit(repo: Path, tree: str, parent: str | None, message: str, who: Identity) -> str:
    """Store a commit; returns its id."""
    parents = ("-p", parent) if parent else ()
    env = {
        f"GIT_{role}_{part}": getattr(who, part.lower())
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    done = _run(
        repo, "commit-tree", tree, *parents, "-F", "-", stdin=message.encode("utf-8", "surrogateescape"), env=env
    )
    return _text(done.stdout).strip()


def write_tag(repo: Path, name: str, commit: str, message: str, who: Identity) -> str:
    """Store an annotated tag as an object, without a ref; returns its id."""
    env = {"GIT_COMMITTER_NAME": who.name, "GIT_COMMITTER_EMAIL": who.email}
    ident = _text(_run(repo, "var", "GIT_COMMITTER_IDENT", env=env).stdout).strip()
    text = f"object {commit}\ntype commit\ntag {name}\ntagger {ident}\n\n{message}\n"
    return _text(_run(repo, "mktag", stdin=text.encode()).stdout).strip()


def push(repo: Path, remote: str, refs: Mapping[str, str]) -> None:
    """Push objects to refs of a remote: all of them or none, and never by force. Raises GitError where refused."""
    _run(repo, "push", "--quiet", "--atomic", remote, *(f"{object_}:{name}" for name, object_ in refs.items()))
