"""docs/python.md, word for word, on a small shop of three columns."""

import os
import subprocess
import sys
from pathlib import Path

from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from tests.conftest import ROOT
from tests.recipes import blocks

TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_what_the_page_shows_runs(small_world: SyntheticParams, tmp_path: Path) -> None:
    orders = make_world(small_world, seed=7, horizon_days=120).tables["transactions"]
    orders[["customer_id", "order_ts", "amount"]].to_csv(tmp_path / "orders.csv", index=False)
    code = "\n".join(blocks(TEXT, "python"))
    command = [sys.executable, "-W", "error", "-c", code]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "gini" in done.stdout
    assert len((tmp_path / "best.csv").read_text().splitlines()) == 1001
