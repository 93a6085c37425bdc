"""What the event of a workflow run tells of the change that it is about. Pure: `runner` reads it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .errors import UserError

HEADS = "refs/heads/"
_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What JSON may spell, and no ref has."""
TO_BE_MERGED = ("pull_request", "pull_request_target", "merge_group")
"""Events of what is to be merged: their payload has the commit that it is merged into."""
ON_A_BRANCH = ("workflow_dispatch", "schedule", "repository_dispatch", "workflow_run")
"""Events that happen to a branch without changing it."""
WITH_SECRETS = {
    "pull_request_target": ("pull_request", "head", "repo", "full_name"),
    "workflow_run": ("workflow_run", "head_repository", "full_name"),
}
"""Events that a fork may cause and whose runs have this repository's secrets; where they tell the fork's name."""
SAY_SINCE = "say what to compare with: a branch or a commit, in place of `auto`"


class Event(NamedTuple):
    """The event that started a workflow run: its name, the ref that the run is on, its payload."""

    name: str
    ref: str
    payload: Mapping[str, Any]


class PullRequest(NamedTuple):
    """A change that is to be merged: the commit of the branch that it is for, and its own last one."""

    base: str
    head: str


class Step(NamedTuple):
    """A change from one commit to another, whichever way the histories of the two went."""

    base: str
    head: str


class Branch(NamedTuple):
    """All that a branch has beside the default branch, which is named."""

    default: str


class Everything(NamedTuple):
    """No change but a state, and why."""

    why: str


Change = PullRequest | Step | Branch | Everything


def merged_into(event: Event) -> str | None:
    """The commit that what the event is about is to be merged into; None where nothing is to be merged.

    Raises UserError where something is, and the commit cannot be told.
    """
    base = _at(event, "pull_request", "base", "sha") or _at(event, "merge_group", "base_sha")
    is_known = event.name in TO_BE_MERGED or any(event.payload.get(name) is not None for name in TO_BE_MERGED)
    if is_known and base is None:
        raise UserError("the event of this workflow run does not tell what is to be merged into what")
    return base


def change(event: Event) -> Change:
    """The change that an event is about. Raises UserError where it is about none, or does not say."""
    if event.payload.get("pull_request") is not None:
        return PullRequest(_commit(event, "pull_request", "base", "sha"), _commit(event, "pull_request", "head", "sha"))
    if event.name == "merge_group":
        return Step(_commit(event, "merge_group", "base_sha"), _commit(event, "merge_group", "head_sha"))
    if event.name == "push":
        return _pushed(event)
    if event.name in ON_A_BRANCH:
        return _state(event, event.ref or str(event.payload.get("ref", "")))
    raise UserError(f"an event `{event.name}` does not tell what changed", fix=SAY_SINCE)


def is_of_a_fork_with_secrets(event: Event) -> bool:
    """Whether a fork caused a run that has this repository's rights and secrets; a fork that is gone did so, too."""
    if event.name not in WITH_SECRETS:
        return False
    cause = _at(event, *WITH_SECRETS[event.name])
    return cause is None or cause != _at(event, "repository", "full_name")


def _pushed(event: Event) -> Change:
    ref, before = _told(event, "ref"), _commit(event, "before")
    if event.payload.get("deleted"):
        raise UserError(f"`{ref}` was deleted: there is nothing left that could have changed", fix=SAY_SINCE)
    state = _state(event, ref)
    if _is_none(before):
        return state
    if event.payload.get("forced") and isinstance(state, Branch):
        return state
    return Step(before, _commit(event, "after"))


def _state(event: Event, ref: str) -> Branch | Everything:
    if not ref.startswith(HEADS):
        raise UserError(f"`{ref}` is no branch: the event `{event.name}` does not tell what changed", fix=SAY_SINCE)
    default = _told(event, "repository", "default_branch")
    return Everything(f"{event.name} on {default}") if ref == HEADS + default else Branch(default)


def _is_none(commit: str) -> bool:
    """Whether this stands for no commit: all zeros, as many as the repository's hashes have digits."""
    return not commit.strip("0")


def _commit(event: Event, *keys: str) -> str:
    found = _told(event, *keys)
    if not _ID.fullmatch(found):
        message = f"`{'.'.join(keys)}` of the event `{event.name}` of this workflow run is no commit: `{found}`"
        raise UserError(message, fix=SAY_SINCE)
    return found


def _told(event: Event, *keys: str) -> str:
    found = _at(event, *keys)
    if found is None:
        raise UserError(f"the event `{event.name}` of this workflow run has no `{'.'.join(keys)}`", fix=SAY_SINCE)
    return found


def _at(event: Event, *keys: str) -> str | None:
    found: Any = event.payload
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found and not _NO_TEXT.search(found) else None
