"""Which customers moved between segments, and which fell and why."""

import numpy as np
import pandas as pd
import pytest

from clv.marketing.segments.fallen import REASONS, fallen
from clv.marketing.segments.migration import NEW, flows, migration, rank_of, then_and_now
from clv.marketing.tiers import HIGH, LOW

QUIET = {"recency_days": 20.0, "gap_mean_days": 30.0, "active_days_180d": 6.0, "spend_180d": 600.0, "return_share": 0.0}


def table(ids: list[str], tier: list[str | None], segment: list[str], value: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ids, "tier": tier, "rfm_segment": segment, "predicted_clv": value})


@pytest.fixture
def moves() -> pd.DataFrame:
    """Five customers: two stay, one falls, one had no forecast then, and one is new."""
    then = table(list("abcd"), [HIGH, LOW, HIGH, None], ["Champions", "Lost", "Loyal", "Loyal"], [90, 5, 80, np.nan])
    now = table(
        list("dcbae"), [LOW, LOW, LOW, HIGH, HIGH], ["Loyal", "Lost", "Lost", "Champions", "New"], [7, 10, 4, 95, 50]
    )
    return then_and_now(then, now)


def test_everyone_moves_once(moves: pd.DataFrame) -> None:
    rows = migration(moves, 1)
    assert rows.groupby("dimension")["customers"].sum().to_dict() == {"rfm_segment": 5, "tier": 4}
    found = rows.set_index(["dimension", "from", "to"])
    fell = found.loc[("tier", HIGH, LOW)]
    assert (fell["customers"], fell["predicted_then"], fell["predicted_now"]) == (1, 80, 10)
    new = found.loc[("rfm_segment", NEW, "New")]
    assert (new["customers"], new["predicted_now"]) == (1, 50)
    assert np.isnan(new["predicted_then"])
    assert np.isnan(found.loc[("rfm_segment", "Loyal", "Loyal"), "predicted_then"]), "no forecast then"


def test_flows_are_those_of_the_matrix(moves: pd.DataFrame) -> None:
    found = flows(migration(moves, 1)).set_index(["dimension", "segment"])
    high = found.loc[("tier", HIGH)]
    assert high[["stayed", "came", "left", "new"]].to_list() == [1, 0, 1, 1]
    assert high[["stayed_value", "left_value", "new_value"]].to_list() == [95, 80, 50]
    assert found.loc[("tier", LOW), ["stayed", "came", "left", "new"]].to_list() == [1, 1, 0, 0]


def test_small_moves_are_hidden_from_matrix_and_flows() -> None:
    n = 60
    ids = [f"{i}" for i in range(n)]
    start = ["Champions"] * 45 + ["Loyal"] * 12 + ["Lost"] * 3
    then, now = table(ids, [HIGH] * n, start, [1.0] * n), table(ids, [HIGH] * n, ["Loyal"] * n, [1.0] * n)
    rows = migration(then_and_now(then, now), 20).query("dimension == 'rfm_segment'").set_index("from")
    assert rows["suppressed"].to_dict() == {"Champions": True, "Loyal": True, "Lost": True}, "12 + 3 are too few too"
    assert rows[["customers", "predicted_then", "predicted_now"]].isna().all(axis=None)
    found = flows(rows.reset_index()).query("dimension == 'rfm_segment'").set_index("segment")
    assert found[["stayed", "came", "left", "new"]].to_numpy().sum() == 0
    more = found[["stayed_more", "came_more", "left_more", "new_more"]]
    assert more.loc[["Champions", "Loyal", "At risk"]].to_numpy().tolist() == [
        [False, False, True, False],
        [True, True, False, False],
        [False] * 4,
    ]


