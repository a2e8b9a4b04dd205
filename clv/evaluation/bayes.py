"""The best forecast that the history of a synthetic shop's customers allows: the ceiling for all forecasts."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.data.world.cdnow_like import WEEK
from clv.data.world.params import CdnowLikeParams, SyntheticParams
from clv.data.world.posterior import expected_revenue_given_history
from clv.data.world.raw_columns import SECONDS_PER_DAY
from clv.data.world.seen_history import read_history
from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.gamma_gamma import GammaGamma

DIGITS = 6  # of money: running sums over all customers of a call make later digits depend on the other customers


def bayes_forecast(
    synthetic: SyntheticParams,
    seed: int,
    tables: Mapping[str, pd.DataFrame],
    customer_ids: pd.Series,
    cutoff: date,
    horizon_days: int,
) -> np.ndarray:
    """Expected net revenue in the horizon after a cutoff, given the history up to it, (n,) money in order of the ids.

    Assumes that the true process is known: the parameters of the shop and its calendar, which follows from the seed.
    For each customer it uses what the clean `tables` of the shop hold up to the cutoff, by name: transactions,
    customers, touches and experiments.
    No forecast from the same history can have a smaller expected squared error. NaN for customers who had not bought by
    the cutoff.
    """
    forecast = np.full(len(customer_ids), np.nan)
    if synthetic.world == "cdnow_like":
        known, values = _cdnow_like(synthetic.cdnow_like, tables["transactions"], customer_ids, cutoff, horizon_days)
    else:
        history, known = read_history(tables, customer_ids, synthetic.default.start, cutoff)
        if not known.any():
            return forecast
        values = expected_revenue_given_history(synthetic.default, synthetic.event, seed, history, horizon_days)
    forecast[known] = np.round(values, DIGITS)
    return forecast


def _cdnow_like(
    params: CdnowLikeParams, transactions: pd.DataFrame, customer_ids: pd.Series, cutoff: date, horizon_days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mask (n,) of the customers known at the cutoff, and their forecasts by the models that generated this world."""
    end = pd.Timestamp(cutoff + timedelta(days=1))
    seen = transactions[(transactions["order_ts"] < end) & transactions["customer_id"].isin(customer_ids)]
    orders = seen.groupby("customer_id").agg(
        first=("order_ts", "min"), last=("order_ts", "max"), count=("order_ts", "size"), mean=("amount_minor", "mean")
    )
    known = customer_ids.isin(orders.index).to_numpy()
    of = orders.reindex(pd.Index(customer_ids[known]))
    x, mean = of["count"].to_numpy() - 1.0, of["mean"].to_numpy() / MINOR_PER_UNIT
    T = (end - of["first"]).dt.total_seconds().to_numpy() / SECONDS_PER_DAY / WEEK
    t_x = (of["last"] - of["first"]).dt.total_seconds().to_numpy() / SECONDS_PER_DAY / WEEK
    purchases = BgNbd(params.r, params.alpha_weeks, params.a, params.b)
    spend = GammaGamma(params.p, params.q, params.v).expected_spend(x + 1, mean)
    return known, purchases.expected_purchases(x, t_x, T, horizon_days / WEEK) * spend
