"""Which change the event of a workflow run is about."""

import json
from typing import Any

import pytest

from assets_actions.errors import UserError
from assets_actions.event import (
    Branch,
    Change,
    Event,
    Everything,
    PullRequest,
    Step,
    change,
    is_of_a_fork_with_secrets,
    merged_into,
)
from tests.conftest import ROOT

OLD, NEW, NONE = "a" * 40, "b" * 40, "0" * 40
REPOSITORY = {"default_branch": "main"}
PULL_REQUEST = {"base": {"sha": OLD}, "head": {"sha": NEW}}
EXAMPLES = ROOT / ".tools/@octokit/webhooks-examples@7.6.1/node_modules/@octokit/webhooks-examples"


def push(ref: str = "refs/heads/main", before: str = OLD, **more: Any) -> Event:
    return Event("push", ref, {"ref": ref, "before": before, "after": NEW, "repository": REPOSITORY, **more})


def on(name: str, ref: str, /, **more: Any) -> Event:
    return Event(name, ref, {"repository": REPOSITORY, **more})


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (Event("pull_request", "refs/pull/7/merge", {"pull_request": PULL_REQUEST}), PullRequest(OLD, NEW)),
        (Event("pull_request_review", "", {"pull_request": PULL_REQUEST}), PullRequest(OLD, NEW)),
        (Event("pull_request_target", "refs/heads/main", {"pull_request": PULL_REQUEST}), PullRequest(OLD, NEW)),
        (Event("merge_group", "", {"merge_group": {"base_sha": OLD, "head_sha": NEW}}), Step(OLD, NEW)),
        (push(), Step(OLD, NEW)),
        (push("refs/heads/work"), Step(OLD, NEW)),
        (push("refs/heads/work", NONE, created=True), Branch("main")),
        (push("refs/heads/work", "0" * 64, created=True), Branch("main")),
        (push(before=NONE, created=True), Everything("push on main")),
        (push(forced=True), Step(OLD, NEW)),
        (push("refs/heads/work", forced=True), Branch("main")),
        (on("workflow_dispatch", "refs/heads/work"), Branch("main")),
        (on("workflow_dispatch", "", ref="refs/heads/work"), Branch("main")),
        (on("workflow_dispatch", "refs/heads/main"), Everything("workflow_dispatch on main")),
        (on("schedule", "refs/heads/main", schedule="0 0 * * *"), Everything("schedule on main")),
        (on("repository_dispatch", "refs/heads/main"), Everything("repository_dispatch on main")),
        (on("workflow_run", "refs/heads/main"), Everything("workflow_run on main")),
    ],
)
def test_an_event_tells_the_change(event: Event, wanted: Change) -> None:
    assert change(event) == wanted


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (push("refs/tags/v1"), "`refs/tags/v1` is no branch"),
        (push("refs/heads/work", deleted=True), "`refs/heads/work` was deleted"),
        (on("workflow_dispatch", "refs/tags/v1"), "`refs/tags/v1` is no branch"),
        (on("issues", "refs/heads/main"), "an event `issues` does not tell"),
        (on("", ""), "an event `` does not tell"),
        (push(before="main"), "`before` of the event `push` of this workflow run is no commit: `main`"),
        (push(before="a:refs/heads/b"), "is no commit"),
        (push(before="a" * 39), "is no commit"),
        (push(before="\0"), "no `before`"),
        (push(before=NONE, repository={"default_branch": "\ud800"}), "no `repository.default_branch`"),
        (Event("push", "", {}), "`push` of this workflow run has no `ref`"),
        (Event("push", "", {"ref": "refs/heads/main", "before": OLD}), "no `repository.default_branch`"),
        (Event("merge_group", "", {"merge_group": []}), "no `merge_group.base_sha`"),
        (Event("pull_request", "", {"pull_request": {"base": PULL_REQUEST["base"]}}), "no `pull_request.head.sha`"),
        (Event("pull_request", "", {"pull_request": "x"}), "no `pull_request.base.sha`"),
    ],
)
def test_an_event_that_tells_no_change_is_refused_with_a_way_out(event: Event, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        change(event)
    assert refused.value.fix
    assert "in place of `auto`" in refused.value.fix


def examples() -> list[Event]:
    """Every payload of the examples package that a workflow run can have."""
    if not EXAMPLES.exists():
        pytest.skip("npm has not installed the examples of payloads; .ci/run does")
    return [
        Event(webhook["name"], payload.get("ref") or "", payload)
        for file in sorted(EXAMPLES.glob("*/index.json"))
        for webhook in json.loads(file.read_text())
        for payload in webhook["examples"]
    ]


def test_every_example_of_a_payload_gives_its_base() -> None:
    seen: dict[str, int] = {}
    for event in examples():
        payload: Any = event.payload
        match event.name:
            case name if name.startswith("pull_request"):
                wanted: Change = PullRequest(
                    payload["pull_request"]["base"]["sha"], payload["pull_request"]["head"]["sha"]
                )
            case "merge_group":
                wanted = Step(payload["merge_group"]["base_sha"], payload["merge_group"]["head_sha"])
            case "push" if event.ref.startswith("refs/heads/"):
                # All of them made the default branch.
                assert payload["created"]
                wanted = Everything(f"push on {payload['repository']['default_branch']}")
            case "workflow_dispatch":
                wanted = Everything(f"workflow_dispatch on {payload['repository']['default_branch']}")
            case "repository_dispatch" | "workflow_run":
                default = payload["repository"]["default_branch"]
                event = event._replace(ref=f"refs/heads/{default}")  # where GitHub runs them  # noqa: PLW2901
                wanted = Everything(f"{event.name} on {default}")
            case _:
                with pytest.raises(UserError, match=r"does not tell what changed|was deleted|is no branch"):
                    change(event)
                continue
        assert change(event) == wanted
        seen[event.name] = seen.get(event.name, 0) + 1
    assert seen["pull_request"] > 20
    assert {"merge_group", "push", "workflow_dispatch", "workflow_run", "pull_request_review"} <= seen.keys()


def test_every_example_tells_what_is_to_be_merged_into_what() -> None:
    for event in examples():
        into = merged_into(event)
        assert (into is not None) == (event.name == "merge_group" or event.name.startswith("pull_request")), event.name


OURS, THEIRS = {"full_name": "us/assets"}, {"full_name": "mallory/assets"}


@pytest.mark.parametrize(
    ("name", "payload", "refused"),
    [
        ("pull_request_target", {"pull_request": {"head": {"repo": THEIRS}}}, True),
        ("pull_request_target", {"pull_request": {"head": {"repo": None}}}, True),
        ("pull_request_target", {"pull_request": {"head": {"repo": OURS}}}, False),
        ("workflow_run", {"workflow_run": {"head_repository": THEIRS}}, True),
        ("workflow_run", {"workflow_run": {"head_repository": OURS}}, False),
        ("pull_request", {"pull_request": {"head": {"repo": THEIRS}}}, False),
        ("push", {}, False),
    ],
)
def test_a_fork_that_caused_a_run_with_secrets_is_told(name: str, payload: dict[str, Any], refused: bool) -> None:
    assert is_of_a_fork_with_secrets(Event(name, "refs/heads/main", {"repository": OURS, **payload})) == refused
