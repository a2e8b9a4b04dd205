"""The size of the next test: against closed forms, against simulation, and where nothing can be planned."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from clv.marketing.experiments.comparison import adjust, of_means, of_shares
from clv.marketing.experiments.planning import WEEKS, behaviour, explained, plan_next, recent
from clv.marketing.experiments.power import Aim, Measure
from clv.params import Params

AIM = Aim(0.95, 0.8)
RUNS = 1500
NOISE = 4 * np.sqrt(0.8 * 0.2 / RUNS)  # four standard errors of a simulated power


def test_sizes_agree_with_the_closed_forms() -> None:
    z = norm.ppf(0.975) + norm.ppf(0.8)
    spend = Measure(50.0, 150.0, is_share=False)
    assert spend.participants(0.1, AIM)[0] == pytest.approx(2 * (z * 150 / 5) ** 2, rel=1e-3)
    share = Measure(0.2, 0.4, is_share=True)
    h = 2 * np.arcsin(np.sqrt(0.22)) - 2 * np.arcsin(np.sqrt(0.2))
    assert share.participants(0.1, AIM)[0] == np.ceil(2 * (z / h) ** 2)
    assert share.participants(0.1, AIM)[0] == pytest.approx((z / 0.02) ** 2 * (0.2 * 0.8 + 0.22 * 0.78), rel=0.01)
    treated, control = spend.participants(0.1, Aim(0.95, 0.8, 0.9))
    assert treated / control == pytest.approx(9, rel=1e-2)
    assert 1 / treated + 1 / control == pytest.approx((5 / (150 * z)) ** 2, rel=1e-3)


def test_published_sizes() -> None:
    """Cohen (1988): 64 per group for d = 0.5 and 26 for d = 0.8 at 5% and 80% (table 2.4.1)."""
    for d, n in ((0.5, 64), (0.8, 26)):
        assert Measure(1.0, 1.0, is_share=False).participants(d, AIM) == (n, n)


@given(st.booleans(), st.floats(0.05, 0.5), st.floats(0.02, 0.4), st.floats(0.2, 0.8), st.floats(0, 0.8))
def test_size_power_and_smallest_rise_undo_each_other(
    is_share: bool, mean: float, rise: float, treated_share: float, reduction: float
) -> None:
    aim = replace(AIM, treated_share=treated_share)
    sd = np.sqrt(mean * (1 - mean)) if is_share else 3 * mean
    measure = Measure(mean, sd, is_share, reduction)
    n = sum(measure.participants(rise, aim))
    assert measure.power(rise, n, aim) == pytest.approx(0.8, abs=0.02)
    assert measure.smallest_rise(n, aim) == pytest.approx(rise, rel=0.05)
    assert sum(replace(measure, explained=0.0).participants(rise, aim)) >= n
    assert sum(measure.participants(rise * 1.5, aim)) < n if measure.effect(rise * 1.5) > 0 else True


def test_a_test_of_the_planned_size_finds_the_rise_as_often_as_planned() -> None:
    rng = np.random.default_rng(0)
    aim = Aim(0.95, 0.8, 0.7)
    n, m = (int(size) for size in Measure(0.3, 0.46, is_share=True).participants(0.25, aim))
    found = [of_shares(rng.random(n) < 0.375, rng.random(m) < 0.3, 0.95).p_value <= 0.05 for _ in range(RUNS)]
    assert np.mean(found) == pytest.approx(0.8, abs=NOISE)

    # Spend: half buy nothing; a forecast explains a share r2 of the variance.
    def spend(size: int) -> tuple[np.ndarray, np.ndarray]:
        forecast = rng.gamma(2, 10, size)
        return np.where(rng.random(size) < 0.5, 0.0, 2 * forecast * rng.gamma(4, 0.25, size)), forecast

    y, x = spend(200_000)
    r2 = np.corrcoef(x, y)[0, 1] ** 2
    for used in (0.0, r2):
        n, m = (int(size) for size in Measure(y.mean(), y.std(), False, used).participants(0.3, aim))
        arm = np.repeat([1, 0], [n, m])
        found = []
        for _ in range(RUNS):
            values, forecast = spend(n + m)
            values[arm == 1] += 0.3 * y.mean()
            values = adjust(values, forecast, arm)[0] if used else values
            found.append(of_means(values[arm == 1], values[arm == 0], 0.95).p_value <= 0.05)
        assert np.mean(found) == pytest.approx(0.8, abs=NOISE + 0.01), "Welch's law is that of large arms"


@pytest.mark.parametrize(
    "measure",
    [
        Measure(0.0, 0.0, is_share=True),
        Measure(0.0, 5.0, is_share=False),
        Measure(-3.0, 5.0, is_share=False),
        Measure(float("nan"), float("nan"), is_share=False),
        Measure(0.99, 0.1, is_share=True),
        Measure(1e-6, 5.0, is_share=False),
    ],
)
def test_what_cannot_be_planned_is_not_a_number(measure: Measure) -> None:
    assert np.isnan(measure.participants(0.05, AIM)).all()


def test_tiny_tests_are_planned_without_fuss() -> None:
    assert Measure(10.0, 1.0, is_share=False).participants(5.0, AIM) == (2.0, 2.0)
    assert np.isnan(Measure(10.0, 1.0, is_share=False).power(0.1, 3, AIM))
    assert np.isnan(Measure(0.9, 0.3, is_share=True).smallest_rise(8, AIM)), "a share does not rise above 1"


def lines(*bought: tuple[str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(bought, columns=["customer_id", "order_ts", "amount_minor"])
    return frame.assign(order_ts=pd.to_datetime(frame["order_ts"], format="ISO8601"))


def test_behaviour_is_that_of_who_was_known_before_the_window() -> None:
    bought = lines(
        ("b", "2024-01-10 23:59", 500),
        ("a", "2024-01-01", 100),
        ("a", "2024-01-11 00:00", 200),
        ("a", "2024-01-20 23:59", -50),
        ("b", "2024-01-21", 999),
        ("new", "2024-01-15", 700),
    )
    seen = recent(bought, date(2024, 1, 20), 10)
    assert seen["customer_id"].tolist() == ["a", "b"]
    assert seen["revenue"].tolist() == [1.5, 0.0]
    assert seen["purchased"].tolist() == [True, False]
    other = behaviour(pd.Series(["new", "nobody"]), bought, date(2024, 1, 10), 10)
    assert other["revenue"].tolist() == [7.0, 0.0]


def test_what_a_forecast_explains_is_measured_in_the_window() -> None:
    rng = np.random.default_rng(0)
    ids = [f"c{i}" for i in range(500)]
    forecast = rng.gamma(2, 1000, 500)
    cents = (forecast * rng.gamma(3, 1 / 3, 500)).astype("int64")
    bought = lines(*((c, "2024-01-05", int(a)) for c, a in zip(ids, cents, strict=True)))
    late = lines(*((c, "2024-03-05", int(a)) for c, a in zip(ids, rng.permutation(cents) * 50, strict=True)))
    forecasts = pd.DataFrame({"customer_id": ids, "predicted_clv": forecast, "p_purchase": 0.5})
    seen = forecasts.join(behaviour(forecasts["customer_id"], pd.concat([bought, late]), date(2023, 12, 31), 30))
    found = explained(seen)
    assert found == {"revenue": pytest.approx(np.corrcoef(forecast, cents)[0, 1] ** 2)}
    assert explained(pd.DataFrame(columns=["customer_id"])) == {}, "there is no backtest"


def test_the_table_of_the_next_test(project_params: Params) -> None:
    rng = np.random.default_rng(0)
    seen = pd.DataFrame({"purchased": rng.random(5000) < 0.3})
    seen["revenue"] = np.where(seen["purchased"], rng.gamma(2, 30, 5000), 0.0)
    params = replace(project_params.experiment, next=replace(project_params.experiment.next, lift=0.3))
    table = plan_next(seen, {"revenue": 0.4}, params, 60)
    assert table[["outcome", "with_forecast"]].values.tolist() == [
        ["purchased", False],
        ["revenue", False],
        ["revenue", True],
    ]
    plain, better = table.iloc[1], table.iloc[2]
    assert better["participants"] == pytest.approx(0.6 * plain["participants"], rel=0.02)
    assert plain["duration_days"] == np.ceil(plain["participants"] / 200) + 60
    assert (table["enough_customers"] == (table["participants"] <= 5000)).all()
    power = table[[f"power_{weeks}_weeks" for weeks in WEEKS]].to_numpy()
    assert (np.diff(power, axis=1) >= 0).all()
    assert power[:, 2] == pytest.approx(
        [
            Measure(r["baseline"], r["sd"], r["outcome"] == "purchased", r["variance_reduction"]).power(0.3, 5000, AIM)
            for r in table.to_dict("records")
        ]
    ), "no more than all customers can take part"
    for few in (seen.head(0), seen.head(1), seen.assign(purchased=False, revenue=0.0)):
        assert plan_next(few, {}, params, 60)[["treated", "duration_days", "power_8_weeks"]].isna().all(axis=None)
