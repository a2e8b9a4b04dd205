"""Whether a test was randomised as intended. Where it was not, its differences are not effects of the treatment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chisquare, kruskal

from clv.errors import InputError, listed, shown

ALARM = 0.001  # p-value below which chance is ruled out: hundreds of tests are checked, so alarms must be rare


@dataclass(frozen=True)
class Randomisation:
    """The check of one test.

    sizes: participants by arm. p_sizes: p-value of these sizes under the intended shares of the arms. p_forecast:
    p-value of the forecasts made before the assignment, under equal forecasts in all arms. Both are NaN where they
    cannot be determined. given: whether the shares were given, or are assumed to be equal. sizes_told: whether the
    sizes may be shown, or derived from p_sizes.
    """

    sizes: Mapping[str, int]
    p_sizes: float
    p_forecast: float
    given: bool
    sizes_told: bool = True

    @property
    def alarm(self) -> str:
        """What is wrong, in a sentence without its full stop; "" where nothing is."""
        if self.p_sizes < ALARM:
            meant = "as they were meant to be" if self.given else "equal, as is assumed"
            remedy = "" if self.given else "; where others were meant, state them in experiment.shares"
            how = f" (p {_p(self.p_sizes)})" if self.sizes_told else ""
            return f"the sizes of the arms are not {meant}{how}{remedy}"
        if self.p_forecast < ALARM:
            return f"the arms differed before the test: their forecasts are not alike (p {_p(self.p_forecast)})"
        return ""


def check(participants: pd.DataFrame, shares: Mapping[str, float]) -> Randomisation:
    """Check one test, by the rows of its participants: `arm`, `expected`.

    `shares` are the intended ones by arm, in any unit, or empty for equal ones. Sizes are tested by chi-square;
    forecasts, which no assignment can have changed, by the Kruskal-Wallis rank test. The latter needs no shares, and
    detects arms that were filled with customers of another kind. Arms without participants, whose windows are not over,
    do not count; see `require_arms` for arms that do not exist.
    Source: Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD.
    """
    sizes = {str(arm): int(n) for arm, n in participants["arm"].value_counts().sort_index().items()}
    meant = np.array([shares[arm] for arm in sizes]) if shares else np.ones(len(sizes))
    counts = np.array(list(sizes.values()), dtype="float64")
    told = len(sizes) > 1
    p_sizes = float(chisquare(counts, meant / meant.sum() * counts.sum()).pvalue) if told else float("nan")
    return Randomisation(sizes, p_sizes, _p_forecast(participants), bool(shares))


def require_arms(shares: Mapping[str, Mapping[str, float]], arms: Mapping[str, Sequence[str]]) -> None:
    """Raise `InputError` where intended shares are for a test that does not exist, or do not name its arms.

    `arms` are those of all assignments by test. Without any test nothing is required, because tests may come later.
    """
    for name, meant in shares.items() if arms else ():
        if name not in arms:
            raise InputError(
                f"experiment.shares must name tests of the data, got {shown(name)}; there are {listed(arms)}; fix or "
                f"drop it"
            )
        if meant and set(meant) != set(arms[name]):
            raise InputError(
                f"experiment.shares.{name} must name the arms of the test, {listed(arms[name])}, got "
                f"{listed(sorted(meant))}; name each once, or leave the test out for equal shares"
            )


def _p_forecast(participants: pd.DataFrame) -> float:
    expected = participants["expected"].to_numpy()
    groups = [expected[rows] for _, rows in sorted(participants.groupby("arm").indices.items())]
    if len(groups) < 2 or np.ptp(expected) == 0:
        return float("nan")
    return float(kruskal(*groups).pvalue)


def _p(value: float) -> str:
    return "below 0.0001" if value < 0.0001 else f"{value:.4f}"
