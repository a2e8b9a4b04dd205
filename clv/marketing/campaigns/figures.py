"""A plan in numbers; groups of few customers are counted, and nothing more is said of them."""

from typing import Any

import numpy as np
import pandas as pd

from clv.suppression import hidden, hidden_cells


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
    """`totals` of each group of customers that occurs, by falling value at stake; by one column or by two.

    Of groups that are hidden for `min_customers` only the names are given: their figures are None. By one column
    `hidden` says which. By two, groups of the first are hidden as by one, with all their parts, and of the others what
    `hidden_cells` names: another table may tell the totals of either. How many of a larger group are in the holdout is
    said even where they are few: that was drawn, and tells nothing of them.
    """
    unseen = _unseen(plan, names, min_customers)
    rows = []
    for group, members in plan.groupby(names, sort=True, observed=True):
        figures = totals(members)
        rate = members["response_rate"].mean()
        figures |= {"response_rate": None if pd.isna(rate) else round(float(rate), 6)}
        if group in unseen:
            figures = dict.fromkeys(figures)
        rows.append(dict(zip(names, group, strict=True)) | figures)
    return sorted(rows, key=lambda row: -(row["value_at_stake"] or 0.0))


def _unseen(plan: pd.DataFrame, names: list[str], minimum: int) -> set[tuple[str, ...]]:
    """The groups of `by_group` that are hidden."""
    first = plan.groupby(names[0]).size()
    small = hidden(first.to_numpy(), minimum)
    if len(names) == 1:
        return {(name,) for name in first.index[small]}
    counts = pd.crosstab(plan[names[0]], plan[names[1]])
    mask = hidden_cells(counts.to_numpy(), minimum, np.tile(small[:, None], counts.shape[1]))
    return {(counts.index[i], counts.columns[j]) for i, j in zip(*np.nonzero(mask), strict=True)}


def by_hour(plan: pd.DataFrame, min_customers: int) -> dict[str, int | None]:
    """Customers by send hour, 0 to 23; None where `hidden` says so for `min_customers`; empty if unknown."""
    known = plan["send_hour"].dropna()
    if known.empty:
        return {}
    n = known.astype("int64").value_counts().reindex(range(24), fill_value=0)
    unseen = hidden(n.to_numpy(), min_customers)
    return {f"{hour:02d}": None if unseen[hour] else int(n[hour]) for hour in range(24)}
