"""Reads tables of customers."""

import pandas as pd

FEATURES = ["months", "contract", "calls"]


def read(path: str) -> pd.DataFrame:
    """The customers of a CSV file, with the contract as a category."""
    return pd.read_csv(path).astype({"contract": "category"})
