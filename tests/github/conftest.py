"""GitHub as the tests of this folder meet it."""

from collections.abc import Iterator

import pytest

from assets_actions.github import connection
from assets_actions.github.connection import Connection
from tests.conftest import Repo
from tests.github.emulator import Emulator
from tests.github.stand_in import GitHub


@pytest.fixture
def server(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    """The stand-in, where the environment says that GitHub is."""
    monkeypatch.setattr(connection, "BACKOFF_SECONDS", 0)
    with GitHub(repo) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture(params=["server", "emulator"])
def either(request: pytest.FixtureRequest) -> GitHub | Emulator:
    """The stand-in, and the emulator that others have made."""
    found: GitHub | Emulator = request.getfixturevalue(request.param)
    return found


def connected(server: GitHub | Emulator) -> Connection:
    """A connection to the repository there."""
    known = server.environment
    return Connection(known["GITHUB_API_URL"], known["GITHUB_REPOSITORY"], known["GITHUB_TOKEN"])
