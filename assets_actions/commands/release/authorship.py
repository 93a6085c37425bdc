"""Who makes a release commit, and what it says of the run that made it."""

import hashlib
from pathlib import Path

from assets_actions import __version__, git, runner
from assets_actions.errors import UserError
from assets_actions.templates.pins import Pins

RUNNER_IDENTITY = git.Identity("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""Who GitHub shows for what a workflow run commits."""


def who(root: Path, name: str | None, email: str | None) -> git.Identity:
    """Who commits: as given, else as git is configured, else the runner. Raises UserError where nobody is known."""
    known = git.own_identity(root) or (RUNNER_IDENTITY if runner.is_runner() else git.Identity("", ""))
    found = git.Identity(name or known.name, email or known.email)
    if not all(found):
        raise UserError(
            "there is no author name and e-mail address for the commit",
            fix="give --author-name and --author-email, or configure git's user.name and user.email",
        )
    return found


def trailers(pins: Pins | None) -> dict[str, str]:
    """What the release commit says of the run that made it, beside its records."""
    run_url = runner.run_url()
    digest = hashlib.sha256(pins.canonical.encode()).hexdigest() if pins else ""
    return {
        **({"Pins-Digest": f"sha256:{digest}"} if digest else {}),
        **({"Workflow-Run": run_url} if run_url else {}),
        "Tool-Version": f"assets-actions {__version__}",
    }
