"""A plan in numbers; figures of groups of few customers are suppressed."""

from typing import Any

import numpy as np
import pandas as pd

from clv.suppression import hidden, hidden_along, hidden_cells

OTHER = "other reasons"
TOTALLED = ("rfm_segment", "channel")  # columns by which some table shows the totals
Group = tuple[str, ...]


def totals(plan: pd.DataFrame, min_customers: int) -> dict[str, Any]:
    """Customers, those of them treated and in the holdout, value at stake and cost of the offers (money; of treated).

    Where one of the two arms has fewer than `min_customers`, both sizes are None, because each reveals the other; the
    money is None, too, if that is the treated arm.
    """
    figures = _figures(plan)
    return figures | (_without_arms(figures, min_customers) if _few(figures, min_customers) else {})


def reasons_of(left_out: dict[str, int], min_customers: int) -> dict[str, int | None]:
    """Customers who are not in the plan, by reason; those that `hidden` suppresses become one, OTHER, without a number.

    The number left out in total follows from the size of the plan. The reasons for these few are not needed.
    """
    unseen = hidden(np.array(list(left_out.values()), dtype="int64"), min_customers)
    shown: dict[str, int | None] = {
        reason: n for (reason, n), few in zip(left_out.items(), unseen, strict=True) if not few
    }
    return shown | ({OTHER: None} if unseen.any() else {})


def by_group(plan: pd.DataFrame, names: list[str], min_customers: int) -> list[dict[str, Any]]:
    """`totals` of each group of customers that occurs, by falling value at stake; by one column or by two.

    Groups that are suppressed at `min_customers` have only names: their figures are None. By one column, `hidden`
    selects them. By two, groups of the first column are suppressed as by one, with all their parts, and of the others
    the cells that `hidden_cells` selects, because another table may show the totals of either. In the same way, the
    sizes of both arms are None where one is small, or would reveal one that is.
    """
    unseen = _unseen(plan, names, min_customers)
    armless = _armless(plan, names, min_customers)
    rows = []
    for group, members in plan.groupby(names, sort=True, observed=True):
        figures = _figures(members)
        rate = members["response_rate"].mean()
        figures |= {"response_rate": None if pd.isna(rate) else round(float(rate), 6)}
        if group in armless:
            figures |= _without_arms(figures, min_customers)
        if group in unseen:
            figures = dict.fromkeys(figures)
        rows.append(dict(zip(names, group, strict=True)) | figures)
    return sorted(rows, key=lambda row: -(row["value_at_stake"] or 0.0))


def _figures(plan: pd.DataFrame) -> dict[str, Any]:
    treated = plan[~plan["holdout"]]
    return {
        "customers": len(plan),
        "treated": len(treated),
        "holdout": int(plan["holdout"].sum()),
        "value_at_stake": round(float(treated["value_at_stake"].sum()), 2),
        "offer_cost": round(float(treated["offer_cost"].sum()), 2),
    }


def _few(figures: dict[str, Any], minimum: int) -> bool:
    return any(0 < figures[arm] < minimum for arm in ("treated", "holdout"))


def _without_arms(figures: dict[str, Any], minimum: int) -> dict[str, Any]:
    """The figures to suppress in a group whose arms are suppressed: their sizes, and money where few are treated."""
    money = [] if figures["treated"] >= minimum else [name for name in figures if name != "customers"]
    return dict.fromkeys(["treated", "holdout", *money])


def _unseen(plan: pd.DataFrame, names: list[str], minimum: int) -> set[Group]:
    """The groups of `by_group` that are suppressed."""
    first = plan.groupby(names[0]).size()
    small = hidden(first.to_numpy(), minimum)
    if len(names) == 1:
        return {(name,) for name in first.index[small]}
    counts = pd.crosstab(plan[names[0]], plan[names[1]])
    mask = hidden_cells(counts.to_numpy(), minimum, np.tile(small[:, None], counts.shape[1]))
    return {(counts.index[i], counts.columns[j]) for i, j in zip(*np.nonzero(mask), strict=True)}


def _armless(plan: pd.DataFrame, names: list[str], minimum: int) -> set[Group]:
    """The groups of `by_group` whose arm sizes are suppressed, because one would reveal the size of a small arm.

    Known totals are those of the customers of a group, of an arm over all groups and, by two columns, of an arm over
    the groups of either column that is TOTALLED.
    """
    unseen = _unseen(plan, names, minimum)
    alone = [_armless(plan, [name], minimum) if name in TOTALLED else set() for name in names if len(names) > 1]
    labels = [sorted(plan[name].unique()) for name in names]
    codes = [pd.Categorical(plan[name], found).codes for name, found in zip(names, labels, strict=True)]
    counts = np.zeros((*map(len, labels), 2), dtype="int64")
    np.add.at(counts, (*codes, plan["holdout"].to_numpy(dtype="int64")), 1)
    anyway = np.zeros(counts.shape, dtype=bool)
    groups = {at: tuple(x[i] for x, i in zip(labels, at, strict=True)) for at in np.ndindex(counts.shape[:-1])}
    for at, group in groups.items():
        anyway[at] = group in unseen or any((name,) in few for name, few in zip(group, alone, strict=False))
    known = [axis for axis, others in enumerate(reversed(names)) if len(names) == 1 or others in TOTALLED]
    mask = hidden_along(counts, minimum, anyway, [*known, len(names)])
    return {group for at, group in groups.items() if mask[at].any()}


def by_hour(plan: pd.DataFrame, min_customers: int) -> dict[str, int | None]:
    """Customers by send hour, 0 to 23; None where `hidden` suppresses them at `min_customers`; empty if unknown."""
    known = plan["send_hour"].dropna()
    if known.empty:
        return {}
    n = known.astype("int64").value_counts().reindex(range(24), fill_value=0)
    unseen = hidden(n.to_numpy(), min_customers)
    return {f"{hour:02d}": None if unseen[hour] else int(n[hour]) for hour in range(24)}
