"""What confidence intervals cost: `python -m benchmarks.bootstrap`.

Times every metric of one forecast with its interval, in 1,000 resamples of 20,000 customers. Beside it stands the time
of the plain way, which copies the customers of one resample after the other. Also prints how the time grows with the
number of customers.
"""

import time
from statistics import median

import numpy as np

from clv.errors import run_stage
from clv.evaluation.bootstrap import Bootstrapped
from clv.evaluation.distribution import N_QUANTILES, Distribution, Placed
from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import evaluate
from clv.machine import Machine
from clv.models.calibration.intervals import LEVELS

CUSTOMERS, RESAMPLES, BY_HAND, REPEATS = 20_000, 1_000, 20, 3


def shop(n: int) -> tuple[np.ndarray, np.ndarray, Placed]:
    """Realised values, two thirds of them 0, forecasts, and the values in their distributions."""
    rng = np.random.default_rng(0)
    f = rng.lognormal(3, 1, n).round(2)
    y = np.where(rng.random(n) < 0.35, f / 0.35 * rng.gamma(2, 0.5, n), 0.0).round(2)
    unit = np.sort(np.where(rng.random(N_QUANTILES) < 0.65, 0.0, rng.gamma(2, 0.5 / 0.35, N_QUANTILES)))
    lower, upper = (dict.fromkeys(LEVELS, f * factor) for factor in (0.0, 4.0))
    return y, f, Placed.of(y, Distribution(np.outer(unit, f), lower, upper, np.full(n, 0.35)))


def copies(y: np.ndarray, f: np.ndarray, placed: Placed, rng: np.random.Generator) -> None:
    """Evaluate one resample the plain way, by copying the customers it drew."""
    rows = rng.integers(0, len(y), len(y))
    evaluate(y[rows], f[rows], placed.taken(rows))


def seconds(n: int, threads: int) -> float:
    """Median time of all metrics in all resamples."""
    judged, times = Judged.of(*shop(n)), []
    for _ in range(REPEATS):
        start = time.perf_counter()
        Bootstrapped.of({ENSEMBLE: judged}, RESAMPLES, 0, threads)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    threads = Machine.here().threads
    ours = seconds(CUSTOMERS, threads)
    case, rng = shop(CUSTOMERS), np.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(BY_HAND):
        copies(*case, rng)
    theirs = (time.perf_counter() - start) / BY_HAND * RESAMPLES
    more = seconds(5 * CUSTOMERS, threads)
    print(f"{RESAMPLES:,} resamples of {CUSTOMERS:,} customers, {threads} threads: {ours:.1f} s (goal: 10 s)")
    print(f"by drawing copies, from {BY_HAND} resamples: {theirs / ours:.0f} times as long")
    print(f"five times the customers: {more / ours:.1f} times as long")


if __name__ == "__main__":
    run_stage(main)
