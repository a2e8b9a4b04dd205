"""The cells over which a budget is split, each a tier in a channel, and what is known of their customers."""

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.tiers import TIERS

NOT_SPENT = "not spent"  # in place of the tier in the row for money that is in no cell


def make_cells(values: pd.DataFrame, channels: tuple[str, ...]) -> pd.DataFrame:
    """One row per tier and channel, tiers from the top.

    Columns: tier, channel, customers (of the tier), mean_clv (their mean forecast, money, NaN without customers),
    window_revenue (the total of these customers, money) and open (whether `mean_clv` is above 0, so that there is a
    reason to spend).

    `values` has tier, predicted_clv (money of the horizon) and window_revenue (money in the window of a test), one row
    per customer; a missing forecast counts as 0.
    """
    groups = values.assign(predicted_clv=values["predicted_clv"].fillna(0.0)).groupby("tier")
    clv, window = groups["predicted_clv"], groups["window_revenue"]
    tiers = pd.DataFrame({"customers": groups.size(), "mean_clv": clv.mean(), "window_revenue": window.sum()})
    tiers = tiers.reindex(pd.Index(TIERS, name="tier")).reset_index()
    tiers["customers"] = tiers["customers"].fillna(0).astype("int64")
    tiers["window_revenue"] = tiers["window_revenue"].fillna(0.0)
    tiers["open"] = tiers["mean_clv"] > 0
    cells = tiers.merge(pd.DataFrame({"channel": list(channels)}, dtype="str"), how="cross")
    return cells[["tier", "channel", "customers", "mean_clv", "window_revenue", "open"]]


def channels_of(acquired: pd.DataFrame) -> tuple[str, ...]:
    """The acquisition channels in the data, by name; none where the shop does not record them."""
    return tuple(sorted(acquired["channel"].dropna().unique())) if "channel" in acquired else ()


def tier_shares(cells: pd.DataFrame, values: pd.DataFrame, acquired: pd.DataFrame) -> np.ndarray:
    """The share of a channel's customers who are in the tier of a cell, (cells,).

    For a channel without known customers it is the share of all customers. `acquired` has customer_id and, where the
    shop records it, channel.
    """
    everyone = values["tier"].value_counts(normalize=True)
    of_all = cells["tier"].map(everyone).fillna(0.0).to_numpy(dtype="float64")
    if "channel" not in acquired:
        return of_all
    known = _with_channel(values, acquired)
    counts = pd.crosstab(known["channel"], known["tier"])
    shares = counts.div(counts.sum(axis=1), axis=0).reindex(columns=list(TIERS), fill_value=0.0)
    pairs = zip(cells["tier"], cells["channel"], of_all, strict=True)
    return np.array([shares.loc[channel, tier] if channel in shares.index else rest for tier, channel, rest in pairs])


def acquisition_costs(
    cells: pd.DataFrame, values: pd.DataFrame, acquired: pd.DataFrame, least: int, any_channel: str
) -> np.ndarray:
    """Mean acquisition cost of the customers of a cell, money, (cells,).

    NaN where the data have no costs, or have them for fewer than `least` customers of the tier who came by the channel.
    In a budget without channels (`any_channel`), all customers of the tier count.
    """
    if "acquisition_cost_minor" not in acquired:
        return np.full(len(cells), np.nan)
    known = _with_channel(values, acquired)
    known = known[known["acquisition_cost_minor"].notna()]
    money = known["acquisition_cost_minor"].astype("float64") / MINOR_PER_UNIT
    channels = known["channel"] if "channel" in known else pd.Series(any_channel, index=known.index, dtype="str")
    table = pd.concat(
        [
            money.groupby([known["tier"], channels]).agg(["size", "mean"]),
            money.groupby([known["tier"], pd.Series(any_channel, index=known.index, dtype="str")]).agg(
                ["size", "mean"]
            ),
        ]
    )
    table = table[~table.index.duplicated() & (table["size"] >= least)]
    return table["mean"].reindex(pd.MultiIndex.from_frame(cells[["tier", "channel"]])).to_numpy(dtype="float64")


def tier_costs(values: pd.DataFrame, acquired: pd.DataFrame, least: int, any_channel: str) -> np.ndarray:
    """Mean acquisition cost of the customers of whole tiers, money, (tiers,)."""
    tiers = pd.DataFrame({"tier": list(TIERS), "channel": any_channel})
    return acquisition_costs(tiers, values, acquired, least, any_channel)


def _with_channel(values: pd.DataFrame, acquired: pd.DataFrame) -> pd.DataFrame:
    """The tier of each of today's customers, beside what is known of their acquisition."""
    return acquired.merge(values[["customer_id", "tier"]], on="customer_id", validate="one_to_one")
