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
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from .assets.tree import Entry, Tree
from .errors import UserError

T = TypeVar("T")
HEADS, TAGS = "refs/heads/", "refs/tags/"
STAGING = "refs/assets-actions/"
"""Where a push has its tags on their way out, below the number of its process."""
NO_OBJECT = "0" * 40
_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
DEEPEN_BY = (50, 200, 1000)
"""How many more commits are fetched, step by step, of a history that was cut off."""
_PIECE = 1 << 20
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # what is released is what every clone has
}
_OVERRULED = {
    "core.quotePath": "false",
    "core.splitIndex": "false",  # it would leave its other half in the repository
    "diff.orderFile": os.devnull,
    "grep.patternType": "basic",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "trailer.separators": ":",
}
"""What the user's configuration must not change of questions and answers."""
_GIT = ("git", *(part for setting in _OVERRULED.items() for part in ("-c", "=".join(setting))))
_LOG = ("--literal-pathspecs", "log")
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
_PLACES = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
    "GIT_GLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
}  # fmt: skip
"""Variables that lead git to another repository than the one it is run in, or to other files there than those that are
named: a hook that runs us has them set."""


class GitError(UserError):
    """git refused; the message is what it said."""


class Identity(NamedTuple):
    """Who commits."""

    name: str
    email: str


class Changes(NamedTuple):
    """What a commit changed: when (seconds since 1970), the first value of a trailer, and new entries by path.

    Of removals, the entries are those that were there.
    """

    commit: str
    at: int
    trailer: str | None
    entries: dict[str, Entry | None]


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
    try:
        done = subprocess.run(
            [*_GIT, *arguments], cwd=repo, input=stdin, capture_output=True, env=environment(env), check=False
        )
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
    if b"must be run in a work tree" in done.stderr:
        fix = "run it in a clone that has one; `git worktree add DIR` makes one, `--no-checkout` leaves it empty"
        raise GitError(f"{directory} has no working tree: it is a bare repository, or the folder of one", fix=fix)
    raise GitError(_text(done.stderr).strip())


def is_id(revision: str) -> bool:
    """Whether this can be nothing but an object's id."""
    return _ID.fullmatch(revision) is not None


def commit_of(repo: Path, revision: str) -> str | None:
    """The id of the commit that a revision names; None where there is none."""
    if is_id(revision) and missing_commits(repo, [revision]):
        return None
    done = _run(
        repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", accept=(0, 1, 128)
    )
    return _text(done.stdout).strip() or None


def commit_tree_of(repo: Path, commit: str | None, directory: str = "") -> Tree:
    """The files of a commit, or those below a directory of it; of no commit, no files."""
    below = ("--", directory) if directory else ()
    listed = _run(repo, "ls-tree", "-r", "-z", "--full-tree", commit, *below, accept=(0, 128)) if commit else None
    if listed and listed.returncode:
        said = _text(listed.stderr).strip()
        if said == "fatal: not a tree object":
            message = f"a branch or tag leads to {commit}, which is no commit, or is missing from the repository"
            raise GitError(message, fix="correct the branch or tag")
        raise GitError(said)
    listing = _text(listed.stdout) if listed else ""
    entries: dict[str, Entry] = {}
    for line in listing.split("\0")[:-1]:
        meta, path = line.split("\t", 1)
        mode, _, blob = meta.split(" ")
        entries[path] = Entry(mode, blob)
    return tree_of_entries(repo, entries, [commit] if commit else [])


def tree_of_entries(repo: Path, entries: Mapping[str, Entry], commits: Sequence[str]) -> Tree:
    """Files that some commits have, be it one at one path and another at another."""
    store = _Store(repo, commits)
    return Tree(
        entries,
        lambda paths, limit: store.read([entries[path].blob for path in paths], limit),
        fetch=lambda paths: store.fetch(entries[path].blob for path in paths),
    )


