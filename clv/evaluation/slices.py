"""The accuracy of the forecast by kind of customer: the same figures for each slice of the test rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.evaluation.judged import Judged
from clv.evaluation.metrics import BY_NAME
from clv.evaluation.ranks import decile_of
from clv.evaluation.recalibration import inside_predicted
from clv.suppression import hidden, hidden_cells

Groups = np.ndarray | pd.Categorical  # the group of each customer (n,), of text

METRICS = ("bias", "gini", "mae")
NEW_DAYS = 30  # a customer with a shorter tenure is new
TEXTS = ("channel", "campaign", "country", "age_band")
UNKNOWN = "unknown"
DECILES = [f"{decile:02d}" for decile in range(1, 11)]


def deciles_of(forecast: np.ndarray) -> "pd.Categorical[str]":
    """The decile of each forecast (n,), 01 the highest, as text."""
    return pd.Categorical.from_codes(decile_of(forecast) - 1, pd.Index(DECILES))


def groups_of(snapshot: pd.DataFrame, cutoff: date) -> dict[str, np.ndarray]:
    """The groups of the customers of a snapshot, by name, (n,) of text each, as far as it has the columns.

    channel, campaign, cohort (quarter of the first purchase, such as 2024 Q1), country, age_band, lifecycle: new (first
    bought less than 30 days before the cutoff), one-time or repeat.
    """
    groups = {name: _text(snapshot[name]) for name in TEXTS if name in snapshot}
    if "tenure_days" in snapshot:
        tenure = snapshot["tenure_days"].to_numpy()
        first = pd.Timestamp(cutoff) - pd.to_timedelta(tenure, unit="D")
        groups["cohort"] = np.array([f"{day.year} Q{day.quarter}" for day in first])
        if "frequency" in snapshot:
            again = snapshot["frequency"].to_numpy() > 0
            groups["lifecycle"] = np.select([tenure < NEW_DAYS, again], ["new", "repeat"], "one-time")
    order = ("channel", "campaign", "cohort", "country", "age_band", "lifecycle")
    return {name: groups[name] for name in order if name in groups}


def slice_table(
    y: np.ndarray,
    predictions: pd.DataFrame,
    groups: Mapping[str, Groups],
    levels: Sequence[int],
    min_customers: int,
    least: int,
) -> pd.DataFrame:
    """One row per name `by` of `groups` and value `group`: the accuracy of the forecast for these customers.

    y is realised value in money, (n,). Columns: customers, buyers; forecast_total, realised_total, mae and width_90
    (mean width of the intervals, by level) in money; bias, gini, and coverage_90 (by level). All but `customers` is NaN
    in groups of fewer than `min_customers`: figures of a few customers are noise, and reveal what individuals spent.
    Groups that `hidden` suppresses at `least` have only a name. `buyers` is also NaN where buyers or non-buyers are
    that few, or where they would reveal others that are.
    """
    columns = ["by", "group", "customers", "buyers", "forecast_total", "realised_total", *METRICS]
    columns += [f"{figure}_{level}" for figure in ("coverage", "width") for level in levels]
    rows = []
    for by, values in groups.items():
        for group, (n, buyers) in shown_counts(values, y > 0, least).items():
            chosen = values == group
            told = n is not None and n >= min_customers
            figures = _figures(y[chosen], predictions[chosen], levels) if told else {}
            rows.append({"by": by, "group": group, "customers": n, **figures, "buyers": buyers if told else None})
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"customers": "Int64", "buyers": "float64"})


def members(values: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The names of the groups that have members, ascending, and the position of each customer's among them, (n,)."""
    found = pd.Categorical(values).remove_unused_categories()
    return found.categories.to_numpy(dtype=object), found.codes


def shown_counts(
    values: Groups, bought: np.ndarray, least: int, anyway: Collection[str] = ()
) -> dict[str, tuple[int | None, float | None]]:
    """Customers and buyers of each group of `values` (n,) by name; None where they are suppressed at `least`.

    Groups named in `anyway` are suppressed whatever their size. `hidden` and `hidden_cells` select the others.
    """
    names, member = members(values)
    buyers = np.bincount(member, bought, minlength=len(names)).astype("int64")
    n = np.bincount(member, minlength=len(names))
    few = hidden(n, least, np.isin(names, list(anyway)))
    unseen = hidden_cells(np.column_stack([buyers, n - buyers]), least, np.column_stack([few, few]))
    return {
        str(name): (None if few[i] else int(n[i]), None if unseen[i, 0] else float(buyers[i]))
        for i, name in enumerate(names)
    }


def _figures(y: np.ndarray, predictions: pd.DataFrame, levels: Sequence[int]) -> dict[str, float]:
    f = predictions["predicted_clv"].to_numpy()
    judged = Judged.of(y, f)
    figures = {"buyers": float((y > 0).sum()), "forecast_total": float(f.sum()), "realised_total": float(y.sum())}
    figures |= {name: float(BY_NAME[name].compute(judged)[0]) for name in METRICS}
    figures |= {f"coverage_{level}": float(inside_predicted(y, predictions, level).mean()) for level in levels}
    return figures | {
        f"width_{level}": float((predictions[f"upper_{level}"] - predictions[f"lower_{level}"]).mean())
        for level in levels
    }


def _text(column: pd.Series) -> np.ndarray:
    return column.astype("object").where(column.notna(), UNKNOWN).astype("str").to_numpy(dtype=str)
