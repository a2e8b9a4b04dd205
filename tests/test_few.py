"""The search for counts of few persons finds them."""

from pathlib import Path

import pandas as pd

from clv import storage
from tests.few import small_counts


def test_a_small_count_is_found_wherever_it_stands(tmp_path: Path) -> None:
    storage.write_json(
        {"lists": [{"people": 3, "share": 0.5, "ok": True}], "all": 900, "none": 0}, tmp_path / "metrics/a.json"
    )
    rows = pd.DataFrame({"decile": [1, 2], "visitors": [7.0, None], "money": [3.0, 4.5]})
    storage.write_csv(rows, tmp_path / "tables" / "b.csv")
    storage.write_csv(rows, tmp_path / "plots" / "c.csv")
    found = ["a.json:lists.0.people is 3", "c.csv:visitors is 7", "b.csv:visitors is 7"]
    assert small_counts(tmp_path, 20) == found
    assert small_counts(tmp_path, 3) == []
