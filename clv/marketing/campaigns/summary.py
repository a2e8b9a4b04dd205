"""A plan in numbers; groups of few customers are counted, and nothing more is said of them."""

from typing import Any

import pandas as pd

GROUPS = ("channel", "rfm_segment", "tier", "offer")


def totals(plan: pd.DataFrame) -> dict[str, Any]:
    """Customers, those of them in the holdout, value at stake and cost of the offers (money; both of the treated)."""
    treated = plan[~plan["holdout"]]
    return {
        "customers": len(plan),
        "treated": len(treated),
        "holdout": int(plan["holdout"].sum()),
        "value_at_stake": round(float(treated["value_at_stake"].sum()), 2),
        "offer_cost": round(float(treated["offer_cost"].sum()), 2),
    }


def by_group(plan: pd.DataFrame, names: list[str], min_customers: int) -> list[dict[str, Any]]:
    """`totals` of each group of customers that occurs, by falling value at stake.

    Of a group with fewer than `min_customers` only the names are given: its figures are None. How many of a larger one
    are in the holdout is said even where they are few: that was drawn, and tells nothing of them.
    """
    rows = []
    for group, members in plan.groupby(names, sort=True, observed=True):
        figures = totals(members)
        rate = members["response_rate"].mean()
        figures |= {"response_rate": None if pd.isna(rate) else round(float(rate), 6)}
        if len(members) < min_customers:
            figures = dict.fromkeys(figures)
        rows.append(dict(zip(names, group, strict=True)) | figures)
    return sorted(rows, key=lambda row: -(row["value_at_stake"] or 0.0))


def by_hour(plan: pd.DataFrame, min_customers: int) -> dict[str, int | None]:
    """Customers by send hour, 0 to 23; None where they are fewer than `min_customers` and not 0; empty if unknown."""
    known = plan["send_hour"].dropna()
    if known.empty:
        return {}
    n = known.astype("int64").value_counts().reindex(range(24), fill_value=0)
    return {f"{hour:02d}": None if 0 < count < min_customers else int(count) for hour, count in n.items()}
