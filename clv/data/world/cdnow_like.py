"""A shop that follows exactly the BG/NBD model with Gamma-Gamma spend, as fitted to CDNOW.

Sources: Fader, Hardie and Lee (2005), "Counting your customers the easy way", Marketing Science 24; Fader and Hardie
(2013), "The Gamma-Gamma model of monetary value", http://www.brucehardie.com/notes/025/.
"""

import numpy as np
import pandas as pd

from clv.data.world.orders import sorted_uniforms
from clv.data.world.params import CdnowLikeParams
from clv.data.world.raw_columns import labels, numbered, timestamps
from clv.data.world.shop_calendar import YEAR
from clv.data.world.streams import stream
from clv.data.world.truth import Window

WEEK = 7.0


def make_cdnow_like(
    params: CdnowLikeParams, seed: int, windows: dict[str, Window]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The raw transactions, and the truth: one row per customer, with latent values and expectations."""
    buyers = draw_buyers(params, seed)
    expected = {name: expected_revenue(params, seed, buyers, window) for name, window in windows.items()}
    truth = pd.DataFrame(
        {
            "customer_id": buyers["customer_id"],
            "orders_per_year": (buyers["rate"] * YEAR).round(6),
            "dropout_probability": buyers["dropout_probability"].round(9),
            "order_value": buyers["spend"].round(4),
            **{name: values.round(4) for name, values in expected.items()},
        }
    )
    return {"transactions": draw_purchases(params, seed, buyers)}, truth


def draw_buyers(params: CdnowLikeParams, seed: int) -> pd.DataFrame:
    """One row per customer: customer_id and the latent values.

    acquired_day: days since the start. rate: purchases per day while active. dropout_probability: after each repeat
    purchase. active_purchases: the number of the repeat purchase after which the customer drops out. spend: expected
    value of an order.
    """
    n = params.n_customers
    p_dropout = np.maximum(stream(seed, "dropout").beta(params.a, params.b, n), 1e-12)
    scale = stream(seed, "spend").gamma(params.q, 1 / params.v, n)  # rate of the gamma distributed order values
    return pd.DataFrame(
        {
            "customer_id": numbered("C", np.arange(n), 7),
            "acquired_day": stream(seed, "acquisition").random(n) * params.acquisition_days,
            "rate": stream(seed, "rate").gamma(params.r, 1 / params.alpha_weeks, n) / WEEK,
            "dropout_probability": p_dropout,
            "active_purchases": stream(seed, "lifetime").geometric(p_dropout),
            "spend": params.p / scale,
        }
    )


def draw_purchases(params: CdnowLikeParams, seed: int, buyers: pd.DataFrame) -> pd.DataFrame:
    """One row per order, by time: customer_id, order_ts, amount. A customer's first order is the acquisition."""
    customer, day = _repeat_purchases(params, seed, buyers)
    customer = np.concatenate([np.arange(len(buyers)), customer])
    day = np.concatenate([buyers["acquired_day"].to_numpy(), day])
    order = np.argsort(day, kind="stable")
    customer, day = customer[order], day[order]
    mean = buyers["spend"].to_numpy()[customer]
    amount = stream(seed, "amount").gamma(params.p, 1.0, len(day)) * mean / params.p
    return pd.DataFrame(
        {
            "customer_id": labels(buyers["customer_id"], customer),
            "order_ts": timestamps(params.start, day),
            "amount": np.maximum(amount.round(2), 0.01),
        }
    )


def expected_revenue(params: CdnowLikeParams, seed: int, buyers: pd.DataFrame, window: Window) -> np.ndarray:
    """Expected revenue in a window, (n,) money, given the latent values and who is active when it begins.

    NaN for customers acquired later. While active, a customer makes purchases that end with a dropout at the rate times
    the dropout probability, so the expected number of purchases in a time t is (1 - exp(-rate p t)) / p.
    """
    first, days = window
    customer, day = _repeat_purchases(params, seed, buyers)
    before = np.bincount(customer[day < first], minlength=len(buyers))
    active = before < buyers["active_purchases"].to_numpy()
    p = buyers["dropout_probability"].to_numpy()
    purchases = -np.expm1(-buyers["rate"].to_numpy() * p * days) / p
    expected = np.where(active, purchases * buyers["spend"].to_numpy(), 0.0)
    return np.where(buyers["acquired_day"].to_numpy() < first, expected, np.nan)


def _repeat_purchases(params: CdnowLikeParams, seed: int, buyers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of every purchase after the first, (n,) each, by customer and time."""
    first = buyers["acquired_day"].to_numpy()
    span = params.n_days - first
    counts = stream(seed, "order_count").poisson(buyers["rate"].to_numpy() * span)
    customer, position = sorted_uniforms(counts, stream(seed, "order_time"))
    rank = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = rank < buyers["active_purchases"].to_numpy()[customer]
    customer = customer[kept]
    return customer, first[customer] + position[kept] * span[customer]
