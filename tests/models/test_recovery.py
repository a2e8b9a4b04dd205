"""The world `cdnow_like` is the BG/NBD and Gamma-Gamma process exactly: its parameters come back."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv.data.world.worlds import make_world
from clv.models.bg_nbd import BgNbd
from clv.models.gamma_gamma import GammaGamma
from clv.source_params import CdnowLikeParams, SyntheticParams

WEEK = pd.Timedelta(weeks=1)


@pytest.fixture(scope="module")
def shop(small_world: SyntheticParams) -> tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]:
    """Parameters, orders of 50,000 customers, and the end of the history."""
    params = replace(small_world.cdnow_like, n_customers=50_000)
    world = make_world(replace(small_world, world="cdnow_like", cdnow_like=params), seed=11, horizon_days=90)
    return params, world.tables["transactions"], pd.Timestamp(params.start) + pd.Timedelta(days=params.n_days)


def test_bg_nbd_parameters_come_back(shop: tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]) -> None:
    params, orders, end = shop
    times = orders.groupby("customer_id")["order_ts"].agg(["min", "max", "size"])
    x = times["size"].to_numpy(float) - 1
    t_x, T = ((times["max"] - times["min"]) / WEEK).to_numpy(), ((end - times["min"]) / WEEK).to_numpy()
    model = BgNbd.fit(x, t_x, T)
    errors = model.standard_errors(x, t_x, T)
    fitted = np.array([model.r, model.alpha, model.a, model.b])
    truth = np.array([params.r, params.alpha_weeks, params.a, params.b])
    assert (errors < 0.1 * truth).all(), "so wide an error would let anything pass"
    assert (np.abs(fitted - truth) < 3 * errors).all(), (fitted - truth) / errors


def test_gamma_gamma_parameters_come_back(shop: tuple[CdnowLikeParams, pd.DataFrame, pd.Timestamp]) -> None:
    params, orders, _ = shop
    spend = orders.groupby("customer_id")["amount"].agg(["size", "mean"])
    x, mean = spend["size"].to_numpy(float), spend["mean"].to_numpy()
    model = GammaGamma.fit(x, mean)
    errors = model.standard_errors(x, mean)
    fitted, truth = np.array([model.p, model.q, model.v]), np.array([params.p, params.q, params.v])
    assert (errors < 0.1 * truth).all(), "so wide an error would let anything pass"
    assert (np.abs(fitted - truth) < 3 * errors).all(), (fitted - truth) / errors


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
