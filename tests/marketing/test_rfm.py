"""RFM scores and the segments they name."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from clv.marketing.segments.rfm import SCORES, SEGMENTS, RfmCuts, name_segments

COLUMNS = {"r": ("recency_days", -1), "f": ("frequency", 1), "m": ("monetary_value", 1)}


def test_segments_cover_every_score_exactly_once() -> None:
    cells = [
        (r, v)
        for segment in SEGMENTS
        for r in range(segment.recency[0], segment.recency[1] + 1)
        for v in range(segment.value[0], segment.value[1] + 1)
    ]
    assert len({segment.name for segment in SEGMENTS}) == 11
    assert sorted(cells) == [(r, v) for r in range(1, SCORES + 1) for v in range(1, SCORES + 1)]


def test_at_equal_recency_more_value_ranks_higher() -> None:
    for i, better in enumerate(SEGMENTS):
        for worse in SEGMENTS[:i]:
            same = max(better.recency[0], worse.recency[0]) <= min(better.recency[1], worse.recency[1])
            assert not (same and better.value[0] > worse.value[1]), f"{better.name} is ranked below {worse.name}"


def test_every_combination_of_scores_has_a_name() -> None:
    grid = pd.DataFrame([(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)], columns=list("rfm"))
    named = name_segments(grid)
    assert set(named) == {segment.name for segment in SEGMENTS}
    assert named[(grid["r"] == 5) & (grid["f"] == 5) & (grid["m"] == 5)].item() == "Champions"
    assert named[(grid["r"] == 1) & (grid["f"] == 1) & (grid["m"] == 1)].item() == "Lost"


def test_scores_come_from_the_cut_points_of_another_snapshot() -> None:
    earlier = pd.DataFrame({"recency_days": range(100), "frequency": [0] * 60 + [1] * 40, "monetary_value": range(100)})
    cuts = RfmCuts.fit(earlier)
    now = pd.DataFrame({"recency_days": [0, 1000], "frequency": [9, 0], "monetary_value": [1000, 0]})
    scores = cuts.scores(now)
    assert scores.to_numpy().tolist() == [[5, 5, 5], [1, 1, 1]]
    assert cuts.scores(earlier)["r"].value_counts().to_list() == [20] * 5


@given(
    st.lists(
        # Few values, so that most customers are tied; and an outlier.
        st.tuples(
            st.sampled_from([0, 1, 30, 900]), st.sampled_from([0, 0, 0, 1, 250]), st.sampled_from([5.0, 5.01, 9e6])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_ties_score_alike_and_better_never_scores_less(rows: list[tuple[float, float, float]]) -> None:
    snapshot = pd.DataFrame(rows, columns=[column for column, _ in COLUMNS.values()])
    scores = RfmCuts.fit(snapshot).scores(snapshot)
    for score, (column, sign) in COLUMNS.items():
        assert scores[score].between(1, SCORES).all()
        by_value = scores[score].groupby(sign * snapshot[column]).agg(["min", "max"]).sort_index()
        assert (by_value["min"] == by_value["max"]).all(), "equal values"
        assert (np.diff(by_value["min"]) >= 0).all()
    assert (name_segments(scores) != "").all()


def test_where_most_have_bought_once_they_score_lowest_and_the_frequent_still_stand_out() -> None:
    skewed = pd.DataFrame({"recency_days": 1, "frequency": [0] * 85 + [1] * 10 + [40] * 5, "monetary_value": 1.0})
    scores = RfmCuts.fit(skewed).scores(skewed)["f"]
    assert (scores[:85] == 1).all()
    assert (scores[85:] == 5).all()
