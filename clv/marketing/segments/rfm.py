"""RFM scores and the eleven segments that they define."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SCORES = 5


@dataclass(frozen=True)
class Segment:
    """A named rectangle of scores: recency score and mean of frequency and monetary scores, both ends included."""

    name: str
    recency: tuple[int, int]
    value: tuple[int, int]


# The best first: a customer who moves to a later one has fallen, see `rank_of` in migration.py.
SEGMENTS: tuple[Segment, ...] = (
    Segment("Champions", (5, 5), (4, 5)),
    Segment("Loyal", (3, 4), (4, 5)),
    Segment("Potential loyalist", (4, 5), (2, 3)),
    Segment("New", (5, 5), (1, 1)),
    Segment("Promising", (4, 4), (1, 1)),
    Segment("Need attention", (3, 3), (3, 3)),
    Segment("About to sleep", (3, 3), (1, 2)),
    Segment("Cannot lose them", (1, 2), (5, 5)),
    Segment("At risk", (1, 2), (3, 4)),
    Segment("Hibernating", (2, 2), (1, 2)),
    Segment("Lost", (1, 1), (1, 2)),
)


@dataclass(frozen=True)
class RfmCuts:
    """Quintile cut points of recency (days), frequency (count) and monetary value (money), four each."""

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]

    @classmethod
    def fit(cls, snapshot: pd.DataFrame) -> "RfmCuts":
        """Take the cut points from the customers of one snapshot, by which to score those of any other."""
        shares = np.arange(1, SCORES) / SCORES
        columns = ("recency_days", "frequency", "monetary_value")
        return cls(*(tuple(np.quantile(snapshot[name], shares).tolist()) for name in columns))

    def scores(self, snapshot: pd.DataFrame) -> pd.DataFrame:
        """`r`, `f` and `m`, 1 to 5 with 5 the best, one row per row of the snapshot. Equal values have equal scores."""
        columns = {
            "r": SCORES - np.searchsorted(self.recency, snapshot["recency_days"], side="left"),
            "f": 1 + np.searchsorted(self.frequency, snapshot["frequency"], side="left"),
            "m": 1 + np.searchsorted(self.monetary, snapshot["monetary_value"], side="left"),
        }
        return pd.DataFrame(columns, index=snapshot.index)


def name_segments(scores: pd.DataFrame) -> pd.Series:
    """The segment of each row of `r`, `f`, `m` scores."""
    value = (scores["f"] + scores["m"] + 1) // 2  # their mean, a half rounded up
    names = pd.Series("", index=scores.index, dtype="str", name="rfm_segment")
    for segment in SEGMENTS:
        names[scores["r"].between(*segment.recency) & value.between(*segment.value)] = segment.name
    return names
