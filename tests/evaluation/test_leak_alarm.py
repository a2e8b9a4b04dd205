"""A feature that knows the answer trips the leak alarm, and an honest model does not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasts import as_they_are, backtest, cleaned
from clv.data.clean_shop import CleanShop
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.judgement import judge
from clv.evaluation.verdict import leak
from clv.features.columns import CUSTOMER, TARGET
from clv.params import Params
from tests.evaluation.holdouts import holdout

HORIZON, SEED = 120, 3


@pytest.fixture(scope="module")
def world(small_world: SyntheticParams) -> SyntheticParams:
    """A shop of 3,000 customers."""
    return replace(small_world, default=replace(small_world.default, n_customers=3000))


@pytest.fixture(scope="module")
def params(project_params: Params) -> Params:
    """Learners that would use a leaking feature."""
    train = project_params.train
    few = replace(train, learners=("btyd", "lightgbm"), lightgbm=replace(train.lightgbm, n_rounds=60))
    return replace(
        project_params,
        time=replace(project_params.time, horizon_days=HORIZON),
        train=few,
    )


@pytest.fixture(scope="module")
def shop(world: SyntheticParams, params: Params) -> CleanShop:
    return cleaned(params, make_world(world, SEED, HORIZON).tables)


def with_the_answer(snapshot: pd.DataFrame) -> pd.DataFrame:
    return snapshot.assign(leaked=snapshot[TARGET])


@pytest.mark.parametrize(("change", "status"), [(as_they_are, "pass"), (with_the_answer, "fail")])
def test_the_target_copied_into_a_feature_rings_the_alarm(
    params: Params,
    world: SyntheticParams,
    shop: CleanShop,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    status: str,
) -> None:
    plan, test, model = backtest(params, shop, change)
    as_of, y = model.btyd.cutoff, test[TARGET].to_numpy()
    clean = {name: table.clean for name, table in shop.tables.items()}
    best = bayes_forecast(world, SEED, clean, test[CUSTOMER], as_of, plan.horizon_days)
    case = holdout(y, model.predict(test), np.zeros((3, len(test))), {"bayes": best})
    judgement = judge(case, [], ["bayes"], params.evaluate, 1, 1, 2)
    check = leak(judgement.ceiling, params.evaluate.limits.share_of_ceiling)
    assert check.status == status, check.message
    assert check.value is not None
    assert (check.value > 1.1) is (status == "fail")
