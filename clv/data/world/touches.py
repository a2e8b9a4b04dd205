"""What the shop does to its customers: e-mails, ads and the randomised test."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, timestamps
from clv.data.world.shop_calendar import YEAR
from clv.data.world.streams import stream

CHUNK = 500_000  # touches at a time
MAIL_HOUR = 10 / 24
OPENED = {
    "email": (0.35, 0.08),
    "ad": (0.60, 0.50),
}  # share of touches opened (seen) by active customers, and by inactive ones
CLICKED = {"email": (0.30, 0.10), "ad": (0.05, 0.01)}  # share of opened touches that are clicked, likewise


def draw_touches(params: ShopParams, seed: int, customers: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """One row per e-mail and ad, by time, in the columns of the schema; active customers open and click more.

    E-mails go to all customers who consented, on evenly spaced days; ads reach customers at random times. Each mailing
    is yielded after the ads since the one before.
    """
    rng = {name: stream(seed, name) for kind in OPENED for name in (f"{kind}_open", f"{kind}_click")}
    reached, ad_day = _ads(params, seed, customers)
    done = 0
    for customer, day in _mailings(params, seed, customers):
        until = int(np.searchsorted(ad_day, day))
        yield from _raw(params, rng, customers, "ad", reached[done:until], ad_day[done:until])
        yield from _raw(params, rng, customers, "email", customer, np.full(len(customer), day))
        done = until
    yield from _raw(params, rng, customers, "ad", reached[done:], ad_day[done:])


def _raw(
    params: ShopParams,
    rng: Mapping[str, np.random.Generator],
    customers: pd.DataFrame,
    kind: str,
    customer: np.ndarray,
    day: np.ndarray,
) -> Iterator[pd.DataFrame]:
    """Touches of one kind in the columns of the schema, yielded in parts."""
    for begin in range(0, max(len(day), 1), CHUNK):  # a part without rows if there are none
        row, when = customer[begin : begin + CHUNK], day[begin : begin + CHUNK]
        gone = when >= (customers["acquired_day"].to_numpy()[row] + customers["lifetime_days"].to_numpy()[row])
        opened = rng[f"{kind}_open"].random(len(row)) < np.array(OPENED[kind]).take(gone)
        clicked = opened & (rng[f"{kind}_click"].random(len(row)) < np.array(CLICKED[kind]).take(gone))
        yield pd.DataFrame(
            {
                "customer_id": labels(customers["customer_id"], row),
                "touch_ts": timestamps(params.start, when),
                "kind": labels([kind], np.zeros(len(row), dtype="int64")),
                "opened": opened,
                "clicked": clicked,
            }
        )


def draw_experiment(params: ShopParams, customers: pd.DataFrame) -> pd.DataFrame:
    """One row per customer who takes part in the experiment, in the columns of the schema."""
    rows = np.flatnonzero(customers["takes_part"])
    arm = customers["arm"].to_numpy()[rows]
    start = np.full(len(rows), float((params.experiment_start - params.start).days))
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].iloc[rows].reset_index(drop=True),
            "assigned_ts": timestamps(params.start, start),
            "experiment": labels([catalogue.EXPERIMENT], np.zeros(len(rows), dtype="int64")),
            "arm": labels(catalogue.EXPERIMENT_ARMS, arm),
            "channel": labels(catalogue.EXPERIMENT_CHANNELS, arm),
            "cost": catalogue.EXPERIMENT_COSTS[arm],
        }
    )


def _mailings(params: ShopParams, seed: int, customers: pd.DataFrame) -> Iterator[tuple[np.ndarray, float]]:
    """Customers (rows) and day of each mailing, by time: it goes to all who are known by then and consented."""
    acquired = customers["acquired_day"].to_numpy()  # ascending
    consented = np.flatnonzero(customers["email_consent"].to_numpy())
    n = int(params.emails_per_year * params.n_days / YEAR)
    offset = stream(seed, "mailing").random()
    days = np.floor((np.arange(n) + offset) * params.n_days / max(n, 1)) + MAIL_HOUR
    counts = np.searchsorted(acquired[consented], np.floor(days))
    yield from ((consented[:count], float(day)) for count, day in zip(counts, days, strict=True))


def _ads(params: ShopParams, seed: int, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of each ad, by time."""
    acquired = customers["acquired_day"].to_numpy()
    counts = stream(seed, "ad_count").poisson(params.ads_per_year / YEAR * (params.n_days - acquired))
    customer = np.repeat(np.arange(len(customers)), counts)
    day = acquired[customer] + stream(seed, "ad_time").random(len(customer)) * (params.n_days - acquired[customer])
    order = np.argsort(day)
    return customer[order], day[order]
