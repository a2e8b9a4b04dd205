"""Whether the forecast serves some groups of people worse than others, beyond chance.

Every group differs from all customers at least by noise, so each gap comes with its standard error. Of gaps that are
only noise, one in twenty still exceeds two standard errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from clv.evaluation.recalibration import inside_predicted
from clv.evaluation.slices import Groups, members
from clv.suppression import hidden

PERSONAL = ("age_band", "country", "channel")
MEASURES = ("benefit", "error", "bias", "coverage_95")
TOP_SHARE = 0.2
NOISE = 2.0  # standard errors
COLUMNS = (
    "by",
    "group",
    "customers",
    "measure",
    "value",
    "value_se",
    "gap",
    "gap_se",
    "beyond_noise",
    "chosen",
    "earned",
)


@dataclass(frozen=True)
class Mean:
    """A mean over customers, or a ratio of two means, and the influence of each customer on it, (n,), with mean 0."""

    value: float
    influence: np.ndarray

    @classmethod
    def of(cls, above: np.ndarray, below: np.ndarray | None = None) -> "Mean":
        """The mean of `above` (n,), over that of `below` (n,) where given; NaN where the latter is not above 0."""
        under = 1.0 if below is None else float(below.mean())
        if under <= 0:
            return cls(float("nan"), np.full(len(above), np.nan))
        value = float(above.mean()) / under
        return cls(value, (above - value * (1.0 if below is None else below)) / under)


def fairness_table(
    y: np.ndarray, predictions: pd.DataFrame, groups: Mapping[str, Groups], min_customers: int, least: int
) -> pd.DataFrame:
    """One row per personal attribute `by`, `group` and `measure`, for groups of `min_customers` or more.

    Groups that `hidden` suppresses at `least` are left out, too: their size would reveal that of a smaller one.

    y is realised value in money, (n,); of `groups`, age_band, country and channel are used. `value` is that of the
    group, and `gap` is `value` minus that of all customers. `value_se` and `gap_se` are their standard errors by
    linearisation, and `beyond_noise` indicates whether the gap exceeds two of them. Measures:
    - benefit: share of the group that is among the fifth of customers with the highest forecasts, minus the share that
      is among the fifth with the highest realised value; over all customers both are a fifth, so above 0 the group gets
      more attention from marketing than it earned. The columns `chosen` and `earned` are these two shares. Its
      `value_se` treats the places as fixed, and is up to a third too large.
    - error: mean absolute error over the mean value.
    - bias: forecast total over realised total, minus 1.
    - coverage_95: share inside the 95% interval.
    Source: Hardt, Price and Srebro (2016), "Equality of opportunity in supervised learning", NeurIPS 29, on comparing
    those chosen with those who turn out to deserve it; Cochran (1977), "Sampling techniques", chapter 6, on the error
    of ratios.
    """
    f = predictions["predicted_clv"].to_numpy()
    chosen, earned = top_places(f), top_places(np.maximum(y, 0))
    inside = inside_predicted(y, predictions, 95).astype("float64")
    parts = {
        "benefit": (chosen - earned, None),
        "error": (np.abs(y - f), y),
        "bias": (f - y, y),
        "coverage_95": (inside, None),
    }
    rows = []
    for by in PERSONAL:
        if by not in groups:
            continue
        names, of = members(groups[by])
        n = np.bincount(of, minlength=len(names))
        for group in names[~hidden(n, least) & (n >= min_customers)]:
            member = groups[by] == group
            shares = {"chosen": float(chosen[member].mean()), "earned": float(earned[member].mean())}
            for measure in MEASURES:
                found = _against_all(*parts[measure], member)
                rows.append({"by": by, "group": str(group), "measure": measure, **found, **shares})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def largest_gaps(fairness: pd.DataFrame) -> pd.DataFrame:
    """One row per attribute `by` with two groups or more and `measure`: the groups of the `highest` and `lowest` value.

    `gap` is the difference of their values, `gap_se` its standard error, and `beyond_noise` indicates whether it is
    significant at 5% over all pairs of groups in the table (Bonferroni). A table without rows, whatever its columns,
    has no gaps.
    """
    columns = ["by", "measure", "highest", "lowest", "gap", "gap_se", "beyond_noise"]
    if fairness.empty:
        return pd.DataFrame(columns=columns)
    known = fairness.dropna(subset=["value", "gap_se"]).groupby(["by", "measure"], sort=False)
    groups = [(key, found.sort_values(["value", "group"], kind="stable")) for key, found in known if len(found) > 1]
    pairs = sum(len(found) * (len(found) - 1) // 2 for _, found in groups)
    rows = []
    for (by, measure), found in groups:
        low, high = found.iloc[0], found.iloc[-1]
        gap, error = high["value"] - low["value"], float(np.hypot(high["value_se"], low["value_se"]))
        beyond = bool(gap > norm.ppf(1 - 0.05 / 2 / pairs) * error)
        rows.append((by, measure, high["group"], low["group"], gap, error, beyond))
    return pd.DataFrame(rows, columns=columns)


def top_places(values: np.ndarray) -> np.ndarray:
    """The share of a place that each customer has in the fifth with the highest values, (n,): 1, 0, or a part if tied.

    Most customers spend nothing: where less than a fifth buy, customers at 0 share the places that are left.
    """
    k = max(1, round(TOP_SHARE * len(values)))
    last = np.sort(values)[-k]
    above, tied = values > last, values == last
    return above + tied * ((k - above.sum()) / tied.sum())


def _against_all(above: np.ndarray, below: np.ndarray | None, member: np.ndarray) -> dict[str, float | int | bool]:
    """The value of the members (n,), and its gap from that of all customers, members included."""
    n, total = int(member.sum()), len(member)
    everyone = Mean.of(above, below)
    group = Mean.of(above[member], None if below is None else below[member])
    apart = -everyone.influence / total
    apart[member] += group.influence / n
    gap, error = group.value - everyone.value, float(np.sqrt((apart**2).sum()))
    return {
        "customers": n,
        "value": group.value,
        "value_se": float(np.sqrt((group.influence**2).sum())) / n,
        "gap": gap,
        "gap_se": error,
        "beyond_noise": bool(abs(gap) > NOISE * error),
    }
