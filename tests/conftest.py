"""Small shops for the tests, and the real data beside the checkout, where there are any."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the Makefile; read when numpy is loaded

import pandas as pd
import pytest
from hypothesis import settings

from clv import params
from clv.data.cleaning import Cleaning, clean_table
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.features.block import Clean
from clv.models.params import TrainParams
from clv.params import Params
from clv.strict import load

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
LONGEST = "test_pipeline.py"
settings.register_profile("untimed", deadline=None)  # the time that a machine takes is no property of the code
settings.load_profile("untimed")
os.environ.setdefault("CLV_THREADS", "1")  # threads of tests that run side by side would wait for each other
BOOSTERS = ("xgboost", "gradient_boosting", "lightgbm", "hurdle")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the test file that takes longest, so that the others run beside it."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture(scope="session")
def project_params() -> Params:
    """The parameters of the repo."""
    return params.load(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def small_world() -> SyntheticParams:
    """The default shop with 1,500 customers over 700 days; its experiment begins on 2024-03-01."""
    synthetic = load(SyntheticParams, ROOT / "synthetic.yaml")
    return replace(
        synthetic,
        default=replace(synthetic.default, n_customers=1500, n_days=700, experiment_start=date(2024, 3, 1)),
        cdnow_like=replace(synthetic.cdnow_like, n_customers=1500),
        drift=replace(synthetic.drift, date=date(2024, 1, 1)),
    )


@pytest.fixture(scope="session")
def clean_shop(small_world: SyntheticParams) -> Clean:
    """The clean tables of that shop."""
    return clean_tables(make_world(small_world, seed=7, horizon_days=120).tables)


def few_rounds(train: TrainParams, rounds: int, epochs: int) -> TrainParams:
    """The same learners with few rounds, so that they learn quickly."""
    boosters = {name: replace(getattr(train, name), n_rounds=rounds) for name in BOOSTERS}
    neural = replace(train.neural, n_networks=1, n_epochs=epochs)
    return replace(train, forest=replace(train.forest, n_trees=max(rounds // 2, 4)), neural=neural, **boosters)


def clean_tables(raw: dict[str, pd.DataFrame]) -> Clean:
    """The raw tables, cleaned as in preprocess."""
    how = Cleaning(time_zone="UTC")
    return Clean(*(clean_table(name, raw[name], how).clean for name in ("transactions", "customers", "touches")))


@pytest.fixture(scope="session")
def cdnow_sample() -> pd.DataFrame:
    """Purchase days (customer_id, day, amount) of CDNOW's 1/10 sample; without the file the test is skipped."""
    path = SHARED / "cdnow_sample" / "transactions.parquet"
    if not path.exists():
        pytest.skip(f"real data not here: {path}")
    lines = pd.read_parquet(path)
    lines["day"] = lines["order_ts"].dt.normalize()
    return lines.groupby(["customer_id", "day"])["amount"].sum().reset_index()
