"""The environment holds what its users import."""

import importlib

import pytest


@pytest.mark.parametrize("name", ["sklearn", "pandas", "mlflow"])
def test_package_can_be_imported(name: str) -> None:
    pytest.importorskip(name)
    importlib.import_module(name)