def test_the_number_who_were_in_a_segment_does_not_tell_a_small_move() -> None:
    paths = {
        ("Champions", "Champions"): 100,
        ("Champions", "Loyal"): 5,
        ("Loyal", "Champions"): 60,
        ("Loyal", "Loyal"): 300,
        ("Lost", "Lost"): 40,
    }
    start, end = ([path[side] for path, n in paths.items() for _ in range(n)] for side in (0, 1))
    ids = [f"{i}" for i in range(len(start))]
    ones = [1.0] * len(ids)
    then, now = table(ids, [HIGH] * len(ids), start, ones), table(ids, [HIGH] * len(ids), end, ones)
    rows = migration(then_and_now(then, now), 20).query("dimension == 'rfm_segment'").set_index(["from", "to"])
    assert rows.loc[("Champions", "Champions"), "suppressed"], "105 were there then"
    assert rows["suppressed"].sum() == 4
    assert not rows.loc[("Lost", "Lost"), "suppressed"]


def test_whom_one_cannot_lose_ranks_above_whom_is_at_risk() -> None:
    names = ["Champions", "Cannot lose them", "At risk", "Lost"]
    assert (np.diff(rank_of(pd.Series(names), "rfm_segment")) > 0).all()


def behaviour(**now: float) -> pd.DataFrame:
    """The behaviour of customer c, who fell."""
    return pd.DataFrame([{"customer_id": "c", **QUIET, **now}])


WHY: list[tuple[dict[str, float], str, str]] = [
    ({"recency_days": 200.0}, "overdue", "no order for 200 days against a usual gap of 30"),
    (
        {"gap_mean_days": np.nan, "recency_days": 50.0},
        "no second order",
        "no second order in the 50 days since the first",
    ),
    ({"return_share": 0.3}, "returns", "returned 30% of what was bought, 0% before"),
    ({"active_days_180d": 3.0}, "less often", "bought on 3 days of the last 180, on 6 of the 180 before"),
    (
        {"spend_180d": 300.0},
        "smaller orders",
        "spent 50.00 per purchase day of the last 180 days, 100.00 in the 180 before",
    ),
    ({"recency_days": 40.0}, "longer since the last order", "last order 40 days ago, 20 days before"),
    ({}, "no single change", "no single change: season, or what customers like this one do"),
]


@pytest.mark.parametrize(("now", "kind", "says"), WHY)
def test_who_fell_is_told_why(moves: pd.DataFrame, now: dict[str, float], kind: str, says: str) -> None:
    found = fallen(moves, behaviour(), behaviour(**now))
    assert found["customer_id"].to_list() == ["c"], "a rose, b stayed, d was not forecast then"
    row = found.iloc[0]
    assert (row["from"], row["to"], row["lost_value"]) == (HIGH, LOW, 70)
    assert (row["reason_kind"], row["reason"]) == (kind, says)


def test_every_reason_is_given_above() -> None:
    assert [kind for _, kind, _ in WHY] == [reason.kind for reason in REASONS]


def test_reasons_that_need_what_the_shop_lacks_are_not_given(moves: pd.DataFrame) -> None:
    bare = behaviour(recency_days=200.0)[["customer_id", "recency_days"]]
    assert fallen(moves, behaviour(), bare)["reason_kind"].to_list() == ["longer since the last order"]


def test_nobody_falls_where_nobody_was_known_before(moves: pd.DataFrame) -> None:
    none = moves.head(0)
    assert migration(none, 20).empty
    assert fallen(none, behaviour(), behaviour()).empty
    assert flows(migration(none, 20))["came"].sum() == 0


def test_who_fell_is_listed_by_lost_value() -> None:
    ids = [f"{i}" for i in range(30)]
    lost = [float(i * 7 % 30) for i in range(30)]
    then = table(ids, [HIGH] * 30, ["Loyal"] * 30, [50.0] * 30)
    moves = then_and_now(then, table(ids, [LOW] * 30, ["Loyal"] * 30, [50 - value for value in lost]))
    snapshot = pd.DataFrame([{"customer_id": i, **QUIET} for i in ids])
    found = fallen(moves, snapshot, snapshot)
    assert found["lost_value"].to_list() == sorted(lost, reverse=True)[:-1], "who lost nothing has not fallen"
