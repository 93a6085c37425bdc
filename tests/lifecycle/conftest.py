"""Assets on their way out, on real git repositories and GitHub as the tests of its edge meet it."""

from collections.abc import Callable

import pytest

from tests.conftest import Ran, Repo, component, environment
from tests.github.conftest import either, server

__all__ = ["either", "server"]

OLD, NEW = "environment/env-1", "environment/env-2"
DAY = "2027-05-24"


def described(name: str, description: str = "An environment.") -> dict[str, str]:
    """The files of an environment with a description."""
    files = environment(name)
    files[f"assets/{name}/spec.yaml"] += f"description: {description}\n"
    return files


@pytest.fixture
def two(repo: Repo) -> Repo:
    """Two environments, the one and what replaces it, both released with tags; and a component."""
    repo.commit({**described("env-1"), **described("env-2"), **component()})
    repo.release("--tag")
    return repo


@pytest.fixture
def twice(two: Repo) -> Callable[..., Ran]:
    """Runs a command, and again: the second time there is nothing to do, and nothing is done."""

    def run(*arguments: str) -> Ran:
        first = two.run(*arguments, "--format", "json")
        assert first.code == 0, first.err
        refs = two.remote_refs()
        second = two.run(*arguments, "--format", "json")
        assert second.code == 0, second.err
        assert not second.json.get("changed")
        assert two.remote_refs() == refs
        return first

    return run
