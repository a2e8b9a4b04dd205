"""The metrics of a forecast, as rows of a table. To add one, add a row.

Every function takes realised values y and forecasts f, both money, (n,), and gives one number, NaN where it has none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Metric:
    """One metric. `title` heads its column in reports; `higher_is_better` is None where the best value is 0."""

    name: str
    title: str
    unit: Literal["ratio", "share", "signed_share", "money"]
    higher_is_better: bool | None
    compute: Callable[[np.ndarray, np.ndarray], float]


def normalised_gini(y: np.ndarray, f: np.ndarray) -> float:
    """Gini of y ranked by f over the Gini of y ranked by itself; 1 is a perfect ranking, 0 a random one.

    Convention of Google's ZILN code (Wang, Liu and Miao 2019, "A deep probabilistic model for customer lifetime value
    prediction"): the share of value captured by the top k customers, averaged over k = 1..n, less one half. Kaggle's
    differs by 1 / (2n) in each Gini. Ties as in `ranking`.
    """
    total = y.sum()
    if total <= 0:
        return float("nan")
    captured = np.cumsum(y[ranking(f)]) / total
    best = np.cumsum(np.sort(y)[::-1]) / total
    return float((captured.mean() - 0.5) / (best.mean() - 0.5))


def spearman(y: np.ndarray, f: np.ndarray) -> float:
    """Correlation of ranks, ties at their mean rank."""
    a, b = rankdata(y), rankdata(f)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def r2(y: np.ndarray, f: np.ndarray) -> float:
    """One less squared error over the variance of y."""
    spread = ((y - y.mean()) ** 2).sum()
    return float(1 - ((y - f) ** 2).sum() / spread) if spread > 0 else float("nan")


def total_bias(y: np.ndarray, f: np.ndarray) -> float:
    """Forecast total over realised total, less one."""
    return float(f.sum() / y.sum() - 1) if y.sum() > 0 else float("nan")


def decile_mape(y: np.ndarray, f: np.ndarray) -> float:
    """Mean over deciles of f of |mean f - mean y| / mean y; deciles in which nothing was spent are left out."""
    deciles = decile_of(f)
    means = [(y[deciles == d].mean(), f[deciles == d].mean()) for d in range(1, 11) if (deciles == d).any()]
    errors = [abs(forecast - actual) / actual for actual, forecast in means if actual > 0]
    return float(np.mean(errors)) if errors else float("nan")


def auc(y: np.ndarray, f: np.ndarray) -> float:
    """Area under the ROC curve of "spends anything" ranked by f."""
    bought = y > 0
    return float(roc_auc_score(bought, f)) if 0 < bought.sum() < len(y) else float("nan")


def brier(happened: np.ndarray, p: np.ndarray) -> float:
    """Mean squared error of probabilities (n,) of what happened or not, (n,) of booleans; 0 is perfect.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1-3.
    """
    return float(np.mean((p - happened) ** 2))


def top_capture(y: np.ndarray, f: np.ndarray) -> float:
    """Share of all value that came from the fifth of customers with the highest forecasts."""
    top = ranking(f)[: max(1, round(len(f) * 0.2))]
    return float(y[top].sum() / y.sum()) if y.sum() > 0 else float("nan")


def ranking(f: np.ndarray) -> np.ndarray:
    """Positions (n,) from the highest forecast to the lowest, ties in an order drawn once and for all.

    Rows come sorted by customer id, which often tells when a customer came: ties in that order would not be neutral.
    """
    shuffled = np.random.default_rng(0).permutation(len(f))
    return shuffled[np.argsort(-f[shuffled], kind="stable")]


def decile_of(f: np.ndarray) -> np.ndarray:
    """Decile of each forecast, (n,), 1 the highest. Ranked first: quantile cuts fail on many equal forecasts."""
    rank = np.empty(len(f), dtype="int64")
    rank[ranking(f)] = np.arange(len(f))
    return rank * 10 // len(f) + 1


METRICS: tuple[Metric, ...] = (
    Metric("gini", "Gini", "ratio", True, normalised_gini),
    Metric("spearman", "Spearman", "ratio", True, spearman),
    Metric("r2", "R²", "ratio", True, r2),
    Metric("mae", "MAE", "money", False, lambda y, f: float(np.abs(y - f).mean())),
    Metric("rmse", "RMSE", "money", False, lambda y, f: float(np.sqrt(((y - f) ** 2).mean()))),
    Metric("bias", "bias", "signed_share", None, total_bias),
    Metric("decile_mape", "decile error", "share", False, decile_mape),
    Metric("auc", "AUC", "ratio", True, auc),
    Metric("top_capture", "top 20% hold", "share", True, top_capture),
)


def evaluate(y: np.ndarray, f: np.ndarray) -> dict[str, float]:
    """Every metric by name."""
    return {metric.name: metric.compute(y, f) for metric in METRICS}
