"""Whether the forecasts of orders, probabilities and money are calibrated together, in groups of similar buyers.

The forecasts in a row come from several models. A total can be right while one column, but not the others, is far off
for customers who buy often or are long overdue.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.evaluation.fairness import NOISE, Mean
from clv.evaluation.slices import Groups, shown_counts
from clv.models.calibration.group_cells import by_overdue, by_purchases

EVERYONE = "all customers"
ONE_PURCHASE = "one purchase"  # these customers have no gap between purchases
# In the order of the groups by which forecasts are corrected.
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
    """The groups of customers of a snapshot by past purchases, by name, (n,) text each, with the labels in ORDER.

    everyone; purchases: the number of purchase days so far; overdue: days since the last purchase over the customer's
    mean gap between purchases.
    """
    return {
        "everyone": np.full(len(snapshot), EVERYONE),
        "purchases": np.array(PURCHASES)[by_purchases(snapshot)],
        "overdue": np.array(OVERDUE)[by_overdue(snapshot)],
    }


@dataclass(frozen=True)
class ColumnForecast:
    """One column of forecasts (n,), the realised values (n,), and the error variance (n,) that the forecast implies.

    A `bound` must not be below the realised values; exceeding them is no error.
    """

    forecast: np.ndarray
    came: np.ndarray
    expected_variance: np.ndarray
    bound: bool = False

    def figures(self, member: np.ndarray) -> dict[str, float | bool]:
        """For the members (n,): means, the ratio of realised to forecast, its standard error, and whether it is off."""
        forecast, came = self.forecast[member], self.came[member]
        ratio = Mean.of(came, forecast)
        # Where nothing is realised all errors are alike and seem certain, so the forecast's own variance is a floor.
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
    """One row per split `by`, `group` and forecast `column`: the ratio of realised to forecast.

    y is realised value in money and `orders` are realised purchase days, both (n,); `groups` are those of
    `buying_groups`. expected_orders is compared with purchase days; p_purchase with whether there was a purchase;
    p_alive with the same, which is only a lower bound, because an active customer need not buy; predicted_clv with
    value, in money.

    `ratio_se` is the standard error of `ratio` by linearisation, but at least the one implied by the forecast if orders
    are Poisson and each customer spends the same every time. `beyond_noise` indicates whether the ratio is more than
    two standard errors from 1 (for p_alive: above 1). Standard errors do not include errors that all customers share,
    such as an error of the level; the row for everyone shows those. Where `shown_counts` suppresses the size of a group
    at `least`, or its buyers, the figures are null and `beyond_noise` is false; `customers` is null only if the size is
    suppressed.
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
    """Customers and buyers by split and group, as `shown_counts` returns them.

    One-time buyers are a group in two splits. If only one split suppressed them, the other would reveal them.
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
    # A share p of customers buys, and each spends f / p.
    of_value = f**2 * (1 / np.maximum(p, 1e-6) - 1)
    return {
        "expected_orders": ColumnForecast(expected, orders, expected),
        "p_purchase": ColumnForecast(p, bought, p * (1 - p)),
        "p_alive": ColumnForecast(alive, bought, alive * (1 - alive), bound=True),
        "predicted_clv": ColumnForecast(f, y, of_value),
    }
