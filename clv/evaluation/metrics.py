"""The metrics of a forecast, as rows of a table. To add one, add a row.

Every function takes a `Judged`, forecasts beside realised values, whose customers may be counted in b resamples, and
returns (b,) numbers, NaN where the metric is not defined. Money is in the unit of the values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from clv.evaluation.distribution import Placed
from clv.evaluation.judged import Judged
from clv.evaluation.scores import covered, interval_score, mean_score, pit_distance, purchase_brier, width
from clv.models.calibration.intervals import LEVELS

TOPS = (1, 5, 10, 20)
INFINITE = float("inf")
ROUNDING = 1e-12  # of a variance, relative to the mean square from which it is computed


@dataclass(frozen=True)
class Metric:
    """One metric. `title` heads its column in reports; its values lie within `bounds` where no value is negative.

    `higher_is_better` is None where the best value lies between, such as 0 or the level of an interval.
    """

    name: str
    title: str
    unit: Literal["ratio", "share", "signed_share", "money"]
    bounds: tuple[float, float]
    higher_is_better: bool | None
    compute: Callable[[Judged], np.ndarray]


def normalised_gini(judged: Judged) -> np.ndarray:
    """Gini of y ranked by f over the Gini of y ranked by itself; 1 is a perfect ranking, 0 a random one.

    Convention of Google's ZILN code (Wang, Liu and Miao 2019, "A deep probabilistic model for customer lifetime value
    prediction"): the share of value captured by the top k customers, averaged over k = 1..n, minus one half. Kaggle's
    differs by 1 / (2n) in each Gini. Ties as in `ranking`.
    """
    return _over(_captured(judged) - 0.5, _captured(judged.ideal) - 0.5)


def spearman(judged: Judged) -> np.ndarray:
    """Correlation of ranks, ties at their mean rank."""
    together = np.einsum("ij,ij->i", judged.counted_ranks, judged.ideal_ranks)
    return _over(together, np.sqrt(judged.rank_spread * judged.ideal.rank_spread))


def r2(judged: Judged) -> np.ndarray:
    """One minus the mean squared error over the variance of y."""
    about = judged.y - judged.y.mean()  # squares of small numbers lose less precision
    square = judged.mean(about**2)
    spread = square - judged.mean(about) ** 2
    spread = np.where(spread > ROUNDING * square, spread, 0.0)  # all counted customers spent the same
    return 1 - _over(judged.mean((judged.y - judged.f) ** 2), spread)


def mae(judged: Judged) -> np.ndarray:
    """Mean absolute error, in money."""
    return judged.mean(np.abs(judged.y - judged.f))


def rmse(judged: Judged) -> np.ndarray:
    """Root of the mean squared error, in money."""
    return np.sqrt(judged.mean((judged.y - judged.f) ** 2))


def buyer_mape(judged: Judged) -> np.ndarray:
    """Mean of |f - y| / y over those who spent anything."""
    bought = judged.y > 0
    error = np.abs(judged.f - judged.y) / np.where(bought, judged.y, 1.0)
    return _over(judged.mean(np.where(bought, error, 0.0)), judged.mean(bought.astype(float)))


def total_bias(judged: Judged) -> np.ndarray:
    """Forecast total over realised total, minus one."""
    return _over(judged.mean(judged.f), judged.mean(judged.y)) - 1


def decile_mape(judged: Judged) -> np.ndarray:
    """Mean over deciles of f of |mean f - mean y| / mean y; deciles in which nothing was spent are left out."""
    ends = np.ceil(np.outer(judged.n, np.arange(11)) / 10)
    forecast_so_far = (judged.counts * judged.f).cumsum(axis=1)
    actual = np.diff(judged.sum_of_first(ends, judged.y, judged.value_so_far), axis=1)
    forecast = np.diff(judged.sum_of_first(ends, judged.f, forecast_so_far), axis=1)
    spent = actual > 0
    error = np.abs(forecast - actual) / np.where(spent, actual, 1.0)
    return _over((error * spent).sum(axis=1), spent.sum(axis=1))


def auc(judged: Judged) -> np.ndarray:
    """Area under the ROC curve of "spends anything" ranked by f: the Mann-Whitney statistic, ties counting one half."""
    bought = (judged.y > 0).astype("float64")
    n = judged.counts @ bought
    return 0.5 - _over(judged.counted_ranks @ bought, n * (judged.n - n))


def average_precision(judged: Judged) -> np.ndarray:
    """Mean precision of "spends anything" over the buyers, from the highest forecast down: AP = sum (R_i - R_i-1) P_i.

    Source: scikit-learn's average_precision_score; equal forecasts are one threshold.
    """
    bought = np.flatnonzero(judged.y > 0)
    if not len(bought):
        return np.full(len(judged.n), np.nan)
    # Only buyers add to it, each with the precision at the last of its ties.
    of_each = np.searchsorted(judged.last_ties, bought)
    last = np.flatnonzero(np.diff(of_each, append=-1))
    counts = judged.counts.take(bought, axis=1)
    found = counts.cumsum(axis=1)
    precision = found.take(last, axis=1) / np.maximum(judged.so_far.take(judged.last_ties[of_each[last]], axis=1), 1)
    new = np.add.reduceat(counts, np.append(0, last[:-1] + 1), axis=1)
    return _over(np.einsum("ij,ij->i", new, precision), found[:, -1])


def captured_by_top(judged: Judged, percent: int) -> np.ndarray:
    """Share of all value that came from the percent of customers with the highest forecasts."""
    k = judged.top_count(percent / 100)
    return _over(judged.sum_of_first(k, judged.y, judged.value_so_far)[:, 0], judged.total)


def precision_of_top(judged: Judged, percent: int) -> np.ndarray:
    """Share of the top percent by forecast who are among the same percent by realised value, and spent anything.

    Customers who spent as much as the last of these are among them, too.
    """
    k = judged.top_count(percent / 100)
    least = judged.ideal.y[judged.ideal.first(k)]
    m = int(judged.first(k).max()) + 1
    # A customer who counts several times may be in the top only in part.
    taken = np.clip(k - (judged.so_far[:, :m] - judged.counts[:, :m]), 0, judged.counts[:, :m])
    hit = (judged.y[:m] >= least) & (judged.y[:m] > 0)
    bought = judged.counts @ (judged.y > 0)
    return np.asarray(np.where(bought > 0, (taken * hit).sum(axis=1) / k[:, 0], np.nan))


def _captured(judged: Judged) -> np.ndarray:
    """Share of value captured by the top k customers, averaged over k, (b,).

    What a customer spent is captured at the customer's own position and at all later ones. A customer who counts c
    times has c positions.
    """
    before = np.einsum("ij,ij->i", judged.spent, judged.so_far - judged.counts / 2)
    total = judged.total
    return _over(total * judged.n - before + total / 2, total * judged.n)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The quotient, NaN where the whole is not more than 0."""
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan))


