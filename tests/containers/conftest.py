"""Registries to push to."""

from tests.registries.conftest import basic_registry, registry

__all__ = ["basic_registry", "registry"]