class _Store:
    """The blobs of commits. Those that a partial clone lacks are fetched together when they are asked for together."""

    def __init__(self, repo: Path, commits: Sequence[str]) -> None:
        self._repo, self._commits = repo, commits

    @cached_property
    def _promisor(self) -> str | None:
        """The remote that a partial clone gets from what it lacks."""
        told = _run(self._repo, "config", "--get-regexp", r"^remote\..*\.promisor$", "true", accept=(0, 1)).stdout
        return _text(told).split("\n")[0].removeprefix("remote.").rpartition(".")[0] or None

    @cached_property
    def _absent(self) -> set[str]:
        """The commits' blobs that are not here. Asking for one of them by itself would fetch it by itself."""
        if self._promisor is None or not self._commits:
            return set()
        switches = ("--objects", "--missing=print", "--no-walk", "--stdin")
        asked = "".join(f"{commit}\n" for commit in self._commits).encode()
        listed = _text(_run(self._repo, "rev-list", *switches, stdin=asked).stdout)
        return {line[1:] for line in listed.split("\n") if line.startswith("?")}

    def fetch(self, blobs: Iterable[str]) -> None:
        """Have these here."""
        if self._promisor and (wanted := self._absent.intersection(blobs)):
            # As git itself fetches one that it lacks: nothing of the history is compared.
            fetch = ("-c", "fetch.negotiationAlgorithm=noop", *_FETCH, "--filter=blob:none", "--stdin")
            asked = "".join(f"{blob}\n" for blob in sorted(wanted)).encode()
            _run(self._repo, *fetch, "--", self._promisor, stdin=asked)
            self._absent.difference_update(wanted)

    def read(self, blobs: Sequence[str], limit: int | None) -> Iterator[bytes]:
        """See `read_blobs`."""
        self.fetch(blobs)
        return read_blobs(self._repo, blobs, limit)


def filtered_files(repo: Path, commit: str, driver: str) -> set[str]:
    """The files of a commit that its attributes give to a filter driver, such as `lfs`."""
    with tempfile.TemporaryDirectory(prefix="assets-actions-") as directory:
        env = {"GIT_INDEX_FILE": os.path.join(directory, "index")}
        _run(repo, "read-tree", commit, env=env)
        files = _run(repo, "ls-files", "-z", "--cached", env=env).stdout
        told = _text(_run(repo, "check-attr", "--cached", "-z", "--stdin", "filter", stdin=files, env=env).stdout)
    fields = told.split("\0")
    return {path for path, value in zip(fields[::3], fields[2::3], strict=False) if value == driver}


def is_branch_name(repo: Path, name: str) -> bool:
    """Whether a branch may have this name: as git lets one be made, and not a ref's whole name by mistake."""
    if name.startswith(("-", "refs/")) or name == "HEAD":
        return False
    return _run(repo, "check-ref-format", f"{HEADS}{name}", accept=(0, 1)).returncode == 0


def tree_of(repo: Path, commit: str) -> str:
    """The id of a commit's tree."""
    return _ask(repo, "rev-parse", "--verify", f"{commit}^{{tree}}")


