"""The accuracy of a fit on CDNOW's 1/10 sample in the next 39 weeks, beside past spend carried forward.

The figures were computed with lifetimes 0.11.3 and pymc-marketing 0.19.2: Gamma-Gamma spend on repeat purchases.
"""

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.metrics import evaluate
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.rfm_summary import rfm_summary

END, WEEKS = pd.Timestamp("1997-09-30"), 39


@pytest.fixture(scope="module")
def customers(cdnow_sample: pd.DataFrame) -> pd.DataFrame:
    """Per customer: x, t_x and T in weeks, the mean repeat purchase, all spend, and later purchases and revenue."""
    summary = rfm_summary(cdnow_sample, as_of=END, unit="weeks", order_ts="day")
    later = cdnow_sample[(cdnow_sample["day"] > END) & (cdnow_sample["day"] <= END + pd.Timedelta(weeks=WEEKS))]
    coming = later.groupby("customer_id")["amount"]
    return summary.assign(purchases=coming.size(), revenue=coming.sum()).fillna(0.0)


def test_the_holdout_is_the_published_one(customers: pd.DataFrame) -> None:
    assert customers["purchases"].sum() == 1882
    assert customers["revenue"].sum() == pytest.approx(70_976.39, abs=0.005)
    assert (customers["purchases"] == 0).mean() == pytest.approx(0.710, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("pareto_nbd", [0.755, 0.306, 0.660, 0.445, 0.771, -0.15]),
        ("mbg_nbd", [0.765, 0.311, 0.638, 0.430, 0.761, -0.20]),
        ("bg_nbd", [0.786, 0.304, 0.638, 0.426, 0.758, -0.16]),
    ],
)
def test_the_holdout_is_forecast_as_well(customers: pd.DataFrame, name: str, figures: list[float]) -> None:
    x, t_x, T, mean = (customers[column].to_numpy() for column in ("x", "t_x", "T", "mean"))
    priced = np.where(mean > 0, x, 0.0)
    spend = GammaGamma.fit(priced[priced > 0], mean[priced > 0]).expected_spend(priced, mean)
    purchases = PURCHASE_MODELS[name].fit(x, t_x, T).expected_purchases(x, t_x, T, float(WEEKS))
    y, revenue = customers["revenue"].to_numpy(), purchases * spend
    error = np.abs(purchases - customers["purchases"].to_numpy()).mean()
    reached = evaluate(y, revenue)
    found = [error, *(reached[name] for name in ("r2", "gini", "spearman", "auc", "bias"))]
    assert found[:5] == pytest.approx(figures[:5], abs=1e-3)
    assert found[5] == pytest.approx(figures[5], abs=6e-3)


def test_repeat_spend_carried_on_errs_more(customers: pd.DataFrame) -> None:
    carried_on = WEEKS / customers["T"]
    error = (customers["x"] * carried_on - customers["purchases"]).abs().mean()
    revenue = customers["x"] * customers["mean"] * carried_on
    assert error == pytest.approx(1.024, abs=1e-3)
    assert evaluate(customers["revenue"].to_numpy(), revenue.to_numpy())["bias"] == pytest.approx(0.61, abs=6e-3)
