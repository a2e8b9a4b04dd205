"""The estimate from aggregates: it differs from the batch's forecast, and refuses contradictory figures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv import paths
from clv.machine import Machine
from clv.models.btyd.basis import Basis
from clv.models.forecaster import Forecaster
from clv.serving.aggregates import LOOKED_AT, Aggregates, estimate, estimates
from clv.serving.refused import RefusedError

GOOD = Aggregates(orders=3, spend=100.0, days_since_first=200, days_since_last=20, average_order=33.33)


@pytest.fixture(scope="module")
def model(release_root: Path) -> Forecaster:
    return Forecaster.load(release_root / paths.TODAY_MODEL, Machine(1))


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("days_since_last", {"days_since_last": 201}),
        ("orders", {"orders": 0}),
        ("orders", {"orders": -1}),
        ("days_since_last", {"orders": 1, "average_order": None}),
        ("days_since_last", {"days_since_last": 200}),
        ("orders", {"orders": 182, "average_order": None}),
        ("average_order", {"average_order": 33.32}),
        ("average_order", {"average_order": 100.0}),
        ("average_order", {"average_order": float("nan")}),
        ("spend", {"spend": float("nan")}),
        ("spend", {"spend": float("inf")}),
        ("spend", {"spend": 0.0}),
        ("spend", {"spend": -100.0}),
        ("spend", {"spend": 1e10}),
        ("spend", {"spend": "100"}),
        ("days_since_first", {"days_since_first": -1}),
        ("days_since_first", {"days_since_first": 20.5}),
        ("days_since_last", {"days_since_last": True}),
    ],
)
def test_contradictions_are_refused_with_the_field(field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=rf"^{field} .*got .*; correct it$") as refused:
        replace(GOOD, **changed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"orders": 1, "average_order": None},
            "days_since_first, which is 200, as there is only one order, got 20;",
        ),
        (
            {"days_since_last": 200},
            "less than days_since_first, which is 200, as there are several orders, got 200;",
        ),
        ({"orders": 182, "average_order": None}, "must be at most 181, the days from the first to the last, got 182;"),
    ],
)
def test_a_contradiction_names_what_was_given(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        replace(GOOD, **changed)


def test_limits_of_what_fits_together(model: Forecaster) -> None:
    for fits in ({"orders": 181, "average_order": None}, {"average_order": 33.34}, {"spend": 99.98}):
        replace(GOOD, **fits)
    Aggregates(1, 0.01, 0, 0)
    most = (model.btyd.cutoff - model.btyd.cutoff.replace(year=1990, month=1, day=1)).days
    estimate(model, replace(GOOD, days_since_first=most))
    with pytest.raises(RefusedError, match=f"days_since_first must be at most {most}, as dates begin with 1990-01-01"):
        estimate(model, replace(GOOD, days_since_first=most + 1))


def test_it_is_the_batchs_buy_till_you_die_forecast_at_its_level_in_its_season(
    model: Forecaster, release_root: Path
) -> None:
    as_of = model.btyd.cutoff
    snapshot = pd.read_parquet(release_root / paths.snapshot(str(as_of)))
    found = estimates(model, snapshot)
    features = model.features_of(snapshot)
    np.testing.assert_array_equal(found["estimated_clv"], model.predict_btyd(features))
    np.testing.assert_array_equal(found["estimated_p_alive"], features["btyd_p_alive"])
    for level, wider in ((90, 95), (95, 99)):
        assert (found[f"estimated_lower_{level}"] <= found["estimated_clv"]).all()
        assert (found[f"estimated_upper_{level}"] >= found["estimated_clv"]).all()
        assert (found[f"estimated_upper_{level}"] <= found[f"estimated_upper_{wider}"]).all()
    row = snapshot.iloc[7]
    given = Aggregates(
        int(row["frequency"]) + 1,
        round(float(row["monetary_value"] * (row["frequency"] + 1)), 2),
        int(row["tenure_days"]),
        int(row["recency_days"]),
    )
    one = estimate(model, given)
    assert one["estimated_clv"] == pytest.approx(found["estimated_clv"].iloc[7], abs=0.01)


def test_it_never_has_the_name_of_the_batchs_number(model: Forecaster) -> None:
    one = estimate(model, GOOD)
    assert one["method"] == "aggregate"
    assert set(one["not_used"]) == set(model.features) - set(LOOKED_AT)
    assert all(name.startswith("estimated_") for name in set(one) - {"method", "not_used", "not_known"})


def test_where_nobody_came_back_there_are_no_bounds(model: Forecaster) -> None:
    unknown = replace(model, btyd=replace(model.btyd, basis=Basis(600, 0, 700, 0.9)))
    one = estimate(unknown, GOOD)
    assert one["estimated_clv"] == estimate(model, GOOD)["estimated_clv"]
    assert [name for name, value in one.items() if value is None] == [
        f"estimated_{side}_{level}" for level in (90, 95, 99) for side in ("lower", "upper")
    ]
    assert "who comes back" in one["not_known"][0]
