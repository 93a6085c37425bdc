"""Servers for commands that look up."""

from tests.registries.conftest import index, proxy, registry

__all__ = ["index", "proxy", "registry"]
