"""The git program: one function per question to it or order to it, always on the repository that is named.

Paths go in and out NUL-separated; nothing passes through a shell. Text is UTF-8, other bytes are surrogates.
"""

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from .assets.tree import Entry, Tree
from .errors import UserError

T = TypeVar("T")
HEADS, TAGS = "refs/heads/", "refs/tags/"
NO_OBJECT = "0" * 40
_PIECE = 1 << 20
_ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_PLACES = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}  # fmt: skip
"""Variables that lead git to another repository than the one it is run in: a hook that runs us has them set."""


class GitError(UserError):
    """git refused; the message is what it said."""


class Identity(NamedTuple):
    """Who commits."""

    name: str
    email: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment that git is run in."""
    own = {name: value for name, value in os.environ.items() if name not in _PLACES}
    return {**own, **_ENVIRONMENT, **(more or {})}


def _run(
    repo: Path,
    *arguments: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    accept: Collection[int] = (0,),
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=repo, input=stdin, capture_output=True, env=environment(env), check=False)
    except FileNotFoundError:
        raise GitError("the git program was not found") from None
    if done.returncode not in accept:
        said = _text(done.stderr).strip() or f"git {arguments[0]} failed with exit code {done.returncode}"
        raise GitError(said)
    return done


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


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


def commit_tree_of(repo: Path, commit: str | None, directory: str = "") -> Tree:
    """The files of a commit, or those below a directory of it; of no commit, no files."""
    below = ("--", directory) if directory else ()
    listing = _text(_run(repo, "ls-tree", "-r", "-z", "--full-tree", commit, *below).stdout) if commit else ""
    entries: dict[str, Entry] = {}
    for line in listing.split("\0")[:-1]:
        meta, path = line.split("\t", 1)
        mode, _, blob = meta.split(" ")
        entries[path] = Entry(mode, blob)
    return Tree(entries, lambda paths, limit: read_blobs(repo, [entries[path].blob for path in paths], limit))


def read_blobs(repo: Path, blobs: Sequence[str], limit: int | None = None) -> Iterator[bytes]:
    """Contents of blobs in turn; of one over the limit, `limit + 1` bytes. Raises GitError for a missing one."""
    if not blobs:
        return
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{blob}\n" for blob in blobs).encode())
        asked.seek(0)
        command = ["git", "cat-file", "--batch"]
        with subprocess.Popen(command, cwd=repo, stdin=asked, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout
            try:
                for blob in blobs:
                    yield _next_blob(process.stdout, blob, limit)
            finally:
                process.kill()


def _next_blob(output: IO[bytes], blob: str, limit: int | None) -> bytes:
    header = output.readline().split()
    if len(header) != 3:
        raise GitError(f"object {blob} is missing from the repository")
    size = int(header[2])
    content = output.read(size if limit is None else min(size, limit + 1))
    left = size - len(content) + 1  # a line ending follows
    while left:
        left -= len(output.read(min(left, _PIECE)))
    return content


def ahead(question: Callable[[], T]) -> Callable[[], T]:
    """Ask git something while this process does something else; what is returned waits for the answer, or raises."""
    answers: list[T] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(question())
        except Exception as error:  # noqa: BLE001 (raised again where the answer is wanted)
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()

    def answer() -> T:
        asking.join()
        if errors:
            raise errors[0]
        return answers[0]

    return answer


def tracked_files(repo: Path) -> dict[str, Entry]:
    """Files of the index: path → entry."""
    files: dict[str, Entry] = {}
    tracked = _text(_run(repo, "ls-files", "-z", "--stage").stdout)
    for line in tracked.split("\0")[:-1]:
        meta, path = line.split("\t", 1)
        mode, blob, _ = meta.split(" ")
        files[path] = Entry(mode, blob)
    return files


def untracked_files(repo: Path) -> list[str]:
    """Files of the working tree that git neither has nor ignores."""
    return _text(_run(repo, "ls-files", "-z", "--others", "--exclude-standard").stdout).split("\0")[:-1]


def modified_files(repo: Path, commit: str | None = None) -> list[str]:
    """Tracked files that differ in the working tree from the index, or from a commit; removed ones as well."""
    if commit is None:
        return _text(_run(repo, "diff-files", "-z", "--name-only").stdout).split("\0")[:-1]
    switches = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
    return _text(_run(repo, "diff", *switches, commit, "--").stdout).split("\0")[:-1]


def sparse_files(repo: Path) -> list[str]:
    """Files of the index that a sparse checkout leaves out of the working tree."""
    if _run(repo, "config", "--type=bool", "core.sparseCheckout", accept=(0, 1)).stdout.strip() != b"true":
        return []
    listed = _text(_run(repo, "ls-files", "-z", "-t").stdout).split("\0")[:-1]
    return [line[2:] for line in listed if line.startswith("S ")]


def merge_base(repo: Path, a: str, b: str) -> str | None:
    """The best common ancestor of two commits; None where there is none, or a cut-off history leaves it open."""
    done = _run(repo, "merge-base", a, b, accept=(0, 1))
    base = _text(done.stdout).strip() or None
    # A better one may be hidden behind a commit whose parents are not here, unless that comes before this one.
    return None if base and cut_off(repo, a, b, f"^{base}") else base


def cut_off(repo: Path, *revisions: str) -> set[str]:
    """The commits, of those that some revisions lead to, whose parents a shallow repository does not hold."""
    path = repo / _ask(repo, "rev-parse", "--git-path", "shallow")
    if not path.exists():
        return set()
    return set(path.read_text().split()).intersection(_ask(repo, "rev-list", *revisions).split())


def parents(repo: Path, commit: str) -> list[str]:
    """The parents of a commit, in a shallow repository as well; they need not be there."""
    header = _ask(repo, "cat-file", "commit", commit).partition("\n\n")[0]
    return [line.removeprefix("parent ") for line in header.split("\n") if line.startswith("parent ")]


def deepen(repo: Path, remote: str, commits: int, *tips: str) -> bool:
    """Fetch so many more commits where the history of some commits is cut off; whether it was, and the remote did."""
    wanted = sorted(cut_off(repo, *tips))
    switches = ("--quiet", "--no-tags", "--no-write-fetch-head", f"--deepen={commits}")
    return bool(wanted) and _run(repo, "fetch", *switches, "--", remote, *wanted, accept=range(256)).returncode == 0


def has_changes(repo: Path) -> bool:
    """Whether the working tree holds something that its commit does not."""
    return bool(_run(repo, "status", "--porcelain", "-z").stdout)


def remotes(repo: Path) -> list[str]:
    """Names of the remotes."""
    return _ask(repo, "remote").split()


def remote_refs(repo: Path, remote: str, *patterns: str) -> dict[str, str]:
    """Refs of a remote that match, as they are there now: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    for line in filter(None, _ask(repo, "ls-remote", "--", remote, *patterns).split("\n")):
        object_, name = line.split("\t", 1)
        refs[name.removesuffix("^{}")] = object_
    return refs


