"""The difference between an arm of a randomised test and the control, with its uncertainty."""

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

UNKNOWN = float("nan")


@dataclass(frozen=True)
class Difference:
    """Two arms compared: their means, the difference, the ends of its interval, and the p-value of no difference.

    `sd` is the standard deviation within an arm, the root of the mean of both variances. A figure that cannot be
    determined is NaN.
    """

    mean: float = UNKNOWN
    control_mean: float = UNKNOWN
    sd: float = UNKNOWN
    difference: float = UNKNOWN
    lower: float = UNKNOWN
    upper: float = UNKNOWN
    p_value: float = UNKNOWN


def of_shares(treated: np.ndarray, control: np.ndarray, confidence: float) -> Difference:
    """Difference of two shares, from flags (n,) and (m,), with n and m at least 1.

    The interval is Newcombe's, the p-value that of the score test. Where no flag is set, or all are, there is no
    p-value.
    Source: Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17, method 10.
    """
    counts, sizes = (int(treated.sum()), int(control.sum())), (len(treated), len(control))
    lower, upper = confint_proportions_2indep(
        counts[0], sizes[0], counts[1], sizes[1], method="newcomb", compare="diff", alpha=1 - confidence
    )
    told = 0 < sum(counts) < sum(sizes)
    p_value = float(proportions_ztest(counts, sizes)[1]) if told else UNKNOWN
    shares = counts[0] / sizes[0], counts[1] / sizes[1]
    sd = float(np.sqrt(sum(share * (1 - share) for share in shares) / 2))
    return Difference(*shares, sd, shares[0] - shares[1], float(lower), float(upper), p_value)


def of_means(treated: np.ndarray, control: np.ndarray, confidence: float) -> Difference:
    """Difference of two means, from values (n,) and (m,), with n and m at least 2.

    Interval and p-value are Welch's, for arms that differ in variance; without any variance there are none.
    Source: Welch (1947), "The generalization of 'Student's' problem", Biometrika 34.
    """
    means = float(treated.mean()), float(control.mean())
    sd = float(np.sqrt((treated.var(ddof=1) + control.var(ddof=1)) / 2))
    apart = means[0] - means[1]
    if not sd > 0:
        return Difference(*means, 0.0, apart)
    both = CompareMeans(DescrStatsW(treated), DescrStatsW(control))
    lower, upper = both.tconfint_diff(alpha=1 - confidence, usevar="unequal")
    return Difference(*means, sd, apart, float(lower), float(upper), float(both.ttest_ind(usevar="unequal")[1]))


def adjust(values: np.ndarray, covariate: np.ndarray, arm: np.ndarray) -> tuple[np.ndarray, float]:
    """Values minus the part that the covariate explains, (n,), and the share of their variance that this removes.

    `covariate` (n,) was known before the assignment, `arm` (n,) are codes from 0. One slope is pooled over the arms,
    from deviations from the arm's own mean, so that a treatment effect does not enter it. Means over all participants
    do not change. A covariate without variance explains nothing.
    Source: Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled experiments by utilizing
    pre-experiment data" (CUPED), WSDM, equations 4 and 5.
    """
    y, x = _centred(values, arm), _centred(covariate, arm)
    spread, whole = float((x * x).sum()), float((y * y).sum())
    if not (spread > 0 and whole > 0):
        return values.astype("float64"), 0.0
    theta = float((x * y).sum()) / spread
    left = y - theta * x
    return values - theta * (covariate - covariate.mean()), 1 - float((left * left).sum()) / whole


def _centred(values: np.ndarray, arm: np.ndarray) -> np.ndarray:
    return values - (np.bincount(arm, values) / np.maximum(np.bincount(arm), 1))[arm]
