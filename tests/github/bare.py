"""The bare repository that the stand-in and the emulator have behind them."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BOT = {"name": "github-actions[bot]", "email": "41898282+github-actions[bot]@users.noreply.github.com"}


class RefusedError(Exception):
    """What GitHub says no to; the errors are those of single fields."""

    def __init__(self, status: int, message: str, *errors: Any) -> None:
        super().__init__(message)
        self.status = status
        self.told: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.told |= {"errors": errors}


def invalid(resource: str, field: str, message: str = "") -> RefusedError:
    detail = {"resource": resource, "field": field, "code": "custom" if message else "invalid"}
    return RefusedError(422, "Validation Failed", {**detail, **({"message": message} if message else {})})


class Bare:
    """A bare repository, and what GitHub knows and forbids by looking at it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def git(self, *arguments: str, stdin: bytes = b"", index: str | None = None) -> str:
        """What git says, as GitHub's bot. Raises RefusedError."""
        identity = {f"GIT_{role}_{key.upper()}": BOT[key] for role in ("AUTHOR", "COMMITTER") for key in BOT}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.place,
            input=stdin,
            capture_output=True,
            env={**os.environ, **identity, **({"GIT_INDEX_FILE": index} if index else {})},
            check=False,
        )
        if done.returncode:
            raise RefusedError(422, done.stderr.decode())
        return done.stdout.decode().strip()

    def read(self, kind: str, id_: str) -> bytes:
        """An object, byte for byte."""
        return subprocess.run(["git", "cat-file", kind, id_], cwd=self.place, capture_output=True, check=True).stdout

    def has(self, *arguments: str) -> bool:
        """Whether git says yes."""
        return subprocess.run(["git", *arguments], cwd=self.place, capture_output=True, check=False).returncode == 0

    def type(self, id_: str) -> str | None:
        try:
            return self.git("cat-file", "-t", id_)
        except RefusedError:
            return None

    def branches(self) -> dict[str, str]:
        """Name → commit."""
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads/").splitlines()
        return {name: commit for commit, name in (line.split(" ", 1) for line in lines)}

    def holds(self, commit: str, ancestor: str) -> bool:
        return self.has("merge-base", "--is-ancestor", ancestor, commit)

    def check_new(self, owner: str, head: str, base: str, opened: Iterable[tuple[str, str]]) -> None:
        """Raise RefusedError where no pull request can be opened; those that are open are told as (head, base)."""
        there = self.branches()
        if base not in there:
            raise invalid("PullRequest", "base")
        if head not in there:
            raise invalid("PullRequest", "head")
        if (head, base) in opened:
            message = f"A pull request already exists for {owner}:{head}."
            raise RefusedError(
                422, "Validation Failed", {"resource": "PullRequest", "code": "custom", "message": message}
            )
        if self.holds(there[base], there[head]):
            message = f"No commits between {base} and {head}"
            raise RefusedError(
                422, "Validation Failed", {"resource": "PullRequest", "code": "custom", "message": message}
            )

    def check_reopening(self, head: str, commit: str) -> None:
        """Raise RefusedError where the branch is not what it was when its pull request was closed, or went on."""
        tip = self.branches().get(head)
        if tip is None:
            raise invalid("PullRequest", "state", f"state cannot be changed. The {head} branch has been deleted.")
        if not self.holds(tip, commit):
            message = f"state cannot be changed. The {head} branch was force-pushed or recreated."
            raise invalid("PullRequest", "state", message)

    def merge(self, head: str, base: str, message: str, *, squash: bool = False) -> str:
        """Merge a branch into another; returns the commit. Raises RefusedError where they conflict."""
        tree = self.git("merge-tree", "--write-tree", base, head)
        parents = [word for branch in ((base,) if squash else (base, head)) for word in ("-p", branch)]
        commit = self.git("commit-tree", tree, *parents, "-m", message)
        self.git("update-ref", f"refs/heads/{base}", commit, self.git("rev-parse", base))
        return commit
