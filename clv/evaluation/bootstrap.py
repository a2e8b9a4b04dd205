"""Bootstrap confidence intervals of metrics: how far they depend on the sample of customers.

Customers are drawn with replacement. All forecasts share the resamples, so differences between forecasts are paired.
Source: Efron and Tibshirani (1993), "An introduction to the bootstrap", chapters 13 and 14.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from clv.evaluation.judged import Judged
from clv.evaluation.metrics import BY_NAME, metrics_of

AT_ONCE = 2**19  # counts of customers in resamples that a thread holds in memory


def resample(n: int, times: int, seed: int, portion: int) -> np.ndarray:
    """How often each of n customers occurs in each of `times` resamples, (times, n); rows sum to n.

    Each `portion` has its own random numbers.
    """
    drawn = np.random.default_rng([seed, portion]).integers(0, n, (times, n)) + n * np.arange(times)[:, None]
    return np.bincount(drawn.ravel(), minlength=times * n).reshape(times, n).astype("float64")


@dataclass(frozen=True)
class Bootstrapped:
    """Metrics of several forecasts for the same customers: their `values`, and their `draws` (times,) over resamples.

    Both are by forecast and metric; `customers` is the number of customers that `values` are based on.
    """

    values: Mapping[str, Mapping[str, float]]
    draws: Mapping[str, Mapping[str, np.ndarray]]
    customers: int

    @classmethod
    def of(cls, forecasts: Mapping[str, Judged], times: int, seed: int, threads: int) -> "Bootstrapped":
        """Every metric of every forecast, in `times` resamples of the customers; `threads` do not change the result."""
        n = len(next(iter(forecasts.values())).y)
        size = max(1, AT_ONCE // n)
        portions = [(min(size, times - start), seed, start) for start in range(0, times, size)]
        with ThreadPoolExecutor(threads) as pool, threadpool_limits(1):
            drawn = list(pool.map(lambda portion: _metrics(forecasts, resample(n, *portion)), portions))
        once = _metrics(forecasts, np.ones((1, n)))
        return cls(
            {name: {metric: float(value[0]) for metric, value in found.items()} for name, found in once.items()},
            {
                name: {metric: np.concatenate([found[name][metric] for found in drawn]) for metric in found_once}
                for name, found_once in once.items()
            },
            n,
        )

    def of_all(self, values: Mapping[str, Mapping[str, float]], customers: int) -> "Bootstrapped":
        """The same for all `customers`; the resampled ones are a sample of them, and `values` are the metrics of all.

        With m of n customers in the sample, draws scatter around the value of the sample root(n / m) times as far as
        draws from all customers would around theirs, because errors of means fall with the root of the sample size. So
        deviations are shrunk by root(m / n), and the results are clipped to the bounds of the metric.
        Source: Politis, Romano and Wolf (1999), "Subsampling", chapter 2.
        """
        nearer = (self.customers / customers) ** 0.5

        def brought(value: float, metric: str, of_sample: float, drawn: np.ndarray) -> np.ndarray:
            low, high = BY_NAME[metric].bounds  # with negative values a metric may lie beyond them
            return np.clip(value + nearer * (drawn - of_sample), np.fmin(low, value), np.fmax(high, value))

        draws = {
            name: {
                metric: brought(values[name][metric], metric, self.values[name][metric], drawn)
                for metric, drawn in found.items()
            }
            for name, found in self.draws.items()
        }
        return Bootstrapped(values, draws, customers)

    def table(self, confidence: float) -> pd.DataFrame:
        """One row per forecast and metric: `value`, and the ends `lower` and `upper` of its confidence interval."""
        rows = [
            (name, metric, value, *interval(value, self.draws[name][metric], confidence))
            for name, values in self.values.items()
            for metric, value in values.items()
        ]
        return pd.DataFrame(rows, columns=["forecast", "metric", "value", "lower", "upper"])

    def difference(self, metric: str, ours: str, other: str, confidence: float) -> tuple[float, float, float]:
        """Ours minus the other's: the value and the ends of its confidence interval."""
        value = self.values[ours][metric] - self.values[other][metric]
        return value, *interval(value, self.draws[ours][metric] - self.draws[other][metric], confidence)

    def ratio(self, metric: str, ours: str, other: str, confidence: float) -> tuple[float, float, float]:
        """Ours over the other's: the value and the ends of its confidence interval.

        NaN unless the whole interval of the other's is above 0, because a ratio to a value that may be 0 has no
        meaning.
        """
        known, whole = self.values[other][metric], self.draws[other][metric]
        if not (known > 0 and interval(known, whole, confidence)[0] > 0):
            return float("nan"), float("nan"), float("nan")
        value = self.values[ours][metric] / known
        return value, *interval(value, self.draws[ours][metric] / np.where(whole > 0, whole, np.nan), confidence)


def _metrics(forecasts: Mapping[str, Judged], counts: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Every metric of every forecast in resamples (b, n): (b,) by forecast and metric."""
    ideal, found = None, {}
    for name, judged in forecasts.items():
        resampled = judged.resampled(counts, ideal)
        ideal = resampled.ideal  # of the same customers, so it is computed only once
        found[name] = {metric.name: metric.compute(resampled) for metric in metrics_of(judged)}
    return found


def interval(value: float, draws: np.ndarray, confidence: float) -> tuple[float, float]:
    """The ends of the bias-corrected percentile interval of a value; NaN where no resample has the metric.

    Some metrics, such as the mean error over deciles, are larger in a resample, which is noisier than the original
    sample. So the percentiles are shifted by the position of the value among the draws.
    Source: Efron and Tibshirani (1993), chapter 14 (BCa without acceleration).
    """
    known = draws[~np.isnan(draws)]
    if not len(known) or np.isnan(value):
        return float("nan"), float("nan")
    below = ((known < value).mean() + (known <= value).mean()) / 2
    moved = 2 * norm.ppf(np.clip(below, 1 / (len(known) + 1), len(known) / (len(known) + 1)))
    ends = norm.cdf(moved + norm.ppf([(1 - confidence) / 2, (1 + confidence) / 2]))
    low, high = np.quantile(known, ends)
    return min(float(low), value), max(float(high), value)


def wins(bootstrapped: Bootstrapped, ours: str, baselines: Sequence[str], confidence: float) -> pd.DataFrame:
    """One row per metric that ranks the baselines: the difference from the best one, and whether it is beyond chance.

    Columns: metric, baseline (the best in this metric), value, baseline_value, difference (ours minus the baseline's)
    with lower and upper, and `shown`: better, worse, or nothing where the confidence interval contains 0.
    """
    rows = []
    for name in bootstrapped.values[ours]:
        metric = BY_NAME[name]
        known = [b for b in baselines if not np.isnan(bootstrapped.values[b].get(name, np.nan))]
        if metric.higher_is_better is None or not known:
            continue
        sign = 1 if metric.higher_is_better else -1
        best = max(known, key=lambda b: sign * bootstrapped.values[b][name])
        difference, low, high = bootstrapped.difference(name, ours, best, confidence)
        ahead, behind = (low > 0, high < 0) if sign > 0 else (high < 0, low > 0)
        shown = "better" if ahead else "worse" if behind else "nothing"
        values = bootstrapped.values[ours][name], bootstrapped.values[best][name]
        rows.append((name, best, *values, difference, low, high, shown))
    columns = ["metric", "baseline", "value", "baseline_value", "difference", "lower", "upper", "shown"]
    return pd.DataFrame(rows, columns=columns)
