"""Customers who fell to a lower tier or segment, and why, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.segments.migration import rank_of

BEHAVIOUR = ("recency_days", "gap_mean_days", "active_days_180d", "spend_180d", "return_share")
OVERDUE = 2.0  # usual gaps without an order
RETURNS_MORE = 0.10  # of revenue
SMALLER = 0.80  # spend per purchase day, relative to that then
COLUMNS = [
    "customer_id",
    "from",
    "to",
    "tier_then",
    "tier_now",
    "rfm_segment_then",
    "rfm_segment_now",
    "predicted_then",
    "predicted_now",
    "lost_value",
    "reason_kind",
    "reason",
]


@dataclass(frozen=True)
class Reason:
    """A kind of reason: the customers for whom it holds, and its sentence, both from their behaviour then and now.

    Columns of behaviour are those of BEHAVIOUR that the shop has, ending in _then and _now.
    """

    kind: str
    needs: tuple[str, ...]
    holds: Callable[[pd.DataFrame], pd.Series]
    says: Callable[[Mapping[str, float]], str]


def _order_value(rows: pd.DataFrame, when: str) -> pd.Series:
    days = rows[f"active_days_180d_{when}"]
    return rows[f"spend_180d_{when}"] / days.where(days > 0)


REASONS = (
    Reason(
        "overdue",
        ("recency_days", "gap_mean_days"),
        lambda r: r["recency_days_now"] > OVERDUE * r["gap_mean_days_now"].clip(lower=1),
        lambda r: f"no order for {r['recency_days_now']:.0f} days against a usual gap of {r['gap_mean_days_now']:.0f}",
    ),
    Reason(
        "no second order",
        ("recency_days", "gap_mean_days"),
        lambda r: r["gap_mean_days_now"].isna(),
        lambda r: f"no second order in the {r['recency_days_now']:.0f} days since the first",
    ),
    Reason(
        "returns",
        ("return_share",),
        lambda r: r["return_share_now"] > r["return_share_then"] + RETURNS_MORE,
        lambda r: f"returned {r['return_share_now']:.0%} of what was bought, {r['return_share_then']:.0%} before",
    ),
    Reason(
        "less often",
        ("active_days_180d",),
        lambda r: r["active_days_180d_now"] < r["active_days_180d_then"],
        lambda r: (
            f"bought on {r['active_days_180d_now']:.0f} days of the last 180, on {r['active_days_180d_then']:.0f} of "
            "the 180 before"
        ),
    ),
    Reason(
        "smaller orders",
        ("active_days_180d", "spend_180d"),
        lambda r: _order_value(r, "now") < SMALLER * _order_value(r, "then"),
        lambda r: (
            f"spent {r['spend_180d_now'] / r['active_days_180d_now']:,.2f} per purchase day of the last 180 "
            f"days, {r['spend_180d_then'] / r['active_days_180d_then']:,.2f} in the 180 before"
        ),
    ),
    Reason(
        "longer since the last order",
        ("recency_days",),
        lambda r: r["recency_days_now"] > r["recency_days_then"],
        lambda r: f"last order {r['recency_days_now']:.0f} days ago, {r['recency_days_then']:.0f} days before",
    ),
    Reason(
        "no single change",
        (),
        lambda r: pd.Series(data=True, index=r.index),
        lambda _: "no single change: season, or what customers like this one do",
    ),
)


def fallen(moves: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """One row per customer whose tier or RFM segment is lower now and whose forecast has fallen, by lost value.

    `moves` is that of `then_and_now`; `then` and `now` are snapshots with customer_id and those of BEHAVIOUR that the
    shop has. Columns: customer_id; from and to, the tiers if the tier fell, else the RFM segments; the tiers and RFM
    segments then and now; the forecasts then and now and their difference lost_value (money, of two horizons that may
    differ in season); reason_kind and reason, the first of REASONS that holds. Customers without a forecast then are
    left out.
    """
    drops = {
        name: rank_of(moves[f"{name}_now"], name) > rank_of(moves[f"{name}_then"], name)
        for name in ("tier", "rfm_segment")
    }
    lost = (moves["predicted_clv_then"] - moves["predicted_clv_now"]).round(2)
    rows = moves.assign(lost_value=lost, by_tier=drops["tier"])[(drops["tier"] | drops["rfm_segment"]) & (lost > 0)]
    behaviour = ["customer_id", *(name for name in BEHAVIOUR if name in then and name in now)]
    rows = rows.merge(then[behaviour], on="customer_id")
    rows = rows.merge(now[behaviour], on="customer_id", suffixes=("_then", "_now"))
    rows = rows.sort_values(["lost_value", "customer_id"], ascending=[False, True], ignore_index=True)
    kinds = [reason for reason in REASONS if all(name in behaviour for name in reason.needs)]
    which = np.select([reason.holds(rows) for reason in kinds], range(len(kinds)), 0) if len(rows) else np.empty(0, int)
    for end, side in (("from", "then"), ("to", "now")):
        rows[end] = rows[f"tier_{side}"].where(rows["by_tier"], rows[f"rfm_segment_{side}"])
    rows["reason_kind"] = pd.Series([kinds[k].kind for k in which], dtype="str")
    rows["reason"] = pd.Series([kinds[k].says(row) for k, row in zip(which, _records(rows), strict=True)], dtype="str")
    renamed = {f"predicted_clv_{side}": f"predicted_{side}" for side in ("then", "now")}
    return rows.rename(columns=renamed)[COLUMNS]


def _records(rows: pd.DataFrame) -> Iterator[dict[str, float]]:
    """Behaviour then and now of each row, by column."""
    names = [f"{name}_{side}" for name in BEHAVIOUR for side in ("then", "now") if f"{name}_{side}" in rows]
    for row in rows[names].itertuples(index=False, name=None):
        yield dict(zip(names, row, strict=True))
