"""The tables behind the pictures: gain curve, deciles, calibration and coverage."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from clv.evaluation.metrics import decile_of, evaluate, ranking

GAIN_POINTS = 101
GROUP_CUSTOMERS = 500  # in a smaller group, coverage is off by a point or more by chance


def comparison(y: np.ndarray, forecasts: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row per forecast: its name as `forecast` and a column per metric."""
    return pd.DataFrame([{"forecast": name, **evaluate(y, f)} for name, f in forecasts.items()])


def gain_curve(y: np.ndarray, forecasts: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row per percent of customers, best forecasts first: `customers_share`, and the share of value by forecast.

    The column `perfect` ranks by the realised values themselves.
    """
    total = max(float(y.sum()), 1e-12)
    share = np.linspace(0, 1, GAIN_POINTS)
    taken = np.round(share * len(y)).astype("int64")
    columns = {"customers_share": share}
    for name, f in {**forecasts, "perfect": y}.items():
        columns[name] = (np.concatenate([[0.0], np.cumsum(y[ranking(f)])]) / total)[taken]
    return pd.DataFrame(columns)


def decile_table(y: np.ndarray, f: np.ndarray) -> pd.DataFrame:
    """One row per decile of the forecast, 1 the highest: customers, means of forecast and value, share of buyers, lift.

    Lift is the decile's mean realised value over that of all customers.
    """
    frame = pd.DataFrame({"decile": decile_of(f), "forecast_mean": f, "realised_mean": y, "buyer_share": y > 0})
    table = frame.groupby("decile").mean().reset_index()
    table.insert(1, "customers", frame.groupby("decile").size().to_numpy())
    table["lift"] = table["realised_mean"] / y.mean() if y.mean() > 0 else np.nan
    return table


def coverage_table(y: np.ndarray, predictions: pd.DataFrame, levels: Sequence[int]) -> pd.DataFrame:
    """One row per decile of the forecast, and one for `all`: customers, and `coverage_90`, `width_90` (money) by level.

    An interval of a customer's value starts at 0, so negative net revenue (returns of earlier orders) counts as 0.
    """
    frame = _covered(y, predictions, levels)
    groups = frame.groupby(decile_of(predictions["predicted_clv"].to_numpy()))
    table = pd.concat([groups.mean(), frame.mean().to_frame("all").T])
    table.insert(0, "customers", [*groups.size(), len(frame)])
    return table.reset_index(names="decile")


def coverage_by_group(
    y: np.ndarray, predictions: pd.DataFrame, levels: Sequence[int], groups: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """The same for groups of GROUP_CUSTOMERS or more: one row per name `by` of `groups` and value `group` (n,)."""
    frame = _covered(y, predictions, levels)
    tables = []
    for by, values in groups.items():
        rows = frame.groupby(pd.Series(values, name="group"))
        tables.append(rows.mean().assign(customers=rows.size(), by=by).reset_index())
    table = pd.concat(tables, ignore_index=True)
    table = table[table["customers"] >= GROUP_CUSTOMERS].reset_index(drop=True)
    return table[["by", "group", "customers", *frame.columns]]


def _covered(y: np.ndarray, predictions: pd.DataFrame, levels: Sequence[int]) -> pd.DataFrame:
    y = np.maximum(y, 0)
    columns: dict[str, np.ndarray] = {}
    for level in levels:
        lower, upper = predictions[f"lower_{level}"].to_numpy(), predictions[f"upper_{level}"].to_numpy()
        columns[f"coverage_{level}"] = (y >= lower) & (y <= upper)
        columns[f"width_{level}"] = upper - lower
    return pd.DataFrame(columns)


def cohorts(snapshot: pd.DataFrame, cutoff: date) -> dict[str, np.ndarray]:
    """What tells customers of a snapshot apart, (n,) of text each: year of the first purchase, channel where known."""
    first = pd.Timestamp(cutoff) - pd.to_timedelta(snapshot["tenure_days"].to_numpy(), unit="D")
    groups = {"cohort_year": first.year.astype("str").to_numpy()}
    if "channel" in snapshot:
        groups["channel"] = snapshot["channel"].fillna("unknown").astype("str").to_numpy()
    return groups
