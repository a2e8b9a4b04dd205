"""How far two samples of one column are apart: population stability index and Kolmogorov-Smirnov distance.

Both are 0 for equal samples, and slightly above 0 by chance alone. For n and m numbers from the same distribution, the
index is about 9 (1/n + 1/m) on average, and the distance seldom exceeds 1.4 times the root of (1/n + 1/m). So a few
hundred rows cannot show a small shift.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 10
FLOOR = 1e-4  # least share of a bin: one row in ten thousand, so that an empty bin does not make the index infinite


@dataclass(frozen=True)
class Values:
    """The values of one column in one sample, ready to be compared: text as counts, numbers in ascending order."""

    counts: dict[str, int]  # of text, by category, without missing values
    ascending: np.ndarray  # numbers, without missing values
    missing: int
    rows: int

    @classmethod
    def of(cls, column: pd.Series) -> "Values":
        """The values of a column, in any order. A column that is not numeric is treated as text."""
        present = column.dropna()
        missing, rows = len(column) - len(present), len(column)
        if pd.api.types.is_numeric_dtype(column):
            return cls({}, np.sort(present.to_numpy(dtype="float64")), missing, rows)
        counts = present.astype("str").value_counts()
        return cls({str(name): int(n) for name, n in counts.items()}, np.empty(0), missing, rows)

    @property
    def known(self) -> bool:
        """Whether there is any value."""
        return self.missing < self.rows


def psi(reference: pd.Series | np.ndarray, other: pd.Series | np.ndarray) -> float:
    """Population stability index of two samples: the sum over bins of (b - a) ln(b / a), a and b their shares.

    0 where the shares agree, and larger the more they differ; NaN where a sample has no rows. Numbers are binned by the
    deciles of the reference, and a value that fills a decile by itself (such as 0) has its own bin; text is binned by
    category; missing values have one more bin. Shares are at least FLOOR.
    Source: Siddiqi (2006), "Credit risk scorecards", with the rule of thumb that below 0.1 nothing changed, and above
    0.25 much did. It is the divergence J of Kullback and Leibler (1951), "On information and sufficiency".
    """
    return psi_of(Values.of(pd.Series(reference)), Values.of(pd.Series(other)))


def ks(reference: pd.Series | np.ndarray, other: pd.Series | np.ndarray) -> float:
    """Kolmogorov-Smirnov distance of two samples of numbers, 0 to 1: the largest gap of their distribution functions.

    Missing values are left out; NaN where nothing is left, and for text.
    Source: Smirnov (1948), "Table for estimating the goodness of fit of empirical distributions", Annals of
    Mathematical Statistics 19, 279-281.
    """
    return ks_of(Values.of(pd.Series(reference)), Values.of(pd.Series(other)))


def psi_of(reference: Values, other: Values) -> float:
    """`psi` of prepared values."""
    if not reference.rows or not other.rows:
        return float("nan")
    pairs = [(reference.missing, other.missing), *_by_category(reference, other), *_by_tenth(reference, other)]
    shares = np.array(pairs, dtype="float64") / [reference.rows, other.rows]
    a, b = np.maximum(shares, FLOOR).T
    return float(((b - a) * np.log(b / a)).sum())


def ks_of(reference: Values, other: Values) -> float:
    """`ks` of prepared values."""
    few, many = sorted((reference.ascending, other.ascending), key=len)
    if not len(few):
        return float("nan")
    # Between two steps of one function the other only rises, so the gap is largest at a step or just before it.
    last = np.flatnonzero(np.append(few[1:] != few[:-1], True))
    at, upto = few[last], np.append(0, last + 1)
    gaps = [
        upto[1:] / len(few) - np.searchsorted(many, at, "right") / len(many),
        upto[:-1] / len(few) - np.searchsorted(many, at, "left") / len(many),
    ]
    return float(np.abs(gaps).max())


def _by_category(reference: Values, other: Values) -> list[tuple[int, int]]:
    names = sorted({*reference.counts, *other.counts})
    return [(reference.counts.get(name, 0), other.counts.get(name, 0)) for name in names]


def _by_tenth(reference: Values, other: Values) -> list[tuple[int, int]]:
    """Counts of both samples in the bins by deciles of the reference."""
    n = len(reference.ascending)
    if not n:
        return [(0, len(other.ascending))]
    # A bin begins at the first value of a decile; where two deciles begin with the same value, it has its own bin.
    first, times = np.unique(reference.ascending[[n * i // BINS for i in range(BINS)]], return_counts=True)
    counted = []
    for values in (reference.ascending, other.ascending):
        ends = np.searchsorted(values, first, "left"), np.searchsorted(values, first[times > 1], "right")
        counted.append(np.diff(np.sort(np.concatenate(ends)), prepend=0, append=len(values)).tolist())
    return list(zip(*counted, strict=True))
