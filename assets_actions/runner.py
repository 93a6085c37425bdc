"""The Actions runner: inputs, outputs, annotations, summary. github-action-utils is used here and nowhere else."""

import json
import os
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import UserError
from .event import Event, merged_into
from .report.text import visible

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .rules.registry import Finding

INPUTS = "ASSETS_ACTIONS_INPUTS"
"""The one variable in which all inputs of an action reach Python, as JSON."""
TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
"""Variables that hold the token to write with; the first that does counts."""
LOGIN = "ASSETS_ACTIONS_LOGIN_"
"""Before a host, the variable that holds a login for it, as `user:password`."""
BOOTSTRAP = ("python-version", "cache-environment")
"""Inputs that an action reads itself, to set itself up."""
GITHUB_API = "https://api.github.com"
LINES_FOLDED = 20
ANNOTATIONS_SHOWN = 10
"""GitHub shows so many annotations of each level for a step, and drops the others."""
SUMMARY_LIMIT = 1024 * 1024
"""GitHub drops a step's whole summary where it has more bytes."""
OUTPUTS_LIMIT = 512 * 1024
"""A job's outputs may have twice as many bytes in all, as UTF-16; its other steps may have some, too."""


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
    names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", *TOKENS)
    api, repository, *tokens = (os.environ.get(name, "").strip() or None for name in names)
    return GitHub((api or GITHUB_API).rstrip("/"), repository, tokens[0] or tokens[1])


def run_url() -> str | None:
    """The page of the workflow run that this is a step of."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def event() -> Event | None:
    """The event that started the workflow run; None outside of any. Raises UserError where it cannot be read."""
    path, name = os.environ.get("GITHUB_EVENT_PATH"), os.environ.get("GITHUB_EVENT_NAME", "")
    if not is_runner() or not (path or name):
        return None
    try:
        with open(path or "", encoding="utf-8") as file:
            payload = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"the event of this workflow run cannot be read: {error}", path) from None
    return Event(name, os.environ.get("GITHUB_REF", ""), payload if isinstance(payload, dict) else {})


def base_commit() -> str | None:
    """In a workflow run of a pull request or a merge queue, the commit that it is to be merged into.

    Raises UserError where this is such a run, and it cannot be told.
    """
    found = event()
    return merged_into(found) if found else None


def inputs() -> dict[str, str] | None:
    """The inputs of the action that runs us; None where none does. Raises UserError where they are not JSON.

    Without those that the action itself reads, to set itself up.
    """
    text = os.environ.get(INPUTS)
    if text is None:
        return None
    try:
        given = json.loads(text)
    except ValueError as error:
        raise UserError(f"the variable {INPUTS} holds no JSON: {error}") from None
    if not isinstance(given, dict):
        raise UserError(f"the variable {INPUTS} holds no JSON object")
    return {str(name): _text(value) for name, value in given.items() if name not in BOOTSTRAP}


def mask_secrets() -> None:
    """Let the log show no token and no login of the environment, whatever comes to quote it.

    Only where the log is all that reads what is printed: in a step of an action.
    """
    import github_action_utils as actions

    tokens = [os.environ.get(name, "") for name in TOKENS]
    logins = [text.partition(":")[2] for name, text in os.environ.items() if name.startswith(LOGIN)]
    for line in dict.fromkeys(line for secret in (*tokens, *logins) for line in secret.splitlines() if line.strip()):
        # What looks like an escape in it would be read as one.
        actions.echo(f"::add-mask::{line.replace('%', '%25')}")


def report(text: str, findings: "Sequence[Finding]") -> None:
    """Print a result to the log, and its findings as annotations at their lines: the first ten of each severity.

    Of a long text all but the last line, the headline, is a group that can be folded. Nothing that it quotes is taken
    for a command.
    """
    import github_action_utils as actions

    *lines, headline = _safe(text).rstrip("\n").split("\n")
    if len(lines) < LINES_FOLDED:
        show(text)
    else:
        folded("Details", "\n".join(lines))
        show(headline)
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


def show(text: str) -> None:
    """Print a text to the log. Nothing that it quotes is taken for a command."""
    import github_action_utils as actions

    actions.echo(_quoted(_safe(text).rstrip("\n")))


def folded(title: str, text: str) -> None:
    """The same, as a group that can be folded."""
    import github_action_utils as actions

    actions.echo(f"::group::{_safe(visible(title))}")
    show(text)
    actions.echo("::endgroup::")


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
    """Set a step's outputs: kebab-case names; true and false; lists as JSON; what is not there as the empty text.

    Where they are too large together, the largest are written to files, whose paths are the outputs then. An object
    stays as it is: it is a matrix, of no use in a file, and its maker keeps it short.
    """
    import github_action_utils as actions

    if os.environ.get("GITHUB_OUTPUT"):
        values = outputs.model_dump(mode="json")
        texts = {name.replace("_", "-"): _safe(_text(value)) for name, value in values.items()}
        sizes = {name: len(text.encode("utf-16-le")) for name, text in texts.items()}
        may_move = (name.replace("_", "-") for name, value in values.items() if not isinstance(value, dict))
        total = sum(sizes.values())
        for name in sorted(may_move, key=sizes.__getitem__, reverse=True):
            if total <= OUTPUTS_LIMIT:
                break
            total -= sizes[name]
            texts[name] = _filed(name, texts[name])
        for name, text in texts.items():
            actions.set_output(name, text)


def _filed(name: str, text: str) -> str:
    """The path of a new file with this text, which the job's later steps can read."""
    path = os.path.join(new_directory(), f"{name}.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def new_directory() -> str:
    """A new directory for what a run leaves; in a workflow run, one that the job's later steps can read."""
    return tempfile.mkdtemp(prefix="assets-actions-", dir=os.environ.get("RUNNER_TEMP") or None)


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
