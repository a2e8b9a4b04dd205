"""Generate and preprocess on a small shop: lines that are no sale are left out, and log and tables report it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clv import paths
from clv.errors import InputError
from clv.yaml_file import read_yaml
from stages import generate, preprocess
from tests.conftest import ROOT
from tests.settings import write_yaml

SHOP = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b", "b", "c", ""],
        "order_ts": ["2024-01-01", "2024-02-01", "2024-01-05", "2024-03-01", "2024-02-02", "2024-02-09"],
        "amount": [40, 30, 20, 10, 50, -15],
        "order_id": ["1", "2", "3", "4", "5", "1"],
        "Order Status": ["completed", "canceled", "completed", "completed", "failed", "refunded"],
    }
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which stages run, with the file of a shop."""
    (tmp_path / "data").mkdir()
    shutil.copytree(ROOT / paths.TEMPLATES, tmp_path / paths.TEMPLATES)
    shutil.copy(ROOT / paths.SYNTHETIC, tmp_path)
    SHOP.to_csv(tmp_path / "shop.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder: Path, files: dict[str, Any] | None = None, **transactions: str) -> dict[str, Any]:
    """Run both stages and return the metrics of preprocess."""
    content = read_yaml(ROOT / paths.PARAMS)
    content["generate"]["source"] = "files"
    content["generate"]["files"] |= {"transactions": "shop.csv"} | (files or {})
    content["generate"]["files"]["columns"]["transactions"] |= transactions
    write_yaml(content, folder / paths.PARAMS)
    generate.main()
    preprocess.main()
    return dict(json.loads((folder / paths.PREPROCESS_METRICS).read_text()))


def test_the_status_is_read_and_the_log_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metrics = run(folder)
    assert (metrics["net_revenue"], metrics["customers"]) == (40 - 15 + 20 + 10, 2)
    assert metrics["rejected"]["transactions"]["not_a_sale"] == 2
    assert metrics["repaired"]["transactions"]["inherited_field"] == 1
    log = capsys.readouterr().out
    assert "generate: column 'Order Status' is read as the status of the order: 'canceled' (1 rows)" in log
    assert "preprocess: 2 transaction lines (33.3%), worth 80.00, are not sales by their status" in log
    findings = pd.read_csv(folder / paths.FINDINGS).query("about == 'sale'")["text"].to_list()
    assert any("'Order Status' is read" in text for text in findings)
    assert any("are not sales by their status" in text for text in findings)


def test_it_can_be_switched_off(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metrics = run(folder, status="")
    assert (metrics["net_revenue"], metrics["customers"]) == (SHOP["amount"].sum(), 3)
    assert "status of the order" not in capsys.readouterr().out


def test_a_column_of_another_name_is_named_in_the_log_of_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SHOP.rename(columns={"Order Status": "Financial Status"}).to_csv(folder / "shop.csv", index=False)
    assert run(folder)["net_revenue"] == SHOP["amount"].sum()
    log = capsys.readouterr().out.splitlines()
    named = [line for line in log if "warning: column 'Financial Status' looks like the status of the order" in line]
    assert [line.split(":")[0] for line in named] == ["generate", "preprocess"]
    assert "'canceled' (1 rows), 'failed' (1 rows), 'refunded' (1 rows) would not be sales" in named[0]
    mapped = run(folder, status="Financial Status")
    assert mapped["net_revenue"] == 55


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_date_may_stand_on_another_line_of_the_order_however_far_away(folder: Path, blank: str) -> None:
    n = 140_000  # rows: one batch holds 131,072
    lines = pd.DataFrame({"customer_id": "a", "order_ts": "2024-01-01", "amount": 1, "order_id": range(n)})
    lines.loc[n - 1, ["order_ts", "order_id"]] = [blank, 5]
    lines.to_csv(folder / "shop.csv", index=False)
    assert run(folder)["net_revenue"] == n
    lines.loc[n - 1, "order_id"] = n
    lines.to_csv(folder / "shop.csv", index=False)
    with pytest.raises(InputError, match=rf"column 'order_ts', data row {n}: "):
        run(folder)


def test_a_date_that_cannot_be_read_is_refused_beside_blank_ones(folder: Path) -> None:
    lines = pd.DataFrame({"customer_id": "a", "order_ts": ["2024-01-01", "", "soon"], "amount": 1, "order_id": 7})
    lines.to_csv(folder / "shop.csv", index=False)
    with pytest.raises(InputError, match=r"column 'order_ts', data row 3: 'soon' is not "):
        run(folder)
