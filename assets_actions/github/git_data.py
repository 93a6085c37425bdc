"""The Git Data API: objects and refs of a repository, written one by one.

GitHub signs a commit that a bot (an app, or the token of a workflow run) makes through the API, as long as neither
author nor committer nor tagger is given.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from assets_actions.assets.tree import Entry
from assets_actions.errors import UserError

from .connection import Connection, GitHubError, Refusal

ENTRIES_AT_ONCE = 500
"""GitHub cancels what takes it too long, and asks for large trees in steps; 1,600 entries have taken over 10 s."""
REFUSALS = (
    Refusal(
        409,
        "empty",
        "the repository has no branch at all, and its API takes nothing",
        "push a branch first, the one that is released from",
    ),
    Refusal(413, "", "a file is larger than GitHub's API takes", "give --mode git, or keep the file elsewhere"),
    Refusal(
        422,
        "[Ss]ignature",
        "the branch takes signed commits only, and GitHub did not sign this one",
        "use the token of a GitHub App or of the workflow run: for those of people, GitHub does not sign",
    ),
    Refusal(
        422,
        "rule violations|[Pp]rotected branch|[Rr]equired status|through a pull request|approving review",
        "a rule of the repository, or the protection of a branch, forbids it",
        "under Settings → Rules or Branches, let the app or user that releases bypass it",
    ),
    Refusal(
        422,
        "too large|timed out|too big",
        "this is too much for GitHub's API",
        "give --mode git, with a login that may push",
    ),
    Refusal(
        422,
        "^POST trees:",
        "GitHub lacks files that the release takes from its source",
        "push the source commit first, to the repository that the remote is",
    ),
    Refusal(
        422,
        " refs",
        "a branch or tag of the repository is in the way",
        "where a tag is called like the folder of another, delete it",
    ),
)


class Repository:
    """A repository on GitHub, as far as its Git Data API goes. What it refuses raises GitHubError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def commit_of(self, ref: str) -> str | None:
        """The commit that `heads/NAME` or `tags/NAME` leads to; None where there is no such ref."""
        try:
            found = self._ask("GET", f"ref/{quote(ref)}", "object")
        except GitHubError as error:
            if error.status == 404:
                return None
            raise
        while found["type"] == "tag":
            found = self._ask("GET", f"tags/{found['sha']}", "object")
        return str(found["sha"])

    def write_blob(self, content: bytes) -> str:
        """Store a blob; returns its id."""
        return self._made("blobs", content=base64.b64encode(content).decode(), encoding="base64")

    def write_tree(self, base: str | None, edits: Mapping[str, Entry | None]) -> str:
        """Store a tree like the base (of none: an empty one) with some paths set or removed; returns its id."""
        # Removals go first: a file may give way to a folder of its name, and the reverse.
        order = sorted(edits.items(), key=lambda edit: (edit[1] is not None, edit[0]))
        entries = [
            {"path": path, "mode": entry.mode if entry else "100644", "type": "blob", "sha": entry and entry.blob}
            for path, entry in order
        ]
        for start in range(0, len(entries), ENTRIES_AT_ONCE):
            on_top = {"base_tree": base} if base else {}
            base = self._made("trees", tree=entries[start : start + ENTRIES_AT_ONCE], **on_top)
        assert base, "a release edits something"
        return base

    def write_commit(self, tree: str, parent: str | None, message: str) -> str:
        """Store a commit, by whoever the token belongs to; returns its id."""
        return self._made("commits", message=message, tree=tree, parents=[parent] if parent else [])

    def move_branch(self, branch: str, parent: str | None, commit: str) -> bool:
        """Let a branch go on from its commit (from none: begin) to the next one; False where it is elsewhere by now."""
        try:
            if parent:
                self._ask("PATCH", f"refs/heads/{quote(branch)}", "object", sha=commit, force=False)
            else:
                self._ask("POST", "refs", "object", ref=f"refs/heads/{branch}", sha=commit)
        except GitHubError:
            # Where the branch is tells more than what was said: an answer may get lost, and a question be asked twice.
            now = self.commit_of(f"heads/{branch}")
            if now == parent:
                raise
            return now == commit
        return True

    def write_tag(self, name: str, commit: str) -> str:
        """Make an annotated tag of a commit, or find it made; returns the id of the tag.

        Raises UserError where a tag of this name leads elsewhere: tags never move.
        """
        tag = self._made("tags", tag=name, message=f"Release {name}\n", object=commit, type="commit")
        try:
            self._ask("POST", "refs", "object", ref=f"refs/tags/{name}", sha=tag)
        except GitHubError:
            now = self.commit_of(f"tags/{name}")
            if now is None:
                raise
            if now != commit:
                raise UserError(
                    f"the tag `{name}` leads to the commit {now[:12]}, not to {commit[:12]}",
                    fix="find out who made it; release tags never move",
                ) from None
        return tag

    def _made(self, kind: str, **content: Any) -> str:
        return str(self._ask("POST", kind, "sha", **content))

    def _ask(self, method: str, path: str, wanted: str, **content: Any) -> Any:
        """What is wanted of GitHub's answer to a request below the repository's `git/`. Raises GitHubError."""
        with self._connection.asking(f"{method} {path}", "contents: write", REFUSALS):
            answer = self._connection.ask(method, f"git/{path}", **content)
            if not isinstance(answer, dict) or wanted not in answer:
                raise ValueError(answer)
        return answer[wanted]
