"""A repository on GitHub, written through the REST API. PyGithub is used here and nowhere else.

GitHub signs a commit that a bot (an app, or the token of a workflow run) makes through the API, as long as neither
author nor committer nor tagger is given.
"""

import base64
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from assets_actions import __version__

from .assets.tree import Entry
from .errors import UserError

if TYPE_CHECKING:
    from github import GithubException

TRIES = 5
BACKOFF_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60
"""A rate limit that ends later is an error."""
TIMEOUT_SECONDS = 60
SECONDS_BETWEEN_WRITES = 1.0
"""As GitHub asks for; servers of others have no such limits unless they are set."""
ENTRIES_AT_ONCE = 500
"""GitHub cancels what takes it too long, and asks for large trees in steps; 1,600 entries have taken over 10 s."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Refusal(NamedTuple):
    """A status, a text that is searched for in what was asked and answered, what it means, and what to do."""

    status: int
    pattern: str
    what: str
    fix: str


REFUSALS = (
    Refusal(
        401,
        "",
        "GitHub does not take the token",
        "set GITHUB_TOKEN to one that is valid there; in a workflow, `GITHUB_TOKEN: ${{ github.token }}`",
    ),
    Refusal(
        403,
        "SAML",
        "the token is not authorized for the organization's single sign-on",
        "authorize it under the account's Settings → Developer settings, or use another",
    ),
    Refusal(403, "archived", "the repository is archived", "unarchive it under Settings"),
    Refusal(
        403,
        "",
        "the token may not write to the repository",
        "in a workflow, give the job `permissions: contents: write`; elsewhere, use a token with that permission",
    ),
    Refusal(
        404,
        "",
        "there is no such repository, or it is hidden from this token",
        "check GITHUB_REPOSITORY or the remote's address, and that the token may see the repository",
    ),
    Refusal(
        409,
        "empty",
        "the repository has no branch at all, and its API takes nothing",
        "push a branch first, the one that is released from",
    ),
    Refusal(409, "", "something else is at work on the repository", "run it again"),
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


class GitHubError(UserError):
    """GitHub refused, or could not be asked. `status` is that of its answer; 0 where there was none."""

    def __init__(self, status: int, message: str, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.status = status


def name_of(address: str, api: str) -> str | None:
    """The `owner/name` of the repository at the address of a remote; None where that is a path.

    Raises UserError where it is not on the GitHub that the API belongs to.
    """
    where = urlsplit(re.sub(r"^(?:[^/@:]+@)?([^/@:]{2,}):(?!//)", r"ssh://\1/", address))  # as scp writes it
    if where.scheme == "file" or not where.hostname:
        return None
    host, path = _host_of(api).removeprefix("api."), where.path.strip("/").removesuffix(".git")
    if where.hostname.removeprefix("ssh.") != host or path.count("/") != 1:
        raise UserError(
            f"`{where.hostname}/{path}`, the remote, is no repository of {host}, whose API is to be written to",
            fix="name the repository's own address with --remote, or its API with GITHUB_API_URL",
        )
    return path


def _host_of(api: str) -> str:
    """The host of an API. Raises UserError where a token would not be safe on the way to it."""
    try:
        address = urlsplit(api)
        host, _ = address.hostname, address.port
    except ValueError:
        host = None
    if not host or not (address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)):
        raise UserError(f"`{api}` is no address to send a token to", fix="set GITHUB_API_URL to an https address")
    return host


class Repository:
    """A repository on GitHub, as far as its Git Data API goes. What it refuses raises GitHubError."""

    def __init__(self, api: str, name: str, token: str) -> None:
        """Raises UserError where the name or the token can be none, or the token would not be safe."""
        host = _host_of(api)
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
            raise UserError(f"`{name}` names no repository on GitHub", fix="set GITHUB_REPOSITORY to OWNER/NAME")
        if not re.fullmatch(r"[!-~]+", token):
            raise UserError("the token has characters that no token has", fix="set GITHUB_TOKEN to the token alone")
        import github

        github.set_log_level(logging.CRITICAL)  # or each try that fails shows on the terminal
        is_service = host == "api.github.com" or host.endswith(".ghe.com")
        retry = github.GithubRetry(
            max_rate_limit_wait=LONGEST_WAIT_SECONDS,
            retry_after_max=LONGEST_WAIT_SECONDS,
            total=TRIES - 1,
            backoff_factor=BACKOFF_SECONDS,
            allowed_methods=None,  # all: whatever is asked twice comes to the same
            raise_on_status=False,
        )
        self._name = name
        self._requester = github.Github(
            auth=github.Auth.Token(token),
            base_url=api,
            timeout=TIMEOUT_SECONDS,
            user_agent=f"assets-actions/{__version__}",
            retry=retry,
            seconds_between_requests=None,
            seconds_between_writes=SECONDS_BETWEEN_WRITES if is_service else None,
        ).requester

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
        import github
        import requests

        try:
            url = f"/repos/{quote(self._name)}/git/{path}"
            _, answer = self._requester.requestJsonAndCheck(method, url, input=content or None)
        except github.GithubException as error:
            raise _refusal(error, f"{method} {path}") from None
        except requests.RequestException as error:
            message = f"GitHub's API at {self._requester.hostname} cannot be reached, {TRIES} times\n{error}"
            raise GitHubError(0, message, "check GITHUB_API_URL, the network and the proxy") from None
        except (RuntimeError, ValueError) as error:  # a redirect that PyGithub does not follow; JSON that is none
            raise _strange(str(error)) from None
        if not isinstance(answer, dict) or wanted not in answer:
            raise _strange(str(answer))
        return answer[wanted]


def _strange(answer: str) -> GitHubError:
    return GitHubError(
        0,
        f"GitHub's API does not answer as it should\n{answer[:500]}",
        "where the repository was moved, give its new address or GITHUB_REPOSITORY; check GITHUB_API_URL",
    )


def _refusal(error: "GithubException", asked: str) -> GitHubError:
    """What an answer that is no success means."""
    import github

    data = error.data if isinstance(error.data, dict) else {}
    said = " ".join(str(data.get("message") or error.message or "").split())
    quoted = f"{asked}: {error.status} {said}"
    if isinstance(error, github.RateLimitExceededException) or error.status == 429:
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        reset = headers.get("x-ratelimit-reset", "")
        until = f" until {datetime.fromtimestamp(int(reset), UTC):%Y-%m-%d %H:%M} UTC" if reset.isdecimal() else ""
        fix = "run it again then; --mode git needs no requests"
        return GitHubError(error.status, f"GitHub's rate limit for this token is used up{until}\n{quoted}", fix)
    for refusal in REFUSALS:
        if refusal.status == error.status and re.search(refusal.pattern, quoted):
            return GitHubError(error.status, f"{refusal.what}\n{quoted}", refusal.fix)
    what = "GitHub's API is not available" if error.status >= 500 else "GitHub refuses"
    return GitHubError(error.status, f"{what}\n{quoted}", "run it again later, or give --mode git")
