"""How far two samples of one column are apart: population stability index and Kolmogorov-Smirnov distance.

Both are 0 for equal samples, and by chance alone a little above it: with n and m rows the index expects about 9 (1/n +
1/m) of numbers, the distance seldom exceeds 1.4 times the root of (1/n + 1/m). So a few hundred rows say little.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 10
FLOOR = 1e-4  # least share of a bin: one row in ten thousand, so that an empty bin does not make the index infinite


@dataclass(frozen=True)
class Values:
    """The values of one column in one sample, ready to be compared: text as counts, numbers in ascending order."""

    counts: dict[str, int]  # of text, by category, missing left out
    ascending: np.ndarray  # numbers, missing left out
    missing: int
    rows: int

    @classmethod
    def of(cls, column: pd.Series) -> "Values":
        """The values of a column, in whatever order they come. What is no number is text."""
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

    0 where the shares agree and more the further they part; NaN where a sample has no rows. Numbers are binned by the
    tenths of the reference, where a value that fills a tenth by itself (such as 0) is a bin of its own; text by
    category; missing values are one bin more. Shares are at least FLOOR.
    Source: Siddiqi (2006), "Credit risk scorecards", with the rule of thumb that nothing changed below 0.1
    and much did above 0.25. It is the divergence J of Kullback and Leibler (1951), "On information and sufficiency".
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
    """`psi` of values that are prepared."""
    if not reference.rows or not other.rows:
        return float("nan")
    pairs = [(reference.missing, other.missing), *_by_category(reference, other), *_by_tenth(reference, other)]
    shares = np.array(pairs, dtype="float64") / [reference.rows, other.rows]
    a, b = np.maximum(shares, FLOOR).T
    return float(((b - a) * np.log(b / a)).sum())


def ks_of(reference: Values, other: Values) -> float:
    """`ks` of values that are prepared."""
    few, many = sorted((reference.ascending, other.ascending), key=len)
    if not len(few):
        return float("nan")
    # Between two steps of the one function the other only rises: the gap is largest at a step, or just before it.
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
    """Rows of both samples in the tenths of the reference."""
    n = len(reference.ascending)
    if not n:
        return [(0, len(other.ascending))]
    # A bin begins at the value that a tenth begins with; where two tenths begin with it, the bin is of it alone.
    first, times = np.unique(reference.ascending[[n * i // BINS for i in range(BINS)]], return_counts=True)
    counted = []
    for values in (reference.ascending, other.ascending):
        ends = np.searchsorted(values, first, "left"), np.searchsorted(values, first[times > 1], "right")
        counted.append(np.diff(np.sort(np.concatenate(ends)), prepend=0, append=len(values)).tolist())
    return list(zip(*counted, strict=True))
