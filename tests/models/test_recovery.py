"""The parameters of simulated customers are recovered, within their standard errors.

The world `cdnow_like` is the BG/NBD and Gamma-Gamma process exactly; the other models have simulations of their own.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.data.world.params import CdnowLikeParams, SyntheticParams
from clv.data.world.worlds import make_world
from clv.models.btyd.bg_bb import BgBb
from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchase_model import PurchaseModel
from tests.models.processes import MODELS, history, simulate

WEEK = pd.Timedelta(weeks=1)


@pytest.fixture(scope="module")
def shop(small_world: SyntheticParams) -> tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]:
    """The parameters, the orders of 50,000 customers, and the end of the history."""
    params = replace(small_world.cdnow_like, n_customers=50_000)
    world = make_world(replace(small_world, world="cdnow_like", cdnow_like=params), seed=11, horizon_days=90)
    return params, world.tables["transactions"], pd.Timestamp(params.start) + pd.Timedelta(days=params.n_days)


def require_recovered(fitted: object, truth: np.ndarray, errors: np.ndarray, widest: float) -> None:
    """Require each parameter within three standard errors of the truth, and each error below a share of it."""
    deviation = np.array(list(vars(fitted).values())) - truth
    assert (errors < widest * truth).all(), "so wide an error would let anything pass"
    assert (np.abs(deviation) < 3 * errors).all(), deviation / errors


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_parameters_of_purchases_come_back(model: PurchaseModel) -> None:
    rng = np.random.default_rng(4)
    past = history(simulate(model, np.round(rng.uniform(30, 90, 50_000)), 0.0, rng))
    fitted = type(model).fit(*past)
    require_recovered(fitted, np.array(list(vars(model).values())), fitted.standard_errors(*past), widest=0.1)


def test_parameters_of_purchases_at_opportunities_come_back() -> None:
    truth, rng, n = np.array([1.2, 0.75, 0.66, 2.8]), np.random.default_rng(7), 12
    buys, drops = rng.beta(*truth[:2], 30_000)[:, None], rng.beta(*truth[2:], 30_000)
    active = np.arange(n) < (rng.geometric(drops) - 1)[:, None]
    bought = active & (rng.random(active.shape) < buys)
    x, t_x = bought.sum(axis=1), (bought * np.arange(1, n + 1)).max(axis=1)
    rows = x, t_x, np.full(len(x), n)
    fitted = BgBb.fit(*rows)
    require_recovered(fitted, truth, fitted.standard_errors(*rows), widest=0.1)


def test_bg_nbd_parameters_come_back(shop: tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]) -> None:
    params, orders, end = shop
    times = orders.groupby("customer_id")["order_ts"].agg(["min", "max", "size"])
    x = times["size"].to_numpy(float) - 1
    t_x, T = ((times["max"] - times["min"]) / WEEK).to_numpy(), ((end - times["min"]) / WEEK).to_numpy()
    model = BgNbd.fit(x, t_x, T)
    errors = model.standard_errors(x, t_x, T)
    truth = np.array([params.r, params.alpha_weeks, params.a, params.b])
    require_recovered(model, truth, errors, widest=0.1)


def test_gamma_gamma_parameters_come_back(shop: tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]) -> None:
    params, orders, _ = shop
    spend = orders.groupby("customer_id")["amount"].agg(["size", "mean"])
    x, mean = spend["size"].to_numpy(float), spend["mean"].to_numpy()
    model = GammaGamma.fit(x, mean)
    errors = model.standard_errors(x, mean)
    require_recovered(model, np.array([params.p, params.q, params.v]), errors, widest=0.1)


def test_standard_errors_are_the_spread_of_fits(small_world: SyntheticParams) -> None:
    params = replace(small_world.cdnow_like, n_customers=4_000)
    fits, errors = [], []
    for seed in range(30):
        world = make_world(replace(small_world, world="cdnow_like", cdnow_like=params), seed, horizon_days=90)
        spend = world.tables["transactions"].groupby("customer_id")["amount"].agg(["size", "mean"])
        x, mean = spend["size"].to_numpy(float), spend["mean"].to_numpy()
        model = GammaGamma.fit(x, mean)
        fits.append([model.p, model.q, model.v])
        errors.append(model.standard_errors(x, mean))
    ratio = np.std(fits, axis=0, ddof=1) / np.mean(errors, axis=0)
    assert (ratio > 0.6).all(), ratio
    assert (ratio < 1.5).all(), ratio
