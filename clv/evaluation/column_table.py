"""Whether orders, probabilities and money of one row are right together: in groups of customers who buy alike.

The forecasts of a row come from several models. A total can be right while those who buy often, or who are long
overdue, are far off in one column and not in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.evaluation.fairness import NOISE, Mean
from clv.evaluation.slices import Groups, shown_counts
from clv.models.calibration.group_cells import by_overdue, by_purchases

EVERYONE = "all customers"
ONE_PURCHASE = "one purchase"  # which has no gap
# In the order of the groups that forecasts are corrected by.
PURCHASES = (ONE_PURCHASE, "2 purchases", "3 to 5 purchases", "6 to 9 purchases", "10 purchases and more")
OVERDUE = (ONE_PURCHASE, "up to 1 gap", "1 to 2 gaps", "2 to 4 gaps", "over 4 gaps")
ORDER = {"everyone": (EVERYONE,), "purchases": PURCHASES, "overdue": (*OVERDUE[1:], ONE_PURCHASE)}
COLUMNS = (
    "by",
    "group",
    "customers",
    "column",
    "forecast_mean",
    "realised_mean",
    "ratio",
    "ratio_se",
    "beyond_noise",
)


def buying_groups(snapshot: pd.DataFrame) -> dict[str, np.ndarray]:
    """How customers of a snapshot bought so far, by name, (n,) of text each, in the words of ORDER.

    everyone; purchases: purchase days so far; overdue: days since the last purchase over the mean gap of the customer.
    """
    return {
        "everyone": np.full(len(snapshot), EVERYONE),
        "purchases": np.array(PURCHASES)[by_purchases(snapshot)],
        "overdue": np.array(OVERDUE)[by_overdue(snapshot)],
    }


@dataclass(frozen=True)
class ColumnForecast:
    """One column of forecasts (n,) beside what came (n,), and the variance (n,) that the forecast itself expects.

    Of a `bound` at least so much must be forecast as came; more is no error.
    """

    forecast: np.ndarray
    came: np.ndarray
    expected_variance: np.ndarray
    bound: bool = False

    def figures(self, member: np.ndarray) -> dict[str, float | bool]:
        """Of the members (n,): means, what came over what was forecast, its standard error, whether it is off."""
        forecast, came = self.forecast[member], self.came[member]
        ratio = Mean.of(came, forecast)
        # Where nothing came all errors are alike and would seem sure, so it is never surer than the forecast is.
        seen, expected = (ratio.influence**2).sum() / len(came) ** 2, self.expected_variance[member].sum()
        error = float(np.sqrt(max(seen, expected / forecast.sum() ** 2))) if forecast.sum() > 0 else float("nan")
        off = ratio.value - 1 if self.bound else abs(ratio.value - 1)
        return {
            "forecast_mean": float(forecast.mean()),
            "realised_mean": float(came.mean()),
            "ratio": ratio.value,
            "ratio_se": error,
            "beyond_noise": bool(off > NOISE * error),
        }


def column_table(
    y: np.ndarray, orders: np.ndarray, predictions: pd.DataFrame, groups: Mapping[str, Groups], least: int
) -> pd.DataFrame:
    """One row per name `by` of the groups, `group` and forecast `column`: what came over what was forecast.

    y is realised value in money, `orders` are realised purchase days, (n,) both; `groups` are those of `buying_groups`.
    Columns: expected_orders against purchase days; p_purchase against whether there was any; p_alive against the same,
    a lower bound of it, as a customer who does not buy may be active; predicted_clv against value, in money.

    `ratio_se` is the standard error of `ratio` by linearisation, at least the one that the forecast expects if orders
    are Poisson and each customer spends the same at a time; `beyond_noise` says whether the ratio is more than two of
    them from 1, of p_alive above 1. Errors that all customers share, such as those of the level, are in no standard
    error: the row of everyone shows them. All but the names is null, and `beyond_noise` false, in groups that `hidden`
    names for `least`, and in those in which it names who bought.
    """
    columns = _column_forecasts(y, orders, predictions)
    rows = []
    for by, counts in _shown(groups, orders > 0, least).items():
        for group in (name for name in ORDER[by] if name in counts):
            n, buyers = counts[group]
            member = groups[by] == group
            for column, forecast in columns.items():
                figures = {"beyond_noise": False} if n is None or buyers is None else forecast.figures(member)
                rows.append({"by": by, "group": group, "customers": n, "column": column, **figures})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"customers": "Int64"})


def _shown(
    groups: Mapping[str, Groups], bought: np.ndarray, least: int
) -> dict[str, dict[str, tuple[int | None, float | None]]]:
    """Customers and buyers by split and group, as `shown_counts` gives them.

    Who bought once is a group of two splits: what one of them hides of it the other would show.
    """
    counts = {by: shown_counts(values, bought, least) for by, values in groups.items()}
    once = [split[ONE_PURCHASE] for split in counts.values() if ONE_PURCHASE in split]
    if len({(n is None, buyers is None) for n, buyers in once}) < 2:
        return counts
    return {by: shown_counts(values, bought, least, [ONE_PURCHASE]) for by, values in groups.items()}


def _column_forecasts(y: np.ndarray, orders: np.ndarray, predictions: pd.DataFrame) -> dict[str, ColumnForecast]:
    names = ("expected_orders", "p_purchase", "p_alive", "predicted_clv")
    expected, p, alive, f = (predictions[name].to_numpy() for name in names)
    bought = (orders > 0).astype("float64")
    # f / p is spent by each of the share p who buy.
    of_value = f**2 * (1 / np.maximum(p, 1e-6) - 1)
    return {
        "expected_orders": ColumnForecast(expected, orders, expected),
        "p_purchase": ColumnForecast(p, bought, p * (1 - p)),
        "p_alive": ColumnForecast(alive, bought, alive * (1 - alive), bound=True),
        "predicted_clv": ColumnForecast(f, y, of_value),
    }
