"""The curve of a customer's value: it meets the forecast at the horizon, never falls, and has exact sums."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv.features.span import Span, calendar_months
from clv.models.btyd.basis import Gap
from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.params import BtydParams
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from clv.models.value_over_time import VALUE_DAYS, VALUES, by_month, cumulative, extrapolated, value_columns
from tests.models.bases import CHRISTMAS
from tests.models.rows import PLENTY

CUTOFF = date(2024, 8, 14)
HORIZON = 180
PARETO = Btyd(
    ParetoNbd(r=0.8, alpha=50.0, s=0.6, beta=300.0),
    GammaGamma(p=6.25, q=3.74, v=15.44),
    0.95,
    CHRISTMAS,
    CUTOFF,
    HORIZON,
    BtydParams("pareto_nbd", 0.1, "yearly", ()),
    PLENTY,
)


@st.composite
def customers(draw: st.DrawFn) -> pd.DataFrame:
    """Possible histories, and forecasts in whole cents."""
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        tenure, frequency = draw(st.integers(0, 1500)), draw(st.integers(0, 40))
        recency = tenure if frequency == 0 else draw(st.integers(0, tenure))
        cents = draw(st.integers(0, 10**9) | st.integers(0, 300))
        rows.append((frequency, float(tenure), float(recency), cents / 100))
    return pd.DataFrame(rows, columns=["frequency", "tenure_days", "recency_days", "predicted_clv"])


@settings(max_examples=60)
@given(customers(), st.sampled_from(sorted(PURCHASE_MODELS)), st.booleans())
def test_it_passes_through_the_forecast_and_never_falls(found: pd.DataFrame, name: str, seasonal: bool) -> None:
    purchases = PARETO.purchases if name == "pareto_nbd" else PURCHASE_MODELS[name](0.8, 50.0, 1.2, 2.5)
    btyd = replace(PARETO, purchases=purchases, season=CHRISTMAS if seasonal else NO_SEASON)
    days = [0, 1, 30, 90, HORIZON - 1, HORIZON, HORIZON + 1, 365, 1095]
    forecast = found["predicted_clv"].to_numpy()
    curve = cumulative(btyd, found, forecast, days)
    assert (curve[:, 0] == 0).all()
    assert (np.diff(curve, axis=1) >= 0).all()
    assert (curve[:, days.index(HORIZON)] == np.rint(forecast * 100)).all()


def test_a_horizon_among_the_days_is_the_forecast_itself() -> None:
    btyd = replace(PARETO, horizon_days=365)
    found = pd.DataFrame({"frequency": [0.0, 7.0], "tenure_days": [30.0, 700.0], "recency_days": [30.0, 9.0]})
    forecast = np.array([0.01, 12345.67])
    assert value_columns(btyd, found, forecast)["value_365d"].tolist() == forecast.tolist()


def test_months_add_up_to_the_cent_whichever_is_added_first() -> None:
    rng = np.random.default_rng(0)
    tenure = rng.integers(1, 1500, 500).astype("float64")
    found = pd.DataFrame({"frequency": rng.integers(1, 9, 500), "tenure_days": tenure, "recency_days": tenure * 0.3})
    forecast = np.round(rng.lognormal(2, 2, 500), 2)
    spans = calendar_months(CUTOFF)
    months = by_month(PARETO, found, forecast, CUTOFF, spans)
    to_the_end = cumulative(PARETO, found, forecast, [(spans[-1].last - CUTOFF).days])[:, 0]
    assert (months.sum(axis=1) == to_the_end).all()
    assert months.sum(axis=0).sum() == to_the_end.sum()
    horizon = [Span(CUTOFF + timedelta(days=1), CUTOFF + timedelta(days=HORIZON), 1)]
    assert by_month(PARETO, found, forecast, CUTOFF, horizon).sum() == np.rint(forecast * 100).astype("int64").sum()


def test_its_shape_is_that_of_the_orders_expected() -> None:
    found = pd.DataFrame({"frequency": [0.0, 3.0], "tenure_days": [200.0, 400.0], "recency_days": [200.0, 5.0]})
    plain = replace(PARETO, season=NO_SEASON)
    x, t_x, T = found["frequency"].to_numpy(), np.array([0.0, 395.0]), found["tenure_days"].to_numpy()
    orders = [plain.purchases.expected_purchases(x, t_x, T, t) for t in (30.0, 180.0, 365.0)]
    assert plain.share_within(found, [30, 365]) == pytest.approx(
        np.column_stack([orders[0] / orders[1], orders[2] / orders[1]])
    )


def test_the_season_is_in_it() -> None:
    """From August on, December has more than its share of days, and more than the next June."""
    found = pd.DataFrame({"frequency": [5.0], "tenure_days": [900.0], "recency_days": [10.0]})
    months = by_month(PARETO, found, np.array([1000.0]), CUTOFF, calendar_months(CUTOFF))[0]
    by_name = dict(zip([span.first.strftime("%m") for span in calendar_months(CUTOFF)], months, strict=True))
    assert by_name["12"] > 1.5 * by_name["06"]


def test_who_will_hardly_ever_order_does_so_evenly() -> None:
    never = replace(PARETO, purchases=BgNbd(1e-30, 1e6, 1.0, 1.0), season=NO_SEASON)
    found = pd.DataFrame({"frequency": [0.0], "tenure_days": [900.0], "recency_days": [900.0]})
    assert never.share_within(found, [18, 90, 180, 360])[0] == pytest.approx([0.1, 0.5, 1.0, 2.0])


def test_what_no_label_judges_is_named() -> None:
    assert extrapolated(180, []) == {"value_365d", "value_1095d"}
    assert extrapolated(1095, []) == set()
    guessed = Gap("returns", "who comes back", ("predicted_clv", "p_alive"))
    assert extrapolated(1095, [guessed]) == set(VALUES)
    assert [f"value_{days}d" for days in VALUE_DAYS] == list(VALUES)
