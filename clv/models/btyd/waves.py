"""The yearly waves in daily counts, in which a month counts as far as the same months of other years repeat it.

The counts of a shop differ between years by far more than Poisson counts do, because of campaigns, a boom or weeks
without stock. What the years have in common is season; what occurs in one year alone is not. Months are therefore
compared. The spread between the same months of different years is the dispersion by which the penalty on each wave is
multiplied (quasi-likelihood: McCullagh and Nelder 1989, "Generalized linear models", chapter 9). A month that deviates
from the fit further than the same months of other years is weighted less, as under a Cauchy distribution (Lange, Little
and Taylor 1989, "Robust statistical modeling using the t distribution", JASA 84), so that a boom does not become
season. A month that no other year has yet keeps its full weight.
"""

import numpy as np

from clv.models.newton import penalised_maximum

YEAR = 365.25
MONTHS = 12  # parts of a year that are compared
HARMONICS = 3
PENALTY = 50.0  # prior weight, in purchases, against a wave at Poisson dispersion; small shops have hardly any season
ROUNDS = 5  # alternating weights and fit
NORMAL = 0.6745  # median of the absolute value of a standard normal variable


def waves(day: np.ndarray, n: int) -> np.ndarray:
    """Cosine and sine of one to n turns per year at days since 1970, (days, 2 n)."""
    turn = 2 * np.pi * np.asarray(day, dtype="float64") / YEAR
    columns = [f(k * turn) for k in range(1, n + 1) for f in (np.cos, np.sin)]
    return np.column_stack(columns) if columns else np.empty((len(turn), 0))


def fit_waves(day: np.ndarray, seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Coefficients of the waves, (2 HARMONICS,), in a Poisson regression of counts on expected counts, (days,) each.

    Days are ascending and may have gaps. A level and a trend are removed.
    """
    some = expected > 0
    day, seen, expected = day[some], seen[some], expected[some]
    trend = np.column_stack([np.ones(len(day)), (day - day[-1]) / YEAR])
    design = np.column_stack([trend, waves(day, HARMONICS)])
    number, month = np.unique(((day[-1] - day) * MONTHS / YEAR).astype("int64"), return_inverse=True)
    found = _regression(trend, seen, expected, np.ones(len(day)), 0.0)
    mean = _mean(trend, found, expected)
    for _ in range(ROUNDS):
        belief, dispersion = _beliefs(number, *(np.bincount(month, counts) for counts in (seen, mean)))
        found = _regression(design, seen, expected, belief[month], PENALTY * dispersion)
        mean = _mean(design, found, expected)
    return found[trend.shape[1] :]


def _beliefs(number: np.ndarray, seen: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, float]:
    """The weight of each month, (months,) up to 1, and the dispersion between years, at least 1.

    Months are numbered backwards from the last; they have a count and a mean under the fit.
    """
    off = (seen - mean) / np.sqrt(mean)
    twins = [off[(number != own) & ((number - own) % MONTHS == 0)] for own in number]
    n = np.array([len(others) for others in twins])
    if not n.any():
        return np.ones(len(off)), 1.0
    usual = np.array([np.median(others) if len(others) else 0.0 for others in twins])
    differ = np.abs(off - usual)[n > 0] / np.sqrt(1 + 1 / n[n > 0])
    scale = max(float(np.median(differ)) / NORMAL, 1.0)
    repeated = np.clip(usual, np.minimum(off, 0), np.maximum(off, 0))
    alone = np.where(n > 0, off - repeated, 0.0) / scale
    return np.minimum(2 / (1 + alone**2), 1.0), scale**2


def _regression(
    design: np.ndarray, seen: np.ndarray, expected: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Coefficients of a weighted Poisson regression, in which those after level and trend are penalised."""
    penalties = np.concatenate([[1e-9, 1e-9], np.full(design.shape[1] - 2, penalty)])
    start = np.zeros(design.shape[1])
    start[0] = np.log(max(seen.sum(), 0.5) / expected.sum())

    def slope(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = weight * _mean(design, found, expected)
        gradient = design.T @ (weight * seen - mean) - penalties * found
        return gradient, (design.T * mean) @ design + np.diag(penalties)

    return penalised_maximum(slope, start)


def _mean(design: np.ndarray, found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.asarray(expected * np.exp(np.clip(design @ found, -20, 20)))
