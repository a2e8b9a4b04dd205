"""CDNOW cut at 1997-12-31, with untouched defaults: the forecast of the next 181 days against what then happened."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.schema import TABLES, names
from clv.features.block import Clean
from clv.features.snapshot import make_snapshot
from clv.models.forecaster import Forecaster
from clv.models.samples import Sample, make_sample
from clv.params import Params
from clv.timeline import Rows, in_parts, make_plan
from tests.conftest import SHARED

LAST_DAY = date(1997, 12, 31)
HORIZON = 181


def cleaned(path: Path, last_day: date | None) -> Clean:
    none = {table: pd.DataFrame(columns=names(TABLES[table]), dtype="str") for table in ("customers", "touches")}
    raw = {"transactions": pd.read_parquet(path), **none}
    how = Cleaning(time_zone="UTC", last_day=last_day)
    return Clean(*(clean_table(table, frame, how).clean for table, frame in raw.items()))


def test_the_total_is_within_a_quarter(project_params: Params) -> None:
    path = SHARED / "cdnow" / "transactions.parquet"
    if not path.exists():
        pytest.skip(f"real data not here: {path}")
    time = replace(project_params.time, horizon_days=HORIZON)
    clean = cleaned(path, LAST_DAY)
    plan = make_plan(clean.transactions["order_ts"].min().date(), LAST_DAY, time)
    assert plan.split == "customers"

    def sample(rows: Rows) -> tuple[pd.DataFrame, Sample]:
        snapshot = make_snapshot(clean, rows.cutoff, LAST_DAY, HORIZON)
        whole = make_sample(rows.cutoff, snapshot, HORIZON)
        return snapshot, whole.where(in_parts(whole.ids, rows.parts, time.customer_shares))

    training, calibration = [sample(rows)[1] for rows in plan.today.training], sample(plan.today.calibration)[1]
    current, forecast = sample(plan.today.forecast)
    model = Forecaster.fit(
        training, calibration, forecast, project_params.train, project_params.compute, project_params.seed
    )
    predicted = model.predict(current)["predicted_clv"]
    then = cleaned(path, None).transactions
    after = then["order_ts"] >= pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1)
    until = then["order_ts"] < pd.Timestamp(LAST_DAY) + pd.Timedelta(days=HORIZON + 1)
    known = then["customer_id"].isin(current["customer_id"])
    realised = then.loc[after & until & known, "amount_minor"].sum() / 100
    assert len(predicted) == 23_502
    assert np.isfinite(predicted).all()
    assert (predicted >= 0).all()
    assert abs(predicted.sum() / realised - 1) < 0.25
