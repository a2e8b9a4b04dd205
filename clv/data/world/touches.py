"""E-mails and ads, and the randomised test: what the shop does to its customers."""

import numpy as np
import pandas as pd

from clv.data.world import catalogue
from clv.data.world.params import ShopParams
from clv.data.world.raw_columns import labels, timestamps
from clv.data.world.shop_calendar import YEAR
from clv.data.world.streams import stream

MAIL_HOUR = 10 / 24
OPENED = {
    "email": (0.35, 0.08),
    "ad": (0.60, 0.50),
}  # share of touches opened (seen) by active customers, and by others
CLICKED = {"email": (0.30, 0.10), "ad": (0.05, 0.01)}  # share of those clicked


def draw_touches(params: ShopParams, seed: int, customers: pd.DataFrame) -> pd.DataFrame:
    """One row per e-mail and ad, by time, in the columns of the schema; active customers open and click more.

    E-mails go to all who consented, on evenly spaced days; ads reach customers at random times.
    """
    drawn = {"email": _mailings(params, seed, customers), "ad": _ads(params, seed, customers)}
    dropped_out = (customers["acquired_day"] + customers["lifetime_days"]).to_numpy()
    reactions = [_reactions(seed, kind, day >= dropped_out[customer]) for kind, (customer, day) in drawn.items()]
    customer, day = (np.concatenate(parts) for parts in zip(*drawn.values(), strict=True))
    opened, clicked = (np.concatenate(parts) for parts in zip(*reactions, strict=True))
    kind = np.repeat(np.arange(len(drawn)), [len(days) for _, days in drawn.values()])
    order = np.argsort(day, kind="stable")
    return pd.DataFrame(
        {
            "customer_id": labels(customers["customer_id"], customer[order]),
            "touch_ts": timestamps(params.start, day[order]),
            "kind": labels(list(drawn), kind[order]),
            "opened": opened[order],
            "clicked": clicked[order],
        }
    )


def _reactions(seed: int, kind: str, gone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether touches of a kind, to customers who are gone or not, were opened and clicked, (n,) each."""
    opened = stream(seed, f"{kind}_open").random(len(gone)) < np.array(OPENED[kind]).take(gone)
    clicked = opened & (stream(seed, f"{kind}_click").random(len(gone)) < np.array(CLICKED[kind]).take(gone))
    return opened, clicked


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


def _mailings(params: ShopParams, seed: int, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of each e-mail, by time: one mailing at a time, to all known by then who consented."""
    acquired = customers["acquired_day"].to_numpy()  # ascending
    consented = np.flatnonzero(customers["email_consent"].to_numpy())
    n = int(params.emails_per_year * params.n_days / YEAR)
    offset = stream(seed, "mailing").random()
    days = np.floor((np.arange(n) + offset) * params.n_days / max(n, 1)) + MAIL_HOUR
    counts = np.searchsorted(acquired[consented], np.floor(days))
    customer = [consented[:count] for count in counts]
    return np.concatenate([*customer, np.array([], dtype="int64")]), np.repeat(days, counts)


def _ads(params: ShopParams, seed: int, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customer (row) and day of each ad, by time."""
    acquired = customers["acquired_day"].to_numpy()
    counts = stream(seed, "ad_count").poisson(params.ads_per_year / YEAR * (params.n_days - acquired))
    customer = np.repeat(np.arange(len(customers)), counts)
    day = acquired[customer] + stream(seed, "ad_time").random(len(customer)) * (params.n_days - acquired[customer])
    order = np.argsort(day)
    return customer[order], day[order]
