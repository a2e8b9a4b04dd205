"""What forecasts rest on, and what is reported as not known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from clv.errors import InputError
from clv.features.columns import TARGET, TARGET_ORDERS
from clv.machine import Machine
from clv.models.btyd.basis import LEAST_CUSTOMERS, Basis, in_words, knows_returns, share_is_known
from clv.models.btyd.params import BtydParams
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.models.samples import Samples, require_enough, sample_of
from clv.params import Params
from tests.models.processes import MBG
from tests.models.rows import PLENTY

CUTOFF = date(2024, 10, 1)
BTYD_PARAMS = BtydParams("pareto_nbd", 0.1, "yearly", ())
FORECASTS = {"predicted_clv", "p_purchase", "churn_risk", "expected_orders"}


def snapshot(n: int, came_back: int, days: int) -> pd.DataFrame:
    """Customers won evenly over `days` days, of whom `came_back` bought twice."""
    tenure = np.linspace(1, days - 1, n).round()
    frequency = np.where(np.arange(n) % (n // max(came_back, 1)) == 0, 1.0, 0.0) if came_back else np.zeros(n)
    frequency[np.cumsum(frequency) > came_back] = 0
    mean = 20 + 30 * np.random.default_rng(1).random(n)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(n)],
            "frequency": frequency,
            "tenure_days": tenure,
            "recency_days": np.where(frequency > 0, (tenure / 2).round(), tenure),
            "overdue_ratio": np.where(frequency > 0, 1.0, np.nan),
            "monetary_value": mean.round(2),
            "net_revenue": (mean * (frequency + 1)).round(2),
            TARGET: 0.0,
            TARGET_ORDERS: 0.0,
        }
    )


def test_a_share_is_known_where_half_of_it_is_sure() -> None:
    assert not share_is_known(0, 10)
    assert not share_is_known(0, 1_000_000)
    assert [share_is_known(k, 9) for k in range(1, 10)] == [False] * 5 + [True] * 4
    assert [share_is_known(k, 100_000) for k in range(1, 12)] == [False] * 7 + [True] * 4
    known = [share_is_known(k, 900) for k in range(900)]
    assert known == sorted(known), "more customers who came back never mean less"


@pytest.mark.parametrize("came_back", [0, 1, 2, 7])
def test_few_who_came_back_leave_every_forecast_unknown(came_back: int) -> None:
    [gap] = Basis(900, came_back, 640, 1.0).gaps(90)
    assert gap.name == "returns"
    assert set(gap.columns) == FORECASTS | {"p_alive", "days_to_next_order", "residual_value"}
    assert "of 900 customers" in gap.says
    assert ("nobody" if came_back == 0 else f"only {came_back}") in gap.says
    assert not knows_returns([gap])


def test_plenty_leaves_nothing_unknown() -> None:
    assert PLENTY.gaps(PLENTY.history_days) == []
    assert knows_returns([])
    assert in_words([]) == ""


def test_what_is_later_than_the_history_is_not_known() -> None:
    assert [gap.columns for gap in Basis(345, 167, 77, 0.03).gaps(30)] == [("residual_value",)]
    assert Basis(345, 167, 77, 0.5).gaps(30) == []
    beyond = Basis(345, 167, 77, 0.9).gaps(78)
    assert [set(gap.columns) for gap in beyond] == [FORECASTS]
    assert "the history has only 77" in in_words(beyond)


def test_few_customers_are_named() -> None:
    [gap] = Basis(LEAST_CUSTOMERS - 1, 40, 640, 0.9).gaps(30)
    assert "49 customers are too few" in gap.says
    assert Basis(LEAST_CUSTOMERS, 40, 640, 0.9).gaps(30) == []


@pytest.mark.parametrize("model", [ParetoNbd(0.6, 10.0, 0.6, 12.0), MBG], ids=["pareto_nbd", "mbg_nbd"])
def test_what_comes_after_a_day_is_the_rest_of_what_comes_before_it(model: PurchaseModel) -> None:
    x, t_x, T = np.array([0.0, 3.0, 10.0]), np.array([0.0, 25.0, 39.0]), np.array([40.0, 30.0, 40.0])
    rate, after = 0.01, 50.0
    steps = np.linspace(0, after, 2001)
    orders = np.array([model.expected_purchases(x, t_x, T, t) for t in steps])
    until = (np.diff(orders, axis=0) * np.exp(-rate * (steps[1:] + steps[:-1]) / 2)[:, None]).sum(axis=0)
    whole, rest = (model.discounted_purchases(x, t_x, T, rate, t) for t in (0.0, after))
    assert whole - rest == pytest.approx(until, rel=1e-4)
    assert model.discounted_purchases(x, t_x, T, rate).tolist() == whole.tolist()


def test_models_know_what_they_were_fitted_to() -> None:
    short, long = (Btyd.fit(snapshot(600, 60, days), CUTOFF, 30, NO_SEASON, BTYD_PARAMS).basis for days in (60, 1500))
    assert (short.customers, short.repeat_buyers, short.history_days) == (600, 60, 60)
    assert 0 <= short.residual_within < long.residual_within <= 1


def fitted(rows: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, Forecaster]:
    """The forecasts of a model that was fitted without labels, and the model."""
    sample = sample_of(rows, Btyd.fit(rows, CUTOFF, 90, NO_SEASON, BTYD_PARAMS))
    model = Forecaster.fit(Samples([], None, sample), [], params.train, Machine(1), 1)
    return model.predict_from(sample.features), model


@pytest.mark.parametrize("came_back", [0, 2])
def test_where_nobody_came_back_there_is_no_interval_and_no_confidence(came_back: int, project_params: Params) -> None:
    found, _ = fitted(snapshot(900, came_back, 640), project_params)
    assert found[[f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")]].isna().all(axis=None)
    assert set(found["confidence"]) == {"low"}
    assert all(set(names.split()) >= FORECASTS | {"residual_value"} for names in found["not_known"])


def test_without_a_label_confidence_is_medium_at_most(project_params: Params) -> None:
    found, model = fitted(snapshot(900, 300, 640), project_params)
    assert found["upper_90"].notna().all()
    assert set(found["confidence"]) <= {"medium", "low"}
    late = found["days_to_next_order"] > model.btyd.basis.history_days
    assert (found["not_known"].str.contains("days_to_next_order") == late).all()


def test_labels_that_are_too_few_name_a_remedy_that_helps() -> None:
    rows = [snapshot(60, k, 640) for k in (30, 0)]
    few, nobody = (sample_of(some, Btyd.fit(some, CUTOFF, 90, NO_SEASON, BTYD_PARAMS)) for some in rows)
    with pytest.raises(InputError, match=r"bought in the 90 days after; .*; use more data, set another") as other:
        require_enough([few], few)
    assert "second day" not in str(other.value)
    with pytest.raises(InputError, match=r"of all 60 known by then nobody ever bought on a second day, so no horizon"):
        require_enough([nobody], nobody)
