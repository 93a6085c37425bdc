"""Tables of customers."""

from pathlib import Path

import pytest

pytest.importorskip("pandas")


def test_contract_is_a_category(tmp_path: Path) -> None:
    from customers import read

    table = tmp_path / "customers.csv"
    table.write_text("months,contract,calls\n3,monthly,1\n")
    assert read(str(table)).dtypes["contract"] == "category"
