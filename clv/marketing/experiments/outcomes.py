"""What participants of randomised tests did in the window after their assignment, and what was expected of them.

Whatever describes a participant, the expected revenue and the tier, is as of the day before the assignment: what came
later may be the doing of the test, and comparing by it would undo the randomisation.
"""

from datetime import date

import numpy as np
import pandas as pd

from clv.marketing.segments.tiers import assign_tiers
from clv.marketing_params import TierParams
from clv.models.gamma_gamma import GammaGamma
from clv.models.purchases import PURCHASE_MODELS

CONTROL_NAMES = ("control", "holdout")
DAY = pd.Timedelta(days=1)
LEAST_BUYERS = 30  # participants who have bought, to fit models to
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
    window_days: int,
    last_day: date,
    tiers: TierParams,
    model: str,
) -> tuple[pd.DataFrame, int]:
    """One row per test and participant whose window is over, by test and customer; and how many are still open.

    `assignments` and `transactions` are clean tables, `model` is one of PURCHASE_MODELS. Columns: experiment, arm,
    channel ("" where none is given), cost (money, NaN where unknown), assigned (day), is_control, revenue (net revenue,
    money, in the window that begins with that day), purchased (whether anything was bought in it), orders (days on
    which it was), expected (net revenue forecast for it before the assignment), tier (by that). Tests without a control
    arm have none True.
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
    rows["revenue"] = cents / 100
    rows["purchased"] = np.bincount(inside["row"], inside["amount_minor"] > 0, n) > 0
    bought = inside.loc[inside["amount_minor"] > 0, ["row", "age"]].drop_duplicates()
    rows["orders"] = np.bincount(bought["row"], minlength=n)
    rows["expected"] = _expected(events[events["age"] < 0], n, window_days, model)
    rows["is_control"] = _is_control(rows)
    rows["tier"] = assign_tiers(rows["expected"].to_numpy(), tiers)
    return rows[list(COLUMNS)].astype(COLUMNS), int((~over).sum())


def _participants(assignments: pd.DataFrame) -> pd.DataFrame:
    """Assignments with all columns, cost in money, and the day of the assignment."""
    rows = assignments.copy()
    for name in OPTIONAL.keys() - set(rows):
        rows[name] = OPTIONAL[name]
    for name in ("experiment", "arm", "channel"):
        rows[name] = rows[name].astype("object").where(rows[name].notna(), OPTIONAL[name]).astype("str")
    rows["cost"] = rows["cost_minor"].astype("float64") / 100
    rows["assigned"] = rows["assigned_ts"].dt.normalize()
    return rows


def events_of(rows: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Order lines and returns of participants: row (of `rows`), age (days since the assignment), amount_minor (cents).

    `rows` has `customer_id` and `assigned` (day); an event of a customer who took part in two tests is there twice.
    """
    # Ids are looked up once and joined as numbers, which is many times faster than to join them as text.
    who = pd.Index(rows["customer_id"].unique())
    code = who.get_indexer(pd.Index(transactions["customer_id"]))
    known = code >= 0
    lines = transactions.loc[known, ["order_ts", "amount_minor"]].assign(code=code[known])
    assigned = pd.DataFrame({"code": who.get_indexer(pd.Index(rows["customer_id"])), "assigned": rows["assigned"]})
    events = lines.merge(assigned.assign(row=np.arange(len(rows))), on="code")
    events["age"] = (events["order_ts"].dt.normalize() - events["assigned"]) // DAY
    return events[["row", "age", "amount_minor"]]


def _expected(before: pd.DataFrame, n: int, window_days: int, model: str) -> np.ndarray:
    """Net revenue that buy-till-you-die models, fitted to the participants' own past, expect in the window, (n,).

    0 for who had not bought by then; where nearly nobody had, all 0.
    """
    bought = before[before["amount_minor"] > 0]
    days = bought.groupby(["row", "age"], as_index=False)["amount_minor"].sum().groupby("row")
    past = pd.DataFrame({"first": days["age"].min(), "last": days["age"].max(), "days": days.size()})
    past["mean"] = days["amount_minor"].mean() / 100
    expected = np.zeros(n)
    if len(past) < LEAST_BUYERS:
        return expected
    x, t_x = past["days"].to_numpy() - 1.0, (past["last"] - past["first"]).to_numpy(dtype="float64")
    T = -1.0 - past["first"].to_numpy(dtype="float64")
    mean = past["mean"].to_numpy()
    net_share = min(max(float(before["amount_minor"].sum() / bought["amount_minor"].sum()), 0.0), 1.0)
    orders = PURCHASE_MODELS[model].fit(x, t_x, T).expected_purchases(x, t_x, T, float(window_days))
    spend = GammaGamma.fit(x + 1, mean).expected_spend(x + 1, mean)
    expected[past.index.to_numpy()] = np.round(orders * spend * net_share, 4)
    return expected


def _is_control(rows: pd.DataFrame) -> np.ndarray:
    """Whether a participant is in the control arm of their test, (n,): the arm of that name, else the one free arm.

    By arm and not by participant, because an arm may cost something only for those who redeem, who are not a random
    part of it. Where several arms are free, or the only one is, none of them is the control.
    """
    named = rows["arm"].str.lower().isin(CONTROL_NAMES)
    by_arm = rows.assign(named=named, free=rows["cost"] == 0).groupby(["experiment", "arm"], as_index=False)
    arms = by_arm[["named", "free"]].all()
    tests = arms.groupby("experiment")
    alone = arms["free"] & (tests["free"].transform("sum") == 1) & (tests["arm"].transform("size") > 1)
    arms["is_control"] = arms["named"] | (alone & ~tests["named"].transform("any"))
    keys = rows[["experiment", "arm"]].merge(arms, on=["experiment", "arm"], how="left")
    return keys["is_control"].to_numpy(dtype="bool")
