"""A feature that knows the answer trips the leak alarm, and an honest model does not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.data.cleaning import Cleaning, clean_table
from clv.data.world.worlds import make_world
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.judged import Distribution
from clv.evaluation.judgement import judge
from clv.evaluation.verdict import leak
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import CUSTOMER, TARGET
from clv.features.snapshot import make_snapshots
from clv.models.forecaster import Forecaster
from clv.models.purchases import PURCHASE_MODELS
from clv.models.samples import Sample, make_sample
from clv.models.season import fit_season
from clv.params import Params
from clv.source_params import SyntheticParams
from clv.timeline import Plan, Rows, make_plan

HORIZON, SEED = 120, 3


@pytest.fixture(scope="module")
def params(small_world: SyntheticParams, project_params: Params) -> Params:
    """A shop of 3,000 customers, and learners that a leak would reach."""
    train = project_params.train
    few = replace(train, learners=("btyd", "lightgbm"), lightgbm=replace(train.lightgbm, n_rounds=60))
    synthetic = replace(small_world, default=replace(small_world.default, n_customers=3000))
    return replace(
        project_params,
        generate=replace(project_params.generate, synthetic=synthetic),
        time=replace(project_params.time, horizon_days=HORIZON),
        train=few,
    )


@pytest.fixture(scope="module")
def tables(params: Params) -> dict[str, pd.DataFrame]:
    raw = make_world(params.generate.synthetic, SEED, HORIZON).tables
    return {name: clean_table(name, table, Cleaning(time_zone="UTC")).clean for name, table in raw.items()}


@pytest.fixture(scope="module")
def plan(params: Params, tables: dict[str, pd.DataFrame]) -> Plan:
    days = tables["transactions"]["order_ts"].dt.date
    return make_plan(days.min(), days.max(), params.time)


@pytest.mark.parametrize(("copied", "status"), [(False, "pass"), (True, "fail")])
def test_the_target_copied_into_a_feature_rings_the_alarm(
    params: Params, tables: dict[str, pd.DataFrame], plan: Plan, copied: bool, status: str
) -> None:
    clean = Clean(*(tables[name] for name in ("transactions", "customers", "touches")))
    assert plan.backtest is not None
    assert plan.backtest.calibration is not None
    cutoffs = sorted({rows.cutoff for rows in plan.backtest.rows})
    snapshots = make_snapshots(clean, cutoffs, plan.last_day, HORIZON)
    if copied:
        snapshots = {cutoff: rows.assign(leaked=rows[TARGET]) for cutoff, rows in snapshots.items()}
    as_of, base = plan.backtest.as_of, total_days([base_days(Block.of_frames(clean))])
    season = fit_season(base, snapshots[as_of], as_of, PURCHASE_MODELS[params.train.btyd.purchases])

    def sample(rows: Rows) -> Sample:
        return make_sample(rows.cutoff, snapshots[rows.cutoff], HORIZON, season, params.train.btyd)

    training = [sample(rows) for rows in plan.backtest.training]
    model = Forecaster.fit(
        training, sample(plan.backtest.calibration), sample(plan.backtest.forecast), params.train, params.compute, 1
    )
    test = snapshots[as_of]
    predictions = model.predict(test)
    f, y = predictions["predicted_clv"].to_numpy(), test[TARGET].to_numpy()
    best = bayes_forecast(params.generate.synthetic, SEED, tables, test[CUSTOMER], as_of, HORIZON)
    spread = Distribution.of(np.tile(f, (3, 1)), predictions)
    judgement = judge(y, {"ensemble": f}, spread, [], {"bayes": best}, params.evaluate, 1, 2)
    check = leak(judgement.ceiling, params.evaluate.limits.share_of_ceiling)
    assert check.status == status, check.message
    assert check.value is not None
    assert (check.value > 1.1) is copied
