"""Registries and indexes to ask."""

from collections.abc import Iterator

import pytest

from tests.registries.package_index import Index
from tests.registries.proxy import Proxy
from tests.registries.registry import Registry, running


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry without logins, shared by a module: each test pushes under names of its own."""
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture(scope="module")
def basic_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that wants a login with each request."""
    with running(tmp_path_factory.mktemp("basic"), "basic") as registry:
        yield registry


@pytest.fixture(scope="module")
def bearer_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that wants tokens; `public/...` is for everybody."""
    with running(tmp_path_factory.mktemp("bearer"), "bearer") as registry:
        yield registry


@pytest.fixture
def proxy(registry: Registry) -> Iterator[Proxy]:
    """A proxy in front of the registry without logins."""
    with Proxy(registry.host) as proxy:
        yield proxy


@pytest.fixture
def index() -> Iterator[Index]:
    """An empty index."""
    with Index() as index:
        yield index
