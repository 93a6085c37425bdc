"""The repository on GitHub that a remote is, and the token to write to it with."""

from pathlib import Path

from assets_actions import git, runner
from assets_actions.errors import UserError
from assets_actions.github.connection import Connection, name_of


def connection(root: Path, remote: str, what_for: str) -> Connection:
    """The connection to the remote's repository. Raises UserError where that, or the token, is not to be told."""
    known = runner.github()
    name = name_of(git.remote_url(root, remote), known.api) or known.repository
    if name is None:
        fix = "set GITHUB_REPOSITORY to OWNER/NAME, or name its address with --remote"
        raise UserError(f"which repository on GitHub the remote `{remote}` is cannot be told", fix=fix)
    if known.token is None:
        fix = (
            "set GITHUB_TOKEN in the environment; in a workflow, `env: {GITHUB_TOKEN: ${{ github.token }}}` at the step"
        )
        raise UserError(f"{what_for} a token is needed, and there is none", fix=fix)
    return Connection(known.api, name, known.token)