def local_refs(repo: Path, *prefixes: str) -> dict[str, str]:
    """Refs of this repository below some prefixes: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    form = "--format=%(refname) %(objectname) %(*objectname)"
    for line in filter(None, _ask(repo, "for-each-ref", form, *prefixes).split("\n")):
        name, object_, peeled = line.split(" ")
        refs[name] = peeled or object_
    return refs


def missing_commits(repo: Path, commits: Collection[str]) -> list[str]:
    """Those of these commits that the repository does not hold."""
    asked = sorted(commits)
    stdin = "".join(f"{commit}^{{commit}}\n" for commit in asked).encode()
    told = _run(repo, "cat-file", "--batch-check", stdin=stdin).stdout.splitlines() if asked else []
    return [commit for commit, line in zip(asked, told, strict=True) if line.endswith(b" missing")]


def is_shallow(repo: Path) -> bool:
    """Whether the repository's history was cut off when it was cloned."""
    return _ask(repo, "rev-parse", "--is-shallow-repository") == "true"


def fetch(repo: Path, remote: str, *refspecs: str, deepen: bool = False) -> None:
    """Fetch refs. A shallow repository gets their last commits only, or all of history with `deepen`."""
    depth = () if not is_shallow(repo) else ("--unshallow",) if deepen else ("--depth=1",)
    _run(repo, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *depth, "--", remote, *refspecs)


def fetch_history(repo: Path, remote: str, *commits: str) -> None:
    """Fetch some commits with all that came before them; where the remote gives no single commits, all its branches."""
    depth = ("--unshallow",) if is_shallow(repo) else ()
    switches = ("--quiet", "--no-tags", "--no-write-fetch-head", *depth)
    if _run(repo, "fetch", *switches, "--", remote, *commits, accept=range(256)).returncode:
        with suppress(GitError):
            _run(repo, "fetch", *switches, "--", remote, *remote_refs(repo, remote, f"{HEADS}*"))


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
        lines = _bytes("".join([*removals, *settings]))
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


def write_tags(repo: Path, names: Sequence[str], commit: str, who: Identity) -> dict[str, str]:
    """Store annotated tags of a commit as objects, without refs: name → id."""
    if not names:
        return {}
    env = {"GIT_COMMITTER_NAME": who.name, "GIT_COMMITTER_EMAIL": who.email}
    ident = _text(_run(repo, "var", "GIT_COMMITTER_IDENT", env=env).stdout).strip()
    with tempfile.TemporaryDirectory(prefix="assets-actions-") as directory:
        for number, name in enumerate(names):
            text = f"object {commit}\ntype commit\ntag {name}\ntagger {ident}\n\nRelease {name}\n"
            Path(directory, str(number)).write_bytes(_bytes(text))
        paths = "".join(f"{directory}/{number}\n" for number in range(len(names)))
        written = _run(repo, "hash-object", "-t", "tag", "-w", "--no-filters", "--stdin-paths", stdin=_bytes(paths))
    return dict(zip(names, _text(written.stdout).split(), strict=True))


def push(repo: Path, remote: str, branch: str, commit: str, tags: Mapping[str, str]) -> None:
    """Push a commit to a branch and tags (name → object) beside it: all of them or none, and never by force.

    Raises GitError where it is refused. The tags pass through refs of their own here, since so many may be pushed at
    once that no command line holds them.
    """
    staged = {f"refs/assets-actions/{commit}/{name}": object_ for name, object_ in tags.items()}
    wildcard = (f"refs/assets-actions/{commit}/*:{TAGS}*",) if tags else ()
    switches = ("--quiet", "--atomic", "--no-follow-tags")
    _update_refs(repo, (f"create {name} {object_}\n" for name, object_ in staged.items()))
    try:
        _run(repo, "push", *switches, "--", remote, f"{commit}:{HEADS}{branch}", *wildcard)
    finally:
        _update_refs(repo, (f"delete {name}\n" for name in staged))


def _update_refs(repo: Path, orders: Iterable[str]) -> None:
    if text := "".join(orders):
        _run(repo, "update-ref", "--stdin", stdin=_bytes(text))
