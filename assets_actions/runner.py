"""The Actions runner: inputs, outputs, annotations, summary. github-action-utils is used here and nowhere else."""

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import UserError
from .report.text import visible

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .rules.registry import Finding

INPUTS = "ASSETS_ACTIONS_INPUTS"
"""The one variable in which all inputs of an action reach Python, as JSON."""
GITHUB_API = "https://api.github.com"
BASES = {"pull_request": ("base", "sha"), "pull_request_target": (), "merge_group": ("base_sha",)}
"""Events of what is to be merged: where their payload has the commit that it is merged into."""
LINES_FOLDED = 20
ANNOTATIONS_SHOWN = 10
"""GitHub shows so many annotations of each level for a step, and drops the others."""
SUMMARY_LIMIT = 1024 * 1024
"""GitHub drops a step's whole summary where it has more bytes."""


def is_runner() -> bool:
    """Whether this is a step of a workflow run."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


class GitHub(NamedTuple):
    """Where GitHub's API is; the `owner/name` of the repository that the workflow runs in; the token to write with."""

    api: str
    repository: str | None
    token: str | None


def github() -> GitHub:
    """What the environment says of GitHub; it is the same in a workflow run and out of one."""
    names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "GH_TOKEN")
    api, repository, *tokens = (os.environ.get(name, "").strip() or None for name in names)
    return GitHub((api or GITHUB_API).rstrip("/"), repository, tokens[0] or tokens[1])


def run_url() -> str | None:
    """The page of the workflow run that this is a step of."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def base_commit() -> str | None:
    """In a workflow run of a pull request or a merge queue, the commit that it is to be merged into.

    Raises UserError where this is such a run, and it cannot be told.
    """
    path = os.environ.get("GITHUB_EVENT_PATH")
    is_known = os.environ.get("GITHUB_EVENT_NAME") in BASES
    if not is_runner() or not (path or is_known):
        return None
    try:
        with open(path or "", encoding="utf-8") as file:
            event = json.load(file)
    except (OSError, ValueError) as error:
        raise UserError(f"the event of this workflow run cannot be read: {error}", path) from None
    for name, keys in BASES.items():
        found = event.get(name) if isinstance(event, dict) else None
        is_known |= found is not None
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str) and found:
            return found
    if is_known:
        raise UserError("the event of this workflow run does not tell what is to be merged into what", path)
    return None


def inputs() -> dict[str, str] | None:
    """The inputs of the action that runs us; None where none does. Raises UserError where they are not JSON."""
    text = os.environ.get(INPUTS)
    if text is None:
        return None
    try:
        given = json.loads(text)
    except ValueError as error:
        raise UserError(f"the variable {INPUTS} holds no JSON: {error}") from None
    if not isinstance(given, dict):
        raise UserError(f"the variable {INPUTS} holds no JSON object")
    return {str(name): "" if value is None else _text(value) for name, value in given.items()}


def report(text: str, findings: "Sequence[Finding]") -> None:
    """Print a result to the log, and its findings as annotations at their lines: the first ten of each severity.

    Of a long text all but the last line, the headline, is a group that can be folded. Nothing that it quotes is taken
    for a command.
    """
    import github_action_utils as actions

    *lines, headline = _safe(text).rstrip("\n").split("\n")
    if len(lines) < LINES_FOLDED:
        actions.echo(_quoted("\n".join([*lines, headline])))
    else:
        actions.echo("::group::Details")
        actions.echo(_quoted("\n".join(lines)))
        actions.echo(f"::endgroup::\n{_quoted(headline)}")
    levels = {"error": actions.error, "warning": actions.warning, "note": actions.notice}
    shown = dict.fromkeys(levels, 0)
    for finding in findings:
        shown[finding.severity] += 1
        if shown[finding.severity] <= ANNOTATIONS_SHOWN:
            message = f"{finding.message}\n{finding.fix}" if finding.fix else finding.message
            levels[finding.severity](
                _safe("\n".join(visible(line) for line in message.split("\n"))),
                title=_safe(finding.rule),
                file=_safe(finding.file),
                line=finding.line,
                col=finding.column,
                end_column=finding.place.end_column,
            )


def _quoted(text: str) -> str:
    """A text in which the runner takes nothing for a command."""
    import uuid

    token = uuid.uuid4().hex
    # The library's own stop_commands puts a space before the second ::, which not every runner takes.
    return f"::stop-commands::{token}\n{text}\n::{token}::"


def error(message: str) -> None:
    """Annotate the run with an error that stands at no line."""
    import github_action_utils as actions

    actions.error(_safe(message), title="assets-actions")


def set_outputs(outputs: "BaseModel") -> None:
    """Set a step's outputs: kebab-case names; true and false; lists as JSON; what is not there as the empty text."""
    import github_action_utils as actions

    if os.environ.get("GITHUB_OUTPUT"):
        for name, value in outputs.model_dump(mode="json").items():
            actions.set_output(name.replace("_", "-"), _safe(_text(value)))


def add_summary(markdown: str) -> None:
    """Add to the job summary; what would make it too long is cut off at a line, and says so."""
    import github_action_utils as actions

    if os.environ.get("GITHUB_STEP_SUMMARY"):
        actions.append_job_summary(_cut(_safe(markdown)))


def _cut(text: str) -> str:
    content = text.encode()
    if len(content) < SUMMARY_LIMIT:
        return text
    notice = "\n\n…: too long for a summary, the whole is in the log.\n"
    kept = content[: SUMMARY_LIMIT - 1 - len(notice.encode())]
    return kept[: kept.rindex(b"\n")].decode() + notice


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _safe(text: str) -> str:
    """File names may hold bytes that are not UTF-8; the runner's files and log do not."""
    return text.encode("utf-8", "backslashreplace").decode()
