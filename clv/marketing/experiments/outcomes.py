"""What participants of randomised tests did in the window after their assignment, and what was expected of them.

The covariates of a participant, expected revenue and tier, are as of the day before the assignment: anything later may
be an effect of the test, and comparing by it would undo the randomisation.
"""

from datetime import date

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.experiments.before import drawn_before, fit_forecast, history, tiers_before
from clv.marketing.params import TierParams

CONTROL_NAMES = ("control", "holdout")
DAY = pd.Timedelta(days=1)
OPTIONAL: dict[str, str | float] = {"experiment": "test", "arm": "", "channel": "", "cost_minor": np.nan}
COLUMNS = {
    "customer_id": "str",
    "experiment": "str",
    "arm": "str",
    "channel": "str",
    "cost": "float64",
    "assigned": "datetime64[us]",
    "is_control": "bool",
    "revenue": "float64",
    "purchased": "bool",
    "orders": "int64",
    "expected": "float64",
    "tier": "str",
}


def outcomes(
    assignments: pd.DataFrame,
    transactions: pd.DataFrame,
    first: pd.Series,
    window_days: int,
    horizon_days: int,
    last_day: date,
    tiers: TierParams,
    model: str,
) -> tuple[pd.DataFrame, int]:
    """One row per test and participant whose window is over, by test and customer; and how many are still open.

    `assignments` and `transactions` are clean tables, the latter with at least the customers that `wanted` returns;
    `first` are the `first_orders` of all customers, `model` is one of PURCHASE_MODELS. Columns: customer_id,
    experiment, arm, channel ("" where none is given), cost (money, NaN where unknown), assigned (day), is_control,
    revenue (net revenue, money, in the window that begins with that day), purchased (whether anything was bought in
    it), orders (purchase days in it), expected (net revenue forecast for it before the assignment; 0 without a purchase
    by then, and for all where too few had one), tier (by the forecast for `horizon_days`; "" without a purchase by
    then). In tests without a control arm, is_control is False for all.
    """
    rows = _participants(assignments)
    over = rows["assigned"] + window_days * DAY <= pd.Timestamp(last_day) + DAY
    rows = rows[over].sort_values(["experiment", "customer_id"], ignore_index=True)
    if rows.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()}), int((~over).sum())
    events = events_of(rows, transactions)
    inside = events[(events["age"] >= 0) & (events["age"] < window_days)]
    n = len(rows)
    cents = np.bincount(inside["row"], inside["amount_minor"], n)
    rows["revenue"] = cents / MINOR_PER_UNIT
    rows["purchased"] = np.bincount(inside["row"], inside["amount_minor"] > 0, n) > 0
    bought = inside.loc[inside["amount_minor"] > 0, ["row", "age"]].drop_duplicates()
    rows["orders"] = np.bincount(bought["row"], minlength=n)
    past = history(events[events["age"] < 0])
    forecast = fit_forecast(past, model)
    rows["expected"] = 0.0
    if forecast is not None:
        rows.loc[past.index, "expected"] = forecast.revenue(past, window_days)
    rows["is_control"] = _is_control(rows)
    rows["tier"] = tiers_before(rows, past, transactions, first, horizon_days, tiers, model)
    return rows[list(COLUMNS)].astype(COLUMNS), int((~over).sum())


def wanted(assignments: pd.DataFrame, first: pd.Series) -> pd.Index:
    """The customers whose lines `outcomes` needs: participants, and those from whom cut points of tiers are taken."""
    rows = _participants(assignments)
    starts = rows.groupby("experiment")["assigned"].min().unique()
    drawn = [drawn_before(first, start) for start in starts]
    return pd.Index(pd.concat([rows["customer_id"], *(ids.to_series() for ids in drawn)]).unique())


def arms_of(assignments: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The arms of every test by its name, from the clean table, whether their windows are over or not; both sorted."""
    rows = _participants(assignments)
    return {str(name): tuple(sorted(arms.unique())) for name, arms in rows.groupby("experiment")["arm"]}


def _participants(assignments: pd.DataFrame) -> pd.DataFrame:
    """Assignments with all columns, cost in money, and the day of the assignment."""
    rows = assignments.copy()
    for name in OPTIONAL.keys() - set(rows):
        rows[name] = OPTIONAL[name]
    for name in ("experiment", "arm", "channel"):
        rows[name] = rows[name].astype("object").where(rows[name].notna(), OPTIONAL[name]).astype("str")
    rows["cost"] = rows["cost_minor"].astype("float64") / MINOR_PER_UNIT
    rows["assigned"] = rows["assigned_ts"].dt.normalize()
    return rows


def events_of(rows: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Order lines and returns of participants: row (of `rows`), age (days since the assignment), amount_minor (cents).

    `rows` has `customer_id` and `assigned` (day); an event of a customer who took part in two tests appears twice.
    """
    # Ids are looked up once and joined as numbers, which is many times faster than joining them as text.
    who = pd.Index(rows["customer_id"].unique())
    code = who.get_indexer(pd.Index(transactions["customer_id"]))
    known = code >= 0
    lines = transactions.loc[known, ["order_ts", "amount_minor"]].assign(code=code[known])
    assigned = pd.DataFrame({"code": who.get_indexer(pd.Index(rows["customer_id"])), "assigned": rows["assigned"]})
    events = lines.merge(assigned.assign(row=np.arange(len(rows))), on="code")
    events["age"] = (events["order_ts"].dt.normalize() - events["assigned"]) // DAY
    return events[["row", "age", "amount_minor"]]


def _is_control(rows: pd.DataFrame) -> np.ndarray:
    """Whether a participant is in the control arm of their test, (n,): an arm with such a name, else the one free arm.

    This is decided by arm, not by participant, because an arm may cost something only for those who redeem, who are not
    a random part of it. Where several arms are free, or the only one is, none of them is the control.
    """
    named = rows["arm"].str.lower().isin(CONTROL_NAMES)
    by_arm = rows.assign(named=named, free=rows["cost"] == 0).groupby(["experiment", "arm"], as_index=False)
    arms = by_arm[["named", "free"]].all()
    tests = arms.groupby("experiment")
    alone = arms["free"] & (tests["free"].transform("sum") == 1) & (tests["arm"].transform("size") > 1)
    arms["is_control"] = arms["named"] | (alone & ~tests["named"].transform("any"))
    keys = rows[["experiment", "arm"]].merge(arms, on=["experiment", "arm"], how="left")
    return keys["is_control"].to_numpy(dtype="bool")
