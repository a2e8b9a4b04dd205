"""Runs whose horizon is over are judged by the revenue that pandas adds up; the others are not judged."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from clv.evaluation.past_runs import HISTORY, REALISED, TEXT, judge_past_runs
from clv.features.timeline import Plan, make_plan
from clv.params import load
from tests.conftest import ROOT

LAST = date(2025, 6, 30)
FIRST = date(2024, 1, 1)


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """A shop's lines: customer_id, day, amount_minor; returns among them."""
    rng = np.random.default_rng(3)
    days = pd.Timestamp(LAST) - pd.to_timedelta(rng.integers(0, 500, 3000), unit="D")
    cents = rng.integers(-900, 6000, 3000)
    return pd.DataFrame({"customer_id": rng.integers(0, 300, 3000), "day": days, "amount_minor": cents})


def plan(first_day: date = FIRST) -> Plan:
    return make_plan(first_day, LAST, load(ROOT / "params.yaml").time)


def revenue_of(lines: pd.DataFrame) -> pd.DataFrame:
    """Net revenue by first day and day, as `clv.features.revenue_days` gives it."""
    first = lines.groupby("customer_id")["day"].transform("min")
    epoch = pd.Timestamp(0)
    keys = {"part": "test", "first_day": (first - epoch).dt.days, "day": (lines["day"] - epoch).dt.days}
    rows = lines.assign(**keys, net_minor=lines["amount_minor"])
    return rows.groupby(["part", "first_day", "day"], as_index=False)["net_minor"].sum()


def history(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {name: "" if name in TEXT else 0.0 for name in HISTORY}
    common = {
        "shop": "ours",
        "data_from": str(FIRST),
        "horizon_days": 30,
        "forecast": 100.0,
        "lower_95": 50.0,
        "upper_95": 200.0,
    }
    return pd.DataFrame([plain | common | row for row in rows], columns=list(HISTORY))


def came(lines: pd.DataFrame, as_of: str, days: int) -> float:
    """In plain pandas: what the customers known as of a day spent in the `days` days after it."""
    start = pd.Timestamp(as_of)
    known = set(lines.loc[lines["day"] <= start, "customer_id"])
    after = (lines["day"] > start) & (lines["day"] <= start + pd.Timedelta(days=days))
    return float(lines.loc[after & lines["customer_id"].isin(known), "amount_minor"].sum() / 100)


def test_realised_is_what_pandas_adds_up(lines: pd.DataFrame) -> None:
    given = history({"as_of": "2024-12-31"}, {"as_of": "2025-05-31"}, {"as_of": "2025-06-01"}, {"as_of": "2025-06-29"})
    runs = judge_past_runs(given, revenue_of(lines), "ours", plan())
    assert list(runs.columns) == [*HISTORY, *REALISED]
    assert runs["over_on"].tolist() == ["2025-01-30", "2025-06-30", "2025-07-01", "2025-07-29"]
    expected = [came(lines, "2024-12-31", 30), came(lines, "2025-05-31", 30)]
    assert runs["realised"].tolist()[:2] == expected
    assert runs["realised"].isna().tolist() == [False, False, True, True], "one day of the horizon is still to come"
    assert runs["error"].tolist()[:2] == [100.0 / value - 1 for value in expected]


def test_a_total_is_inside_its_interval_or_not_or_has_none(lines: pd.DataFrame) -> None:
    total = came(lines, "2025-01-31", 30)
    given = history(
        {"as_of": "2025-01-31", "lower_95": total, "upper_95": total},
        {"as_of": "2025-01-31", "lower_95": total + 0.01, "upper_95": total + 1},
        {"as_of": "2025-01-31", "lower_95": np.nan, "upper_95": np.nan},
        {"as_of": "2025-06-15"},
    )
    runs = judge_past_runs(given, revenue_of(lines), "ours", plan())
    assert runs["inside_95"].fillna(-1).tolist() == [1.0, 0.0, -1.0, -1.0]


def test_runs_of_another_shop_are_left_out(lines: pd.DataFrame) -> None:
    given = history({"as_of": "2025-01-31"}, {"as_of": "2025-01-31", "shop": "another"})
    assert len(judge_past_runs(given, revenue_of(lines), "ours", plan())) == 1
    assert judge_past_runs(given, revenue_of(lines), "a third", plan()).empty


def test_what_a_shorter_history_cannot_know_is_not_judged(lines: pd.DataFrame) -> None:
    """Customers who bought only before the shorter history begins would be missing among those known at the run."""
    given = history({"as_of": "2025-01-31"}, {"as_of": "2025-01-31", "data_from": "2024-03-01"})
    runs = judge_past_runs(given, revenue_of(lines), "ours", plan(date(2024, 2, 1)))
    assert runs["realised"].isna().tolist() == [True, False]
    assert runs["inside_95"].isna().tolist() == [True, False]


def test_nothing_is_over_where_nothing_came(lines: pd.DataFrame) -> None:
    none = lines.iloc[:0]
    start = str(LAST - timedelta(days=40))
    runs = judge_past_runs(history({"as_of": start}), revenue_of(none), "ours", plan())
    assert runs["realised"].tolist() == [0.0]
    assert runs["error"].isna().all()
