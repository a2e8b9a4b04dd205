"""57 of the features, as a skilled user of pandas would compute them: one table, vectorised, pandas alone."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

WINDOWS = (7, 30, 90, 180, 365)


def pandas_features(lines: pd.DataFrame, cutoff: date, horizon: int) -> pd.DataFrame:
    """One row per customer who had bought by the cutoff, by `customer_id` (categorical): the features of the families
    `FEW` in tests/features/twins.py, with the names and the values that `clv.features` gives them."""
    age = (pd.Timestamp(cutoff) - lines["order_ts"].dt.normalize()).dt.days
    # Whole numbers as keys: to align by text would take most of the time.
    lines = lines.assign(age=age, customer=lines["customer_id"].cat.codes)[age >= 0]
    ids = lines["customer_id"].cat.categories
    bought = lines[lines["amount_minor"] > 0]
    days = bought.groupby(["customer", "age"], observed=True, sort=True)["amount_minor"].sum().reset_index()
    days = days.sort_values(["customer", "age"], ascending=[True, False], kind="stable", ignore_index=True)
    found = _rfm(lines, days, horizon) | _gaps(days)
    found |= _windows(lines, days) | _trends(lines, days, found["tenure_days"], horizon)
    found |= _categories(bought) | _returns(lines, bought) | _eco(bought)
    index = found["tenure_days"].index
    counts = [name for name in found if name.startswith(("active_days_", "spend_", "return_lines", "returned_"))]
    counts = [name for name in counts if "share" not in name and "season" not in name]
    frame = pd.DataFrame({name: values.reindex(index) for name, values in found.items()})
    frame[counts] = frame[counts].fillna(0)
    return frame.set_index(ids[frame.index].rename("customer_id"))


def _by(frame: pd.DataFrame, column: str) -> Any:
    return frame.groupby("customer")[column]


def _money(frame: pd.DataFrame) -> pd.Series:
    return _by(frame, "amount_minor").sum() / 100


def _rfm(lines: pd.DataFrame, days: pd.DataFrame, horizon: int) -> dict[str, pd.Series]:
    ages, revenue = _by(days, "age"), _by(days, "amount_minor")
    tenure, recency, n = ages.max(), ages.min(), ages.size()
    net, spread = _money(lines).reindex(n.index), revenue.std(ddof=0).where(n > 1) / 100
    return {
        "tenure_days": tenure,
        "recency_days": recency,
        "frequency": n - 1,
        "monetary_value": revenue.mean() / 100,
        "net_revenue": net,
        "net_revenue_per_day": net / (tenure + 1),
        "net_revenue_last_horizon": _money(lines[lines["age"] < horizon]).reindex(n.index, fill_value=0),
        "last_order_value": revenue.last() / 100,
        "highest_order_value": revenue.max() / 100,
        "order_value_sd": spread,
        "order_value_cv": spread / (revenue.mean() / 100),
        "active_span_share": ((tenure - recency) / tenure).where(tenure > 0),
    }


def _gaps(days: pd.DataFrame) -> dict[str, pd.Series]:
    days = days.assign(gap=-_by(days, "age").diff())
    gap, recency = _by(days, "gap"), _by(days, "age").min()
    mean, spread, last = gap.mean(), gap.std(ddof=0).where(gap.count() > 1), gap.last()
    return {
        "gap_mean_days": mean,
        "gap_sd_days": spread,
        "gap_cv": spread / mean,
        "regularity_k": (mean**2 / spread**2).where(spread > 0),
        "gap_longest_days": gap.max(),
        "gap_shortest_days": gap.min(),
        "gap_last_days": last,
        "gap_trend": last / mean,
        "overdue_ratio": recency / mean,
        "overdue_sd": ((recency - mean) / spread).where(spread > 0),
    }


def _between(frame: pd.DataFrame, newest: int, oldest: int) -> pd.DataFrame:
    return frame[(frame["age"] >= newest) & (frame["age"] < oldest)]


def _windows(lines: pd.DataFrame, days: pd.DataFrame) -> dict[str, pd.Series]:
    found: dict[str, pd.Series] = {}
    everyone = _by(days, "age").size().index
    for n in WINDOWS:
        found[f"active_days_{n}d"] = _by(_between(days, 0, n), "age").size()
        found[f"spend_{n}d"] = _money(_between(lines, 0, n))
    for n in (30, 90, 180):
        for name, frame in (("active_days", days), ("spend", lines)):
            new, old = _between(frame, 0, n), _between(frame, n, 2 * n)
            parts = [_by(f, "age").size() if name == "active_days" else _money(f) for f in (new, old)]
            recent, before = (part.reindex(everyone, fill_value=0) for part in parts)
            found[f"{name}_momentum_{n}d"] = recent - before
    return found


def _trends(lines: pd.DataFrame, days: pd.DataFrame, tenure: pd.Series, horizon: int) -> dict[str, pd.Series]:
    newest = max(365 - horizon, 0)
    season = _money(_between(lines, newest, 365)).reindex(tenure.index, fill_value=0)
    recent = _by(_between(days, 0, 90), "age").size().reindex(tenure.index, fill_value=0)
    rate = _by(days, "age").size() / (tenure + 1)
    share = _money(_between(days, 0, 90)).reindex(tenure.index, fill_value=0) / _money(days)
    means = [_by(part, "amount_minor").mean() for part in (days[days["age"] < 180], days[days["age"] >= 180])]
    return {
        "spend_share_90d": share,
        "order_value_trend_180d": means[0] / means[1],
        "activity_trend_90d": recent / np.minimum(tenure + 1, 90) / rate,
        "spend_same_season": season.where(tenure >= newest),
    }


def _categories(bought: pd.DataFrame) -> dict[str, pd.Series]:
    keys = ["customer", "category"]
    known = bought.dropna(subset="category")
    pairs = known.groupby(keys, observed=True).agg(n=("age", "size"), oldest=("age", "max")).reset_index()
    total = _by(pairs, "n").sum()
    share = pairs["n"] / pairs["customer"].map(total).astype("float64")
    pairs = pairs.assign(term=-share * np.log(share))
    by_day = known.sort_values(["customer", "age", "category"], ascending=[True, False, True], kind="stable")
    number = by_day.groupby(keys, observed=True).cumcount() + 1
    leading = by_day[number == number.groupby(by_day["customer"], observed=True).cummax()]
    return {
        "categories": _by(pairs, "n").size(),
        "new_categories_180d": _by(pairs.assign(new=pairs["oldest"] < 180), "new").sum(),
        "category_entropy": _by(pairs, "term").sum(),
        "top_category_share": _by(pairs, "n").max() / total,
        "preferred_category": _by(leading, "category").last(),
        "first_category": _by(by_day, "category").first(),
    }


def _returns(lines: pd.DataFrame, bought: pd.DataFrame) -> dict[str, pd.Series]:
    back = lines[lines["amount_minor"] < 0]
    value, n = _money(bought), _by(bought, "age").size()
    returned, lines_back = (s.reindex(n.index, fill_value=0) for s in (-_money(back), _by(back, "age").size()))
    return {
        "return_share": returned / value,
        "return_lines": lines_back,
        "return_line_ratio": lines_back / n,
        "returned_180d": -_money(back[back["age"] < 180]),
        "return_recency_days": _by(back, "age").min(),
    }


def _eco(bought: pd.DataFrame) -> dict[str, pd.Series]:
    eco, other = bought[bought["is_eco"]], bought[~bought["is_eco"]]
    everyone = _by(bought, "age").size()

    def share(frame: pd.DataFrame) -> pd.Series:
        whole = _money(frame)
        return _money(frame[frame["is_eco"]]).reindex(whole.index, fill_value=0) / whole

    new, old = bought[bought["age"] < 180], bought[bought["age"] >= 180]
    return {
        "eco_share": share(bought),
        "eco_line_share": _by(eco, "age").size().reindex(everyone.index, fill_value=0) / everyone,
        "eco_momentum_180d": share(new) - share(old),
        "eco_premium": _by(eco, "amount_minor").mean() / _by(other, "amount_minor").mean(),
    }