METRICS: tuple[Metric, ...] = (
    Metric("gini", "Gini", "ratio", (-1, 1), True, normalised_gini),
    Metric("spearman", "Spearman", "ratio", (-1, 1), True, spearman),
    Metric("r2", "R²", "ratio", (-INFINITE, 1), True, r2),
    Metric("mae", "MAE", "money", (0, INFINITE), False, mae),
    Metric("rmse", "RMSE", "money", (0, INFINITE), False, rmse),
    Metric("buyer_mape", "MAPE of buyers", "share", (0, INFINITE), False, buyer_mape),
    Metric("decile_mape", "decile error", "share", (0, INFINITE), False, decile_mape),
    Metric("bias", "bias", "signed_share", (-1, INFINITE), None, total_bias),
    Metric("auc", "AUC", "ratio", (0, 1), True, auc),
    Metric("average_precision", "average precision", "ratio", (0, 1), True, average_precision),
    *(
        Metric(
            f"precision_top_{top}", f"top {top}% found", "share", (0, 1), True, partial(precision_of_top, percent=top)
        )
        for top in TOPS
    ),
    *(
        Metric(f"value_top_{top}", f"top {top}% hold", "share", (0, 1), True, partial(captured_by_top, percent=top))
        for top in TOPS
    ),
)

# Further metrics of a forecast that has a distribution.
DISTRIBUTION_METRICS: tuple[Metric, ...] = (
    Metric("pinball_50", "pinball loss, median", "money", (0, INFINITE), False, partial(mean_score, name="pinball_50")),
    Metric("pinball_90", "pinball loss, 90%", "money", (0, INFINITE), False, partial(mean_score, name="pinball_90")),
    Metric("crps", "CRPS", "money", (0, INFINITE), False, partial(mean_score, name="crps")),
    Metric("pit_distance", "PIT distance", "ratio", (0, 1), False, pit_distance),
    Metric("purchase_brier", "Brier score of buying", "ratio", (0, 1), False, purchase_brier),
    *(
        Metric(f"coverage_{level}", f"{level}% intervals cover", "share", (0, 1), None, partial(covered, level=level))
        for level in LEVELS
    ),
    *(
        Metric(f"width_{level}", f"width, {level}%", "money", (0, INFINITE), False, partial(width, level=level))
        for level in LEVELS
    ),
    *(
        Metric(
            f"interval_score_{level}",
            f"Winkler score, {level}%",
            "money",
            (0, INFINITE),
            False,
            partial(interval_score, level=level),
        )
        for level in LEVELS
    ),
)


BY_NAME = {metric.name: metric for metric in (*METRICS, *DISTRIBUTION_METRICS)}


def metrics_of(judged: Judged) -> tuple[Metric, ...]:
    """The metrics that this forecast has."""
    return METRICS if judged.placed is None else (*METRICS, *DISTRIBUTION_METRICS)


def evaluate(y: np.ndarray, f: np.ndarray, placed: Placed | None = None) -> dict[str, float]:
    """Every metric by name, for realised values y and forecasts f, (n,) money, every customer counted once."""
    judged = Judged.of(y, f, placed)
    return {metric.name: float(metric.compute(judged)[0]) for metric in metrics_of(judged)}
