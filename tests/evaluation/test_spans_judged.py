"""The value of customers within a span of days, against what they spent between two snapshots."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from clv.evaluation.spans_judged import judged_spans
from clv.features.timeline import Plan, Recipe, Rows
from clv.models.btyd.season import NO_SEASON
from clv.models.value_over_time import cumulative
from tests.models.test_value_over_time import PARETO

AS_OF = date(2024, 1, 1)
LATER = [AS_OF + timedelta(days=n) for n in (45, 90, 200)]
HORIZON = 90
BTYD = replace(PARETO, season=NO_SEASON, horizon_days=HORIZON, cutoff=AS_OF)
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["b", "a", "c"],
        "net_revenue": [100.0, 50.0, 7.0],
        "frequency": [3.0, 1.0, 0.0],
        "tenure_days": [400.0, 300.0, 20.0],
        "recency_days": [10.0, 200.0, 20.0],
        "predicted_clv": [60.0, 20.0, 5.0],
    }
)
SO_FAR = {  # with a customer who came later, and in another order
    LATER[0]: {"a": 50.0, "b": 130.0, "c": 7.0, "new": 999.0},
    LATER[1]: {"a": 90.0, "b": 130.0, "c": 5.0, "new": 999.0},
    LATER[2]: {"a": 90.0, "b": 230.0, "c": 5.0, "new": 999.0},
}


def read(rows: Rows, columns: list[str]) -> pd.DataFrame:
    so_far = pd.Series(SO_FAR[rows.cutoff], name="net_revenue").rename_axis("customer_id")
    return so_far.reset_index()[columns]


def test_what_customers_brought_since_is_held_against_their_curve() -> None:
    recipes = [Recipe(cutoff, (), None, Rows(cutoff)) for cutoff in (AS_OF, *LATER)]
    plan = Plan("temporal", "", HORIZON, date(2022, 1, 1), LATER[-1], recipes[0], recipes[-1], tuple(recipes[1:3]))
    found = judged_spans(BTYD, CUSTOMERS, AS_OF, plan, read)
    assert found["days"].to_list() == [45, 90, 200]
    assert found["is_extrapolated"].to_list() == [False, False, True]
    assert found["realised"].to_list() == [30.0, 68.0, 168.0]
    expected = cumulative(BTYD, CUSTOMERS, CUSTOMERS["predicted_clv"].to_numpy(), [45, 90, 200]).sum(axis=0) / 100
    assert found["forecast"].to_list() == pytest.approx(expected.tolist())
    assert found["forecast"].iloc[1] == 85.0, "at the horizon it is the forecast"
    assert found["bias"].iloc[1] == pytest.approx(85 / 68 - 1)
    assert judged_spans(BTYD, CUSTOMERS, LATER[-1], plan, read).empty
