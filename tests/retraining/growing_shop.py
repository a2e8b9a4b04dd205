"""A copy of this repo with a small shop in a CSV beside it, to which each night adds days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from clv import paths
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.evaluation.past_runs import TEXT
from clv.strict import load
from tests.conftest import ROOT
from tests.small_repo import Repo, copied

CUSTOMERS, DAYS = 900, 600
HORIZON = 30  # days: short, so that the horizon of the first nights ends within the test
FAST = {  # a pipeline that runs in seconds; its forecasts are not judged here
    "time.horizon_days": HORIZON,
    "time.snapshot_every_days": 90,
    "time.training_snapshots": 3,
    "time.rolling_origins": 0,
    "tune.trials": 0,
    "train.learners": ["btyd", "ridge"],
    "evaluate.resamples": 100,
    "evaluate.permuted_customers": 100,
    "generate.source": "files",
    "generate.files.transactions": "../orders.csv",
}


@dataclass(frozen=True)
class GrowingShop:
    """The copy, and all lines that the shop will ever have, by time; the file holds those up to some day."""

    repo: Repo
    lines: pd.DataFrame

    @property
    def file(self) -> Path:
        return self.repo.root.parent / "orders.csv"

    @property
    def first_day(self) -> date:
        """The last day of the file before the first night."""
        return self.last_day - timedelta(days=2 * HORIZON + 10)

    @property
    def last_day(self) -> date:
        """The last day of all lines."""
        last: date = self.lines["order_ts"].max().date()
        return last

    def up_to(self, day: date) -> pd.DataFrame:
        return self.lines[self.lines["order_ts"] < pd.Timestamp(day) + pd.Timedelta(days=1)]

    def deliver(self, lines: pd.DataFrame) -> None:
        """Write the file as the shop's system does in the evening."""
        lines.to_csv(self.file, index=False)

    def history(self) -> pd.DataFrame:
        return pd.read_csv(self.repo.root / paths.HISTORY, dtype=dict.fromkeys(TEXT, "str"), keep_default_na=False)

    def runs(self) -> pd.DataFrame:
        return pd.read_csv(self.repo.root / paths.RUNS)

    def state(self) -> dict[str, bytes]:
        """All that a night may change: artifacts, and dvc.lock."""
        lock = (self.repo.root / "dvc.lock").read_bytes()
        return {name: content for name, content in self.repo.outputs().items() if ".partial" not in name} | {
            "dvc.lock": lock
        }


def growing_shop(folder: Path, customers: int = CUSTOMERS) -> GrowingShop:
    """A shop whose file ends some months before its last line, in a copy that is committed but was not run."""
    synthetic = load(SyntheticParams, ROOT / "synthetic.yaml")
    shop = replace(synthetic.default, n_customers=customers, n_days=DAYS, experiment_start=date(2023, 6, 1))
    tables = make_world(replace(synthetic, world="default", default=shop), seed=5, horizon_days=HORIZON).tables
    made = GrowingShop(copied(folder / "clv"), tables["transactions"].sort_values("order_ts", ignore_index=True))
    made.repo.set_params(dict(FAST))
    made.repo.run("git", "add", "--all")
    made.repo.run("git", "commit", "--quiet", "--message", "A growing shop")
    made.deliver(made.up_to(made.first_day))
    return made


@contextmanager
def params_of_a_night(shop: GrowingShop, values: dict[str, object]) -> Iterator[None]:
    """Commit other parameters for the block, and revert them afterwards."""
    shop.repo.set_params(values)
    shop.repo.run("git", "commit", "--quiet", "--all", "--message", "Other parameters")
    yield
    shop.repo.run("git", "revert", "--no-edit", "HEAD")
