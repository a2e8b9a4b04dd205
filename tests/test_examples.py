"""The notebooks of examples/ run from top to bottom, as a reader runs them."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from tests.conftest import ROOT

QUICK = {
    "train.learners": ["btyd", "ridge"],
    "time.rolling_origins": 0,
    "evaluate.resamples": 100,
    "train.max_rows": 1000,
}


def run(name: str, folder: Path, parameters: dict[str, Any]) -> dict[int, str]:
    """Execute a notebook in a folder; return what its cells print or show, as text, by their number."""
    shutil.copy(ROOT / "synthetic.yaml", folder)
    out = folder / "out.ipynb"
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(ROOT / "examples" / f"{name}.ipynb"),
        str(out),
        "--log-level=ERROR",
    ]
    command += ["--no-progress-bar", "--parameters_yaml", json.dumps(parameters)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    cells = nbformat.read(out, as_version=4).cells
    said: dict[int, str] = {}
    for i, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            said[i] = said.get(i, "") + text
    return said


def test_own_orders(tmp_path: Path, small_world: SyntheticParams) -> None:
    shop = replace(small_world.default, n_customers=600, experiment_start=date(2024, 3, 1))
    orders = make_world(replace(small_world, default=shop), seed=7, horizon_days=120).tables["transactions"]
    names = {"order_ts": "InvoiceDate", "amount": "Total"}
    orders[["customer_id", *names]].rename(columns=names).to_csv(tmp_path / "orders.csv", index=False)
    columns = {yours: ours for ours, yours in names.items()}
    said = run("own_orders", tmp_path, {"columns": columns, "horizon_days": 120, "params": QUICK})
    assert f"{len(orders):,} rows of 600 customers" in "".join(said.values())
    assert "ensemble" in "".join(said.values())
    values = pd.read_csv(tmp_path / "customer_values.csv")
    assert len(values) == orders["customer_id"].nunique()
    assert (tmp_path / "model").is_dir()


def test_buy_till_you_die_gives_the_published_parameters(tmp_path: Path) -> None:
    said = run("buy_till_you_die", tmp_path, {"n_customers": 5000})
    table = next(text for text in said.values() if "published" in text)
    rows = {line.split()[0]: [float(cell) for cell in line.split()[1:]] for line in table.splitlines()[1:]}
    assert list(rows) == ["r", "alpha", "a", "b", "p", "q", "v"]
    for name, (published, fitted, error) in rows.items():
        assert abs(fitted - published) < 4 * error, name


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_nothing_that_was_run_is_kept(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")
