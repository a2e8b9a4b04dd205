"""From transactions to the input of buy-till-you-die models: x, t_x, T and the mean spend of each customer."""

from datetime import date
from typing import Literal

import pandas as pd

from clv.errors import InputError

DAYS = {"days": 1, "weeks": 7}  # of a unit


def rfm_summary(
    transactions: pd.DataFrame,
    as_of: date | str | None = None,
    unit: Literal["days", "weeks"] = "days",
    customer_id: str = "customer_id",
    order_ts: str = "order_ts",
    amount: str = "amount",
) -> pd.DataFrame:
    """One row per customer who had bought by `as_of`, by id: `x`, `t_x`, `T` and `mean`, all floats.

    x is the number of repeat purchases, the last at t_x, over an observed time T; both times are since the first
    purchase, in the given unit. Purchases on one day count as one. `mean` is the mean value of the repeat purchases, 0
    if x is 0; it is left out if there is no column of amounts. lifetimes and pymc-marketing use the same definitions.
    The observation ends with the day `as_of`, by default the last day of the data. Later rows are left out, and so are
    returns, whose amount is below 0, and rows without an amount.

    The columns have the names of the models' arguments: `ParetoNbd.fit(**summary[["x", "t_x", "T"]])` and, for
    returning customers, `GammaGamma.fit(**summary.loc[summary["mean"] > 0, ["x", "mean"]])`.

    Raises `InputError` for a missing column, a column of dates that holds none, a blank id or date, an unknown unit, or
    if no customer had bought.
    """
    if unit not in DAYS:
        raise InputError(f"unit must be one of {', '.join(DAYS)}, got {unit!r}")
    days, end = _purchase_days(transactions, as_of, customer_id, order_ts, amount)
    by_customer = days.groupby("id")
    first = by_customer["day"].min()
    summary = pd.DataFrame(
        {
            "x": by_customer.size() - 1,
            "t_x": (by_customer["day"].max() - first).dt.days / DAYS[unit],
            "T": (end - first).dt.days / DAYS[unit],
        }
    )
    if "amount" in days:
        repeat = days[days["day"] > days["id"].map(first)].groupby("id")["amount"]
        summary["mean"] = repeat.mean().reindex(summary.index, fill_value=0.0)
    return summary.astype("float64").rename_axis(customer_id)


def _purchase_days(
    transactions: pd.DataFrame, as_of: date | str | None, customer_id: str, order_ts: str, amount: str
) -> tuple[pd.DataFrame, pd.Timestamp]:
    """One row per customer and purchase day within the observation: `id`, `day`, `amount`; and the last day observed.

    Days are those in the time zone of the times.
    """
    for argument, name in (("customer_id", customer_id), ("order_ts", order_ts)):
        if name not in transactions:
            raise InputError(f"transactions have no column {name!r}; name yours by {argument}='...'")
        if transactions[name].isna().any():
            raise InputError(f"transactions: column {name!r} has blanks; drop these rows, or fill them in")
    if not pd.api.types.is_datetime64_any_dtype(transactions[order_ts]):
        raise InputError(f"transactions: column {order_ts!r} has no dates; convert it by pandas.to_datetime")
    columns = {"id": transactions[customer_id], "day": transactions[order_ts].dt.tz_localize(None).dt.normalize()}
    if amount in transactions:
        columns["amount"] = transactions[amount]
    lines = pd.DataFrame(columns)
    end = lines["day"].max() if as_of is None else pd.Timestamp(as_of).normalize()
    lines = lines[lines["day"] <= end]
    if "amount" in lines:
        lines = lines[lines["amount"] >= 0]
    if lines.empty:
        raise InputError(f"nobody bought anything up to {as_of or 'the last day of the data'}; check dates and amounts")
    sums = lines.groupby(["id", "day"])
    return (sums.sum() if "amount" in lines else sums.size()).reset_index(), end