def read_blobs(repo: Path, blobs: Sequence[str], limit: int | None = None) -> Iterator[bytes]:
    """Contents of blobs in turn; of one over the limit, `limit + 1` bytes. Raises GitError for a missing one."""
    if not blobs:
        return
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{blob}\n" for blob in blobs).encode())
        asked.seek(0)
        command = [*_GIT, "cat-file", "--batch"]
        with subprocess.Popen(command, cwd=repo, stdin=asked, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout
            try:
                for blob in blobs:
                    yield _next_blob(process.stdout, blob, limit)
            finally:
                process.kill()


def _next_blob(output: IO[bytes], blob: str, limit: int | None) -> bytes:
    header = output.readline().split()
    if header[1:] == [b"missing"]:
        raise GitError(f"object {blob} is missing from the repository")
    size = int(header[2]) if len(header) == 3 else 0
    content = output.read(size if limit is None else min(size, limit + 1))
    left = size - len(content) + 1  # a line ending follows
    while left and (piece := output.read(min(left, _PIECE))):
        left -= len(piece)
    if left:
        raise GitError("git ended before it had told the contents that it was asked for", fix="run it again")
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


def changed_files(repo: Path, old: str, new: str) -> list[str]:
    """Files that differ between two commits; removed ones as well."""
    switches = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
    return _text(_run(repo, "diff", *switches, old, new, "--").stdout).split("\0")[:-1]


def sees_executable(repo: Path) -> bool:
    """Whether git goes by what the file system says is executable; it does not on Windows, nor where it is told so."""
    return _run(repo, "config", "--type=bool", "core.fileMode", accept=(0, 1)).stdout.strip() != b"false"


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


def parents(repo: Path, commit: str) -> list[str]:
    """The parents of a commit, in a shallow repository as well; they need not be there."""
    header = _ask(repo, "cat-file", "commit", commit).partition("\n\n")[0]
    return [line.removeprefix("parent ") for line in header.split("\n") if line.startswith("parent ")]


def deepen(repo: Path, remote: str, commits: int, *tips: str) -> bool:
    """Fetch so many more commits where the history of some commits is cut off; whether it was, and the remote did."""
    wanted = sorted(cut_off(repo, *tips))
    fetch = (*_FETCH, f"--deepen={commits}", "--", remote)
    return bool(wanted) and _run(repo, *fetch, *wanted, accept=range(256)).returncode == 0


def has_changes(repo: Path) -> bool:
    """Whether the working tree holds something that its commit does not."""
    return bool(_run(repo, "status", "--porcelain", "-z").stdout)


def remotes(repo: Path) -> list[str]:
    """Names of the remotes."""
    return _ask(repo, "remote").split()


def remote_url(repo: Path, remote: str) -> str:
    """The URL that a remote is fetched from, or the URL itself where one is given in a remote's place."""
    return _ask(repo, "ls-remote", "--get-url", "--", remote)


def remote_refs(repo: Path, remote: str, *patterns: str) -> dict[str, str]:
    """Refs of a remote that match, as they are there now: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    for line in filter(None, _ask(repo, "ls-remote", "--", remote, *patterns).split("\n")):
        object_, name = line.split("\t", 1)
        refs[name.removesuffix("^{}")] = object_
    return refs


def default_branch(repo: Path, remote: str) -> str | None:
    """The branch that a remote has checked out; None where it does not say."""
    told = _ask(repo, "ls-remote", "--symref", "--", remote, "HEAD").partition("\t")[0]
    return told.removeprefix("ref: ").removeprefix(HEADS) if told.startswith(f"ref: {HEADS}") else None


def current_branch(repo: Path) -> str | None:
    """The branch that is checked out; None where it is a commit."""
    name = _text(_run(repo, "symbolic-ref", "--quiet", "HEAD", accept=(0, 1)).stdout).strip()
    return name.removeprefix(HEADS) if name.startswith(HEADS) else None


def checked_out(repo: Path) -> set[str]:
    """The refs of the branches that are checked out, in this working tree or another one of the repository."""
    lines = _text(_run(repo, "worktree", "list", "--porcelain").stdout).splitlines()
    return {line.removeprefix("branch ") for line in lines if line.startswith("branch ")}


def local_refs(repo: Path, *prefixes: str) -> dict[str, str]:
    """Refs of this repository below some prefixes: name → commit (an annotated tag's commit, not the tag)."""
    refs: dict[str, str] = {}
    form = "--format=%(refname) %(objectname) %(*objectname)"
    for line in filter(None, _ask(repo, "for-each-ref", form, *prefixes).split("\n")):
        name, object_, peeled = line.split(" ")
        refs[name] = peeled or object_
    return refs


def missing_commits(repo: Path, commits: Collection[str]) -> list[str]:
    """Those of these commits that the repository does not hold. A partial clone does not fetch them to tell."""
    if not commits:
        return []
    switches = ("--no-walk", "--ignore-missing", "--missing=allow-any", "--stdin")
    found = _text(_run(repo, "rev-list", *switches, stdin="\n".join(commits).encode()).stdout).split()
    return sorted(set(commits) - set(found))


def is_shallow(repo: Path) -> bool:
    """Whether the repository's history was cut off when it was cloned."""
    return _ask(repo, "rev-parse", "--is-shallow-repository") == "true"


def cut_commits(repo: Path) -> frozenset[str]:
    """The commits at which the history of a shallow repository was cut off: what came before them is not known."""
    file = repo / _ask(repo, "rev-parse", "--git-path", "shallow")
    return frozenset(file.read_text().split()) if file.exists() else frozenset()


def cut_off(repo: Path, *revisions: str) -> frozenset[str]:
    """Those of them that some revisions lead to."""
    cut = cut_commits(repo)
    return cut and cut.intersection(_ask(repo, "rev-list", *revisions).split())


def fetch(repo: Path, remote: str, *refspecs: str) -> None:
    """Fetch refs. A shallow repository gets their last commits only."""
    depth = ("--depth=1",) if is_shallow(repo) else ()
    _run(repo, *_FETCH, *depth, "--", remote, *refspecs)


def deepening(repo: Path, remote: str, *commits: str) -> Iterator[None]:
    """Fetch more and more of the history of some commits, where this repository lacks it; in the end all of it.

    Yields once before, and after each step, so that whoever looks for something stops when it is found.
    """
    yield
    if missing := missing_commits(repo, commits):
        with suppress(GitError):
            fetch(repo, remote, *missing)
        if missing_commits(repo, missing):
            fetch_history(repo, remote, *commits)
        yield
    there = sorted({*commits}.difference(missing_commits(repo, commits)))
    for count in DEEPEN_BY:
        if not there or not deepen(repo, remote, count, *there):
            break
        yield
    if there and cut_off(repo, *there):
        fetch_history(repo, remote, *there)
        yield


def fetch_history(repo: Path, remote: str, *commits: str) -> None:
    """Fetch some commits with all that came before them; where the remote gives no single commits, all its branches."""
    depth = ("--unshallow",) if is_shallow(repo) else ()
    fetch = (*_FETCH, *depth, "--", remote)
    if _run(repo, *fetch, *commits, accept=range(256)).returncode:
        with suppress(GitError):
            _run(repo, *fetch, *remote_refs(repo, remote, f"{HEADS}*"))


def is_ancestor(repo: Path, ancestor: str, descendant: str) -> bool:
    """Whether a commit is another, or comes before it."""
    return _run(repo, "merge-base", "--is-ancestor", ancestor, descendant, accept=(0, 1)).returncode == 0


def last_trailers(repo: Path, commit: str, key: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The last commit, from this one back, that has a trailer with this key and a commit's id, and all its trailers.

    Whatever their dates say, none comes after another that its history holds. Twenty commits that only mention the key
    are looked past.
    """
    switches = ("--topo-order", "--max-count=20", f"--grep=^{re.escape(key)}: ")
    form = "--format=%H%n%(trailers:only,unfold)%x00"
    for told in _ask(repo, *_LOG, *switches, form, commit).split("\0")[:-1]:
        found, *lines = told.strip().split("\n")
        trailers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        if any(name == key and is_id(value) for name, value in trailers):
            return found, trailers
    return None


def trailers_of(repo: Path, commit: str) -> list[tuple[str, str]]:
    """The trailers of a commit's message."""
    lines = _ask(repo, *_LOG, "-1", "--format=%(trailers:only,unfold)", commit).split("\n")
    return [(key, value) for key, _, value in (line.partition(": ") for line in lines)]


def messages(repo: Path, commit: str, after: str | None, key: str) -> list[str]:
    """The messages of the commits, from this one back to where another's history begins, that have a line `key: …`."""
    revisions = [commit, *([f"^{after}"] if after else [])]
    return _ask(repo, *_LOG, f"--grep=^{re.escape(key)}: ", "--format=%B%x00", *revisions).split("\0")[:-1]


def last_change(repo: Path, commit: str, path: str) -> str | None:
    """The commit, from this one back, that changed a file or a directory last; where histories meet, the first's."""
    return _ask(repo, *_LOG, "-1", "--first-parent", "--format=%H", commit, "--", path) or None


def changes(repo: Path, commit: str, trailer: str, *paths: str) -> Iterator[Changes]:
    """What each commit, from this one back, changed of some files or directories, as far as it is asked for.

    Where histories meet, the first is followed. Raises GitError.
    """
    form = f"--format=%H %ct %(trailers:key={trailer},valueonly,separator=%x20)"
    return _log(repo, form, commit, paths)


def removals(repo: Path, commit: str, directory: str) -> Iterator[Changes]:
    """What each commit, from this one back, removed of a directory, as it was before; likewise."""
    return _log(repo, "--format=%H %ct ", commit, [directory], before=True)


def _log(repo: Path, form: str, commit: str, paths: Sequence[str], *, before: bool = False) -> Iterator[Changes]:
    switches = ["-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--first-parent", form]
    switches += ["--diff-filter=D"] if before else []
    command = [*_GIT, *_LOG, *switches, commit, "--", *paths]
    with subprocess.Popen(command, cwd=repo, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout
        try:
            yield from _changes(_pieces(process.stdout), before=before)
            if process.wait():
                raise GitError(f"the history of {commit} cannot be read: git log failed")
        finally:
            process.kill()


def _changes(pieces: Iterator[str], *, before: bool) -> Iterator[Changes]:
    """Of what git says, a header begins with an id, and what follows it of a file with a colon."""
    made: Changes | None = None
    for piece in pieces:
        if piece.lstrip("\n").startswith(":"):
            assert made
            mode, blob = piece.lstrip("\n:").split(" ")[0 if before else 1 : 4 : 2]
            made.entries[next(pieces)] = Entry(mode, blob) if blob.strip("0") else None
            continue
        if made:
            yield made
        id_, at, said = piece.split(" ", 2)
        made = Changes(id_, int(at or 0), said.split(" ")[0] or None, {})
    if made:
        yield made


def _pieces(output: IO[bytes]) -> Iterator[str]:
    """What stands before each NUL."""
    rest = b""
    while part := output.read(_PIECE):
        *whole, rest = (rest + part).split(b"\0")
        yield from map(_text, whole)


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
        none = "0" * len(commit or NO_OBJECT)  # the hashes of a repository may have 64 digits
        removals = [f"0 {none}\t{path}\0" for path, entry in edits.items() if entry is None]
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


def write_tags(repo: Path, tags: Mapping[str, str], who: Identity) -> dict[str, str]:
    """Store annotated tags (name → commit) as objects, without refs: name → id."""
    if not tags:
        return {}
    env = {"GIT_COMMITTER_NAME": who.name, "GIT_COMMITTER_EMAIL": who.email}
    ident = _text(_run(repo, "var", "GIT_COMMITTER_IDENT", env=env).stdout).strip()
    with tempfile.TemporaryDirectory(prefix="assets-actions-") as directory:
        for number, (name, commit) in enumerate(tags.items()):
            text = f"object {commit}\ntype commit\ntag {name}\ntagger {ident}\n\nRelease {name}\n"
            Path(directory, str(number)).write_bytes(_bytes(text))
        paths = "".join(f"{directory}/{number}\n" for number in range(len(tags)))
        written = _run(repo, "hash-object", "-t", "tag", "-w", "--no-filters", "--stdin-paths", stdin=_bytes(paths))
    return dict(zip(tags, _text(written.stdout).split(), strict=True))


def push(repo: Path, remote: str, branch: str, commit: str, tags: Mapping[str, str]) -> None:
    """Push a commit to a branch and tags (name → object) beside it: all of them or none, and never by force.

    Raises GitError where it is refused. The tags pass through refs of their own here, since so many may be pushed at
    once that no command line holds them. What a run that was killed has left of these goes first.
    """
    staging = f"{STAGING}{os.getpid()}/"
    leftovers = [name for name in local_refs(repo, STAGING) if not _is_in_use(name)]
    _update_refs(repo, (f"delete {name}\n" for name in leftovers))
    wildcard = (f"{staging}*:{TAGS}*",) if tags else ()
    switches = ("--quiet", "--atomic", "--no-follow-tags", "--no-recurse-submodules")
    _update_refs(repo, (f"create {staging}{name} {object_}\n" for name, object_ in tags.items()))
    try:
        _run(repo, "push", *switches, "--", remote, f"{commit}:{HEADS}{branch}", *wildcard)
    finally:
        _update_refs(repo, (f"delete {staging}{name}\n" for name in tags))


def push_branch(repo: Path, remote: str, branch: str, commit: str, now: str | None) -> None:
    """Let a branch of a remote be at a commit, as long as it is at `now` (None: nowhere). Raises GitError."""
    ref = f"{HEADS}{branch}"
    _run(repo, "push", "--quiet", "--no-follow-tags", f"--force-with-lease={ref}:{now or ''}", "--", remote,
         f"{commit}:{ref}")  # fmt: skip


def update_branch(repo: Path, branch: str, commit: str, now: str | None) -> None:
    """The same with a branch of this repository."""
    _run(repo, "update-ref", f"{HEADS}{branch}", commit, now or NO_OBJECT)


def _is_in_use(staged: str) -> bool:
    """Whether the run that staged a ref still goes on, in a process other than this one."""
    process = staged.removeprefix(STAGING).partition("/")[0]
    if not process.isdecimal() or int(process) == os.getpid() or os.name == "nt":  # there, to ask would end it
        return False
    try:
        os.kill(int(process), 0)
    except PermissionError:  # it is another user's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _update_refs(repo: Path, orders: Iterable[str]) -> None:
    if text := "".join(orders):
        _run(repo, "update-ref", "--stdin", stdin=_bytes(text))
