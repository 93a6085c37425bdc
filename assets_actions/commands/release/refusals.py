"""What git and GitHub say where a remote refuses, as errors that tell what to do.

The texts are those of git's own `send-pack.c`, `http.c`, `refs/` and `builtin/receive-pack.c`, and those that GitHub
sends as lines of `remote:` (GH001, GH006, GH013 and what comes with a status of 403 or 404). git asks for them in
English.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from assets_actions import git
from assets_actions.errors import UserError
from assets_actions.report.text import without_logins

LINES_QUOTED = 20
BYSTANDERS = ("(atomic push failure)", "(atomic push failed)", "(atomic transaction failed)")


class Refusal(NamedTuple):
    """A text that is searched for, what it means, and what to do."""

    pattern: str
    what: str
    fix: str


REFUSALS = (
    Refusal(
        r"Commits must have (?:verified|valid) signatures",
        "the remote takes signed commits only, and those that git pushes here are not signed",
        "give --mode api, with which GitHub signs the commit",
    ),
    Refusal(
        r"GH013: .* found for refs/tags/",
        "a rule of the repository forbids the release tags",
        "under Settings → Rules, let the app or user that releases bypass the rule for tags, or release without --tag",
    ),
    Refusal(
        r"GITHUB PUSH PROTECTION|Push cannot contain secrets",
        "what is released contains a secret, and the repository's push protection refuses it",
        "remove the secret from the asset and revoke it; GitHub names its place above",
    ),
    Refusal(
        r"GH013: ",
        "a rule of the repository forbids the push",
        "under Settings → Rules, let the app or user that releases bypass it, or leave the release branch out of it",
    ),
    Refusal(
        r"GH006: |protected branch hook declined",
        "the release branch is protected",
        "under Settings → Branches, let the app or user that releases push to it, or leave it out of the protection",
    ),
    Refusal(
        r"GH001: |exceeds GitHub's file size limit",
        "a file is larger than GitHub takes",
        "keep it in Git LFS or outside of the repository; its path stands above",
    ),
    Refusal(
        r"refusing to allow .* to create or update workflow",
        "the release branch has workflow files, and the token may not change these",
        "leave `.github/workflows` out of what is released, or use a token with the permission `workflows`",
    ),
    Refusal(
        r"archived so it is read-only",
        "the repository is archived",
        "unarchive it under Settings, or name another with --remote",
    ),
    Refusal(
        r"SAML SSO",
        "the token is not authorized for the organization's single sign-on",
        "authorize it under the account's Settings → Developer settings, or use another",
    ),
    Refusal(
        r"Permission to .* denied|Write access to repository not granted|marked as read only|returned error: 403"
        r"|not allowed to push",
        "whoever pushes here may not write to the repository",
        "in a workflow, give the job `permissions: contents: write`; elsewhere, use a login that may write",
    ),
    # What a hook says may be anything, words of what follows here included.
    Refusal(
        r"hook declined",
        "a hook of the remote declined the push",
        "it says why above; whoever keeps the remote can change it",
    ),
    Refusal(
        r"could not read (?:Username|Password)|Authentication failed|Invalid username or|Permission denied \(publickey"
        r"|returned error: 401",
        "the remote asks for a login, and there is none that it takes",
        "in a workflow, let actions/checkout keep its credentials (no `persist-credentials: false`); elsewhere, log in",
    ),
    Refusal(
        r"Host key verification failed",
        "the remote's SSH key is not known here",
        "add it to known_hosts, or use an https address",
    ),
    Refusal(
        r"Could not resolve (?:host|proxy)|Failed to connect|Couldn't connect|Connection refused|timed out"
        r"|Network is unreachable|No route to host|SSL certificate problem|server certificate verification failed",
        "the remote cannot be reached",
        "check its address, the network and the proxy, and run it again",
    ),
    Refusal(
        r"does not support --atomic",
        "the remote cannot take branch and tags as a whole",
        "use a remote that can (GitHub does), or set receive.advertiseAtomic there",
    ),
    Refusal(
        r"[Rr]epository (?:'.*' )?not found|does not appear to be a git repository|not a git repository",
        "there is no such repository, or it is hidden from whoever asks",
        "check the address of the remote, and that the login may see it; a repository that moved has a new address",
    ),
    Refusal(
        r"No space left on device|[Qq]uota|maximum allowed size|unpacker error|remote unpack failed",
        "a disk is full, or a limit of the remote is reached",
        "make room where git says so above, or raise the limit",
    ),
    Refusal(
        r"cannot lock ref|failed to update ref|\(already exists\)|reference already exists",
        "a branch or tag of the remote is in the way",
        "run it again; where a tag is called like the folder of another, delete it",
    ),
    Refusal(
        r"hung up|early EOF|unexpected disconnect|RPC failed|Connection reset|Could not read from remote",
        "the connection to the remote broke off",
        "run it again: it finds out what arrived, and does the rest",
    ),
)


@contextmanager
def explained(more: Sequence[Refusal] = ()) -> Iterator[None]:
    """Let what git says of a remote reach the user as an error with a fix; `more` come first. Raises UserError."""
    try:
        yield
    except git.GitError as error:
        raise explain(error, more) from None


def explain(error: git.GitError, more: Sequence[Refusal] = ()) -> UserError:
    """The error that says what a refusal means; one that nobody knows says what git said."""
    lines = [line.rstrip() for line in without_logins(error.message).splitlines()]
    # All refs of an atomic push are refused; those that are to blame say why.
    telling = [line for line in lines if line and not line.endswith(BYSTANDERS)]
    said = "\n".join(telling)
    for refusal in (*more, *REFUSALS):
        if re.search(refusal.pattern, said):
            left_out = ["…"] if len(telling) > LINES_QUOTED else []
            return UserError("\n".join([refusal.what, *telling[:LINES_QUOTED], *left_out]), fix=refusal.fix)
    return git.GitError(said, error.where, error.fix)
