"""Servers for commands that look up."""

from tests.registries.conftest import basic_registry, index, proxy, registry

__all__ = ["basic_registry", "index", "proxy", "registry"]
