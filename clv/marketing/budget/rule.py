"""The acquisition budget by tier: a rule of shares, and what a customer of each tier may cost."""

import numpy as np
import pandas as pd

from clv.marketing.segments.tiers import TIERS
from clv.marketing_params import BudgetParams


def allocate(values: pd.DataFrame, params: BudgetParams) -> pd.DataFrame:
    """One row per tier: budget, mean margin of a customer, CAC target and the customers the budget buys at that target.

    `values` has `tier` and `predicted_clv` per customer. The CAC target is `cac_share` of the mean predicted margin.
    The budgets sum to the total to the cent. A tier without customers or value gets nothing, its share goes to the
    others in proportion; with no value at all nothing is allocated.
    """
    shares = dict(zip(TIERS, params.ratio, strict=True))
    groups = values.groupby("tier")["predicted_clv"]
    table = pd.DataFrame({"tier": list(shares), "share": list(shares.values())})
    table["customers"] = table["tier"].map(groups.size()).fillna(0).astype("int64")
    table["predicted_clv_mean"] = table["tier"].map(groups.mean()).fillna(0.0)
    table["margin_clv_mean"] = table["predicted_clv_mean"] * params.margin_rate
    table["cac_target"] = (table["margin_clv_mean"] * params.cac_share).round(2)
    table["share"] = table["share"].where(table["cac_target"] > 0, 0.0)
    if table["share"].sum() > 0:
        table["share"] = table["share"] / table["share"].sum()
    table["budget"] = split_cents(params.total, table["share"].to_numpy())
    buys = np.divide(
        table["budget"], table["cac_target"], out=np.zeros(len(table)), where=table["cac_target"].to_numpy() > 0
    )
    table["affordable_customers"] = np.floor(buys + 1e-9).astype("int64")
    return table[
        [
            "tier",
            "customers",
            "share",
            "budget",
            "predicted_clv_mean",
            "margin_clv_mean",
            "cac_target",
            "affordable_customers",
        ]
    ]


def split_cents(total: float, shares: np.ndarray) -> np.ndarray:
    """`total` by shares, (k,), in whole cents that sum to it: the largest remainders get the cents left over."""
    cents = round(total * 100)
    if shares.sum() <= 0:
        return np.zeros(len(shares))
    exact = cents * shares / shares.sum()
    whole = np.floor(np.round(exact, 6)).astype("int64")
    left = cents - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:left]] += 1
    return whole / 100
