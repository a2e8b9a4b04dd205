"""Small shops for the tests, and the real data beside the checkout, where there is any."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clv import params
from clv.data.cleaning import Cleaning, clean_table
from clv.data.world import make_world
from clv.features.history import Clean
from clv.params import Params, SyntheticParams

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def project_params() -> Params:
    """The parameters of the repo."""
    return params.load(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def small_world(project_params: Params) -> SyntheticParams:
    """A shop of 1,500 customers over 700 days."""
    return replace(project_params.generate.synthetic, n_customers=1500, n_days=700)


@pytest.fixture(scope="session")
def clean_shop(small_world: SyntheticParams) -> Clean:
    """The clean tables of that shop."""
    return clean_tables(make_world(small_world, seed=7))


def clean_tables(raw: dict[str, pd.DataFrame]) -> Clean:
    """Raw tables through the cleaning of preprocess."""
    how = Cleaning(time_zone="UTC")
    return Clean(*(clean_table(name, raw[name], how).clean for name in ("transactions", "customers", "touches")))


@pytest.fixture(scope="session")
def cdnow_sample() -> pd.DataFrame:
    """Purchase days (customer_id, day, amount) of CDNOW's 1/10 sample; the test skips where it is absent."""
    path = SHARED / "cdnow_sample" / "transactions.parquet"
    if not path.exists():
        pytest.skip(f"real data not here: {path}")
    lines = pd.read_parquet(path)
    lines["day"] = lines["order_ts"].dt.normalize()
    return lines.groupby(["customer_id", "day"])["amount"].sum().reset_index()
