"""What a shop has seen of its customers by a cutoff: the data of the posterior, in the units of the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.data.world import catalogue
from clv.data.world.customers import rate_factor, source_quality
from clv.data.world.touches import CLICKED, OPENED


@dataclass(frozen=True)
class SeenHistory:
    """The events before day `first` of the shop, for n customers who have each ordered by then.

    Attributes
    ----------
    quality, rate_factor, country_level: (n,) factors of the profile on the lifetime, the order rate and the spend
    level. arm: (n,) of the experiment, 0 for its control, for customers outside it, and before the assignment. orders:
    one row per order, by customer and time: customer (0 to n - 1), day (whole, since the start), time (its hour is no
    information on the true one), net (money, of the lines that have not come back). lines: one row per line bought:
    customer, day, price (of one unit, money), category (code), is_eco. touches: one row per e-mail and ad: customer,
    time, log_odds (log-likelihood ratio of dropped out to active, from what was or was not opened and clicked).
    """

    first: int
    quality: np.ndarray
    rate_factor: np.ndarray
    country_level: np.ndarray
    arm: np.ndarray
    orders: pd.DataFrame
    lines: pd.DataFrame
    touches: pd.DataFrame

    @property
    def n(self) -> int:
        """The number of customers."""
        return len(self.quality)


def read_history(
    tables: Mapping[str, pd.DataFrame], customer_ids: pd.Series, start: date, cutoff: date
) -> tuple[SeenHistory, np.ndarray]:
    """The history up to the end of a cutoff of the customers who had ordered, and which ids these are, (len(ids),).

    `tables` are clean tables by name, with rows in any order; the table of customers must contain all customers. Rows
    after the cutoff are ignored.
    """
    seen = {}
    for name, time in (("transactions", "order_ts"), ("touches", "touch_ts"), ("experiments", "assigned_ts")):
        table = tables[name]
        seen[name] = table[table[time] < pd.Timestamp(cutoff + timedelta(days=1))]
    buyers = pd.Index(seen["transactions"]["customer_id"].unique())
    known = buyers.get_indexer(pd.Index(customer_ids)) >= 0
    ids = pd.Index(customer_ids[known])
    profile = tables["customers"].set_index("customer_id").reindex(ids)
    quality, factor = _source(profile)
    orders, lines = _purchases(seen["transactions"], ids, start)
    history = SeenHistory(
        (cutoff - start).days + 1,
        quality,
        factor,
        catalogue.COUNTRY_LEVEL[_codes(profile["country"], catalogue.COUNTRIES)],
        _arms(seen["experiments"], ids),
        orders,
        lines,
        _touches(seen["touches"], ids, start),
    )
    return history, known


def _source(profile: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Factors on the lifetime and on the order rate, (n,) each."""
    channel = _codes(profile["channel"], catalogue.CHANNELS)
    campaign = _codes(profile["campaign"], catalogue.CAMPAIGNS) % catalogue.CAMPAIGNS_PER_CHANNEL
    quality = source_quality(channel, campaign)
    return quality, rate_factor(quality, _codes(profile["age_band"], catalogue.AGE_BANDS))


def _codes(values: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Position of each value among names, (n,)."""
    codes = pd.Index(names).get_indexer(pd.Index(values))
    if (codes < 0).any():
        raise ValueError(f"{values.name} must be one of {', '.join(names)}, got {values[codes < 0].iloc[0]!r}")
    return codes


def _arms(experiments: pd.DataFrame, ids: pd.Index) -> np.ndarray:
    arm = np.zeros(len(ids), dtype="int64")
    if experiments.empty:  # a clean table without rows has no optional columns
        return arm
    row = ids.get_indexer(pd.Index(experiments["customer_id"]))
    arm[row[row >= 0]] = _codes(experiments["arm"], catalogue.EXPERIMENT_ARMS)[row >= 0]
    return arm


def _purchases(lines: pd.DataFrame, ids: pd.Index, start: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders and the lines of a `SeenHistory`."""
    row = ids.get_indexer(pd.Index(lines["customer_id"]))
    rows = lines[row >= 0].assign(customer=row[row >= 0])
    net = rows.groupby("order_id")["amount_minor"].sum() / MINOR_PER_UNIT
    bought = rows[rows["amount_minor"] > 0]
    time = _days(bought["order_ts"], start)
    bought = bought.assign(time=time, day=np.floor(time).astype("int64"))
    orders = bought.drop_duplicates("order_id").sort_values(["customer", "time"], kind="stable")
    orders = orders.assign(net=net.reindex(pd.Index(orders["order_id"])).to_numpy())
    bought = bought.assign(
        price=bought["unit_price_minor"] / MINOR_PER_UNIT,
        category=_codes(bought["category"], catalogue.CATEGORIES),
        is_eco=bought["is_eco"].to_numpy(dtype=bool),
    )
    kept = ["customer", "day", "time", "net"], ["customer", "day", "price", "category", "is_eco"]
    return orders[kept[0]].reset_index(drop=True), bought[kept[1]].reset_index(drop=True)


def _touches(touches: pd.DataFrame, ids: pd.Index, start: date) -> pd.DataFrame:
    if touches.empty:
        return pd.DataFrame({"customer": np.empty(0, dtype="int64"), "time": np.empty(0), "log_odds": np.empty(0)})
    row = ids.get_indexer(pd.Index(touches["customer_id"]))
    rows = touches[row >= 0]
    opened, clicked = (rows[name].to_numpy(dtype=bool) for name in ("opened", "clicked"))
    log_odds = np.zeros(len(rows))
    for kind in OPENED:
        (opens, opens_gone), (clicks, clicks_gone) = OPENED[kind], CLICKED[kind]
        ratio = np.where(opened, opens_gone / opens, (1 - opens_gone) / (1 - opens))
        ratio *= np.where(clicked, clicks_gone / clicks, np.where(opened, (1 - clicks_gone) / (1 - clicks), 1.0))
        log_odds += np.where(rows["kind"] == kind, np.log(ratio), 0.0)
    time = _days(rows["touch_ts"], start)
    return pd.DataFrame({"customer": row[row >= 0], "time": time, "log_odds": log_odds})


def _days(times: pd.Series, start: date) -> np.ndarray:
    return ((times - pd.Timestamp(start)) / pd.Timedelta(days=1)).to_numpy(dtype="float64")
