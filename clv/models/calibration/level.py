"""The level of a forecast: its total over all customers, and the uncertainty of that total.

Trees fitted to older snapshots forecast the total of those days. Each learner's total is therefore set to that of the
buy-till-you-die forecast, which is fitted to the forecast snapshot itself, times a level. The level is learned from
every labelled window in the history: the log of realised over forecast total is modelled as a Gaussian process over the
dates on which windows open. A component common to all windows is the lasting error of the models. A component shared
with the same weeks of other years is missed season, of which a short history misses more. A component shared only by
neighbouring windows is change, and the rest, shared as far as windows overlap, is chance. The volatility of a shop is
unknown; it is averaged over, weighted by how well each value explains the windows.

Source: Rasmussen and Williams (2006), "Gaussian processes for machine learning", sections 2.2 and 5.2.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile

import numpy as np

from clv.models.btyd.waves import YEAR
from clv.models.rounding import significant
from clv.models.windows import Window

# Standard deviations of logs. Models that use no labels often have a lasting error of 15%, seldom much more; an unseen
# season adds 20%.
LASTING, OFTEN = (0.15, 0.60), (0.9, 0.1)
UNSEEN_SEASON = 0.20
SEEN_AFTER = (1.0, 2.5)  # years of history: a season is unseen up to the first value and seen from the second on
UNSTEADY = np.geomspace(0.01, 0.4, 12)  # of chance, and of change with a half-life of eight months
USUAL, SPREAD = 0.06, 0.8  # median of UNSTEADY, and standard deviation of its log
MISSED_SEASON = 0.7  # missed season, although it was seen, relative to UNSTEADY
CHANGE_DAYS = 365.0
SAME_WEEKS = 0.6  # length scale of the season: windows that open 90 days apart share hardly any of it
EARLY = 1.0  # extra variance of a window as long as the history before it; grows with the squared ratio
FAR = np.log(2)  # log error of a window beyond a factor of two
DIGITS = 6


@dataclass(frozen=True)
class Level:
    """Factors on the buy-till-you-die forecast of value and of orders, and the remaining uncertainty of a total.

    `sd` is the standard deviation of the log of realised over forecast value, for all customers together; None if there
    were no labels to estimate it.
    """

    value: float = 1.0
    orders: float = 1.0
    sd: float | None = None

    @classmethod
    def fit(cls, windows: Sequence[Window], cutoff: date, horizon_days: int, history_days: int) -> "Level":
        """Learn from labelled windows, in any order, for a forecast from a cutoff on.

        Windows from before the last one that was off by more than a factor of two are ignored if the newest is not: the
        shop was different then, or too few customers had returned. `history_days` is the length of the history at the
        cutoff. Without windows nothing is corrected, and the total is as uncertain as for an average shop.
        """
        some = _of_now(windows)
        days = np.array([window.cutoff.toordinal() for window in some] + [cutoff.toordinal()], dtype="float64")
        history = np.array([window.history_days for window in some] + [history_days], dtype="float64")
        value, orders = (
            _kriged(np.array(ratios), days, history, horizon_days)
            for ratios in (
                [np.log(w.value / w.expected_value) for w in some],
                [np.log(w.orders / w.expected_orders) for w in some],
            )
        )
        return cls(*(significant(v, DIGITS) for v in (np.exp(value[0]), np.exp(orders[0]), value[1])))

    def to_dict(self) -> dict[str, float]:
        """Plain values for JSON."""
        return asdict(self)


def _of_now(windows: Sequence[Window]) -> list[Window]:
    """The newest windows that are either all far off or all not; windows with a total of 0 are left out."""
    some = [w for w in windows if min(w.value, w.expected_value, w.orders, w.expected_orders) > 0]
    some.sort(key=lambda window: window.cutoff, reverse=True)
    far = [abs(np.log(window.value / window.expected_value)) > FAR for window in some]
    return [window for window, _ in takewhile(lambda pair: pair[1] == far[0], zip(some, far, strict=True))]


def _kriged(ratios: np.ndarray, days: np.ndarray, history: np.ndarray, horizon_days: int) -> tuple[float, float]:
    """Mean and standard deviation of the log ratio on the last of the days, given those on the others, (k,)."""
    apart = np.abs(days[:, None] - days)
    season = np.exp(-2 * np.sin(np.pi * apart / YEAR) ** 2 / SAME_WEEKS**2)
    early = np.sqrt(1 + EARLY * (horizon_days / np.maximum(history, 1)) ** 2)
    luck = np.maximum(1 - apart / horizon_days, 0) * early[:, None] * early
    unseen = UNSEEN_SEASON * (1 - np.interp(history[-1] / YEAR, SEEN_AFTER, (0, 1)))
    unsteady = np.exp(-apart / CHANGE_DAYS) + MISSED_SEASON**2 * season + luck
    found = [
        _given(ratios, lasting**2 + unseen**2 * season + sd**2 * unsteady) for lasting in LASTING for sd in UNSTEADY
    ]
    likelihood, mean, variance = (np.array(column) for column in zip(*found, strict=True))
    prior = np.log(OFTEN)[:, None] - 0.5 * (np.log(UNSTEADY / USUAL) / SPREAD) ** 2
    posterior = likelihood + prior.ravel()
    weight = np.exp(posterior - posterior.max())
    weight /= weight.sum()
    average = float(weight @ mean)
    return average, float(np.sqrt(max(weight @ (variance + mean**2) - average**2, 0.0)))


def _given(ratios: np.ndarray, covariance: np.ndarray) -> tuple[float, float, float]:
    """Log-likelihood of the ratios (k,), and mean and variance of a further one, given a covariance (k + 1, k + 1)."""
    known, cross = covariance[:-1, :-1] + 1e-8 * np.eye(len(ratios)), covariance[:-1, -1]
    by_ratios, by_cross = np.linalg.solve(known, np.column_stack([ratios, cross])).T
    likelihood = -0.5 * (ratios @ by_ratios + np.linalg.slogdet(known)[1])
    return float(likelihood), float(cross @ by_ratios), float(covariance[-1, -1] - cross @ by_cross)


def scale_to(raw: np.ndarray, total: float) -> float:
    """The factor that scales forecasts (n,) to a total; 1 if they are all zero."""
    now = float(raw.sum())
    return significant(total / now, 8) if now > 0 else 1.0
