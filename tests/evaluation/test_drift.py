"""Distances of samples against hand and scipy, and a table that separates drift from an aging customer base."""

import time
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.evaluation.distance import FLOOR, ks, psi
from clv.evaluation.drift import TARGET_COLUMN, at_equal_tenure, drift_table, recommendation
from clv.evaluation.params import DriftLimits
from clv.evaluation.recalibration import Factor
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.snapshot import make_snapshots
from tests.conftest import clean_tables

LIMITS = DriftLimits(psi_watch=0.1, psi_drifted=0.25, ks_watch=0.1, ks_drifted=0.2)
NUMBERS = st.lists(st.one_of(st.integers(-20, 20).map(float), st.just(0.0), st.just(np.nan)), min_size=1, max_size=80)


def test_the_index_of_two_categories() -> None:
    reference, other = pd.Series(["a"] * 6 + ["b"] * 4), pd.Series(["a"] * 3 + ["b"] * 7)
    expected = (0.3 - 0.6) * np.log(0.3 / 0.6) + (0.7 - 0.4) * np.log(0.7 / 0.4)
    assert psi(reference, other) == pytest.approx(expected)
    assert psi(other, reference) == pytest.approx(expected), "with the same bins it is symmetric"


def test_the_index_of_numbers_is_by_tenths_of_the_reference() -> None:
    other = np.concatenate([np.arange(10), np.arange(90)])  # the first tenth twice, the last not at all
    expected = (0.2 - 0.1) * np.log(0.2 / 0.1) + (FLOOR - 0.1) * np.log(FLOOR / 0.1)
    assert psi(np.arange(100), other) == pytest.approx(expected)


def test_a_mass_point_is_a_bin_of_its_own() -> None:
    """Half the reference is 0. Values that rise from 0 to a little more have moved, however small the step."""
    reference = np.concatenate([np.zeros(50), np.arange(1, 51)])
    other = np.where(reference == 0, 0.5, reference)
    expected = (FLOOR - 0.5) * np.log(FLOOR / 0.5) + (0.5 - FLOOR) * np.log(0.5 / FLOOR)
    assert psi(reference, other) == pytest.approx(expected, rel=1e-3)
    assert psi(np.zeros(9), np.zeros(4)) == 0


def test_missing_values_are_a_bin() -> None:
    reference, other = np.array([1.0] * 10), np.array([1.0] * 5 + [np.nan] * 5)
    expected = (0.5 - 1) * np.log(0.5) + (0.5 - FLOOR) * np.log(0.5 / FLOOR)
    assert psi(reference, other) == pytest.approx(expected)
    assert psi(pd.Series(["a"] * 10), pd.Series(["a"] * 5 + [None] * 5)) == pytest.approx(expected)
    assert ks(reference, other) == 0
    assert np.isnan(ks(reference, np.array([np.nan])))
    assert np.isnan(psi(reference, np.array([])))
    assert np.isnan(ks(pd.Series(["a"]), pd.Series(["b"])))


@given(NUMBERS, NUMBERS)
def test_the_index_is_0_of_equals_and_sees_order_alone(a: list[float], b: list[float]) -> None:
    reference, other = np.array(a), np.array(b)
    got = psi(reference, other)
    assert 0 <= got < np.inf
    assert psi(reference, reference) == 0
    assert psi(reference, np.random.default_rng(0).permutation(reference)) == 0
    assert psi(np.exp(reference / 5), np.exp(other / 5)) == pytest.approx(got, abs=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # from scipy's p-value
@given(NUMBERS, NUMBERS)
def test_the_distance_is_that_of_scipy(a: list[float], b: list[float]) -> None:
    got = ks(np.array(a), np.array(b))
    kept = [np.array(values)[~np.isnan(values)] for values in (a, b)]
    if min(map(len, kept)) == 0:
        assert np.isnan(got)
    else:
        assert 0 <= got <= 1
        assert got == pytest.approx(ks_2samp(*kept, method="asymp").statistic, abs=1e-12)
        assert got == pytest.approx(ks(np.array(b), np.array(a)), abs=1e-12)


def aged(days: int, seed: int) -> pd.DataFrame:
    """Customers who came evenly over `days` days: spend grows with tenure, and nothing else changes."""
    rng = np.random.default_rng(seed)
    tenure = rng.integers(0, days, 4000).astype("float64")
    return pd.DataFrame(
        {
            "tenure_days": tenure,
            "net_revenue": tenure * rng.gamma(2.0, 1.0, 4000),
            "price": rng.gamma(5.0, 2.0, 4000),
            "channel": rng.choice(["ads", "search"], 4000),
        }
    )


@pytest.fixture
def samples() -> dict[str, pd.DataFrame]:
    return {"training": aged(400, 1), "test": aged(700, 2), "current": aged(900, 3)}


def test_a_base_that_grows_older_has_not_drifted(samples: dict[str, pd.DataFrame]) -> None:
    table = drift_table(samples, LIMITS).set_index("column")
    assert (table["psi_training_current"][["tenure_days", "net_revenue"]] > 0.25).all()
    assert (table["psi_equal_tenure"] < 0.05).all()
    assert (table["status"] == "stable").all()


def test_a_jump_has(samples: dict[str, pd.DataFrame]) -> None:
    samples["current"] = samples["current"].assign(price=samples["current"]["price"] * 1.4, channel="ads")
    table = drift_table(samples, LIMITS)
    assert table["column"].to_list()[:2] == ["channel", "price"], "the worst come first"
    assert table["status"].to_list() == ["drifted", "drifted", "stable", "stable"]
    assert (table["status_before"] == "stable").all()
    assert table["psi_test_current"][1] == pytest.approx(psi(samples["test"]["price"], samples["current"]["price"]))
    assert table["ks_training_test"][1] == pytest.approx(ks(samples["training"]["price"], samples["test"]["price"]))


def test_a_jump_before_the_test_was_there_before(samples: dict[str, pd.DataFrame]) -> None:
    for name in ("test", "current"):
        samples[name] = samples[name].assign(price=samples[name]["price"] * 1.4)
    first = drift_table(samples, LIMITS).iloc[0]
    assert (first["column"], first["status"], first["status_before"]) == ("price", "drifted", "drifted")


def test_the_target_of_today_is_not_known(samples: dict[str, pd.DataFrame]) -> None:
    """The target is judged by test against training. A feature that is missing today has drifted."""
    for name, factor in (("training", 1.0), ("test", 2.0), ("current", np.nan)):
        samples[name] = samples[name].assign(
            target=samples[name]["price"] * factor, price=1.0 if name != "current" else np.nan
        )
    table = drift_table(samples, LIMITS).set_index("column")
    assert table.loc[TARGET_COLUMN, ["psi_training_current", "psi_test_current", "ks_test_current"]].isna().all()
    assert table.loc[TARGET_COLUMN, "status"] == "drifted"
    assert table.loc["price", "status"] == "drifted"
    assert table.loc["price", "status_before"] == "stable"


def test_samples_may_be_absent(samples: dict[str, pd.DataFrame]) -> None:
    alone = drift_table({"current": samples["current"]}, LIMITS)
    assert alone["status"].isna().all()
    assert alone["psi_test_current"].isna().all()
    two = drift_table({"test": samples["test"], "current": samples["current"]}, LIMITS)
    assert (two["status"] == "stable").all()
    assert two["status_before"].isna().all()
    assert two["psi_training_test"].isna().all()


def test_equal_tenure_is_equal(samples: dict[str, pd.DataFrame]) -> None:
    kept = at_equal_tenure(samples)
    shares = [
        np.bincount((frame["tenure_days"] // 30).astype(int), minlength=31) / len(frame) for frame in kept.values()
    ]
    assert np.ptp(shares, axis=0).max() < 0.002
    assert min(map(len, kept.values())) > 1000
    together = {"test": samples["test"].head(50), "current": samples["current"]}
    assert at_equal_tenure(together) == {}, "too few to conclude anything"


def test_of_two_ways_the_milder_counts(samples: dict[str, pd.DataFrame]) -> None:
    """Customers with tenures that no other cutoff has cannot be matched: the table falls back on the plain distance."""
    samples["current"] = samples["current"].assign(tenure_days=samples["current"]["tenure_days"] + 1000)
    table = drift_table(samples, LIMITS).set_index("column")
    assert table["psi_equal_tenure"].isna().all()
    assert table.loc["tenure_days", "status"] == "drifted"
    assert table.loc["price", "status"] == "stable"
    assert "growing older counts as drift here" in recommendation(table.reset_index(), Factor(1.0, 0.9, 1.1), 0.05)


def test_the_recommendation_says_what_moved_and_what_to_do(samples: dict[str, pd.DataFrame]) -> None:
    calm = drift_table(samples, LIMITS)
    samples["current"] = samples["current"].assign(price=samples["current"]["price"] * 1.4)
    moved = drift_table(samples, LIMITS)
    holds, jumped = Factor(1.03, 1.01, 1.05), Factor(1.4, 1.3, 1.5)
    assert "No column drifted" in recommendation(calm, holds, 0.05)
    assert recommendation(calm, holds, 0.05).endswith(": nothing to do.")
    assert "any window may be off by 5%, so the level holds" in recommendation(calm, holds, 0.05)
    assert "the level is not shown to be wrong" in recommendation(calm, Factor(1.03, 0.99, 1.05), 0.05)
    assert "1.40 times the forecast (1.30 to 1.50): multiply" in recommendation(calm, jumped, 0.05)
    assert "One column drifted since the backtest (price)" in recommendation(moved, holds, 0.05)
    assert "retrain" in recommendation(moved, holds, 0.05)
    assert "multiply" in recommendation(calm, holds, 0.02), "a smaller tolerance"
    assert "multiply" not in recommendation(calm, Factor(1.4, 0.9, 1.9), 0.05), "not distinguished from 1"
    nothing = recommendation(calm, Factor(float("nan"), float("nan"), float("nan")), 0.05)
    assert "nan" not in nothing
    assert "cannot show" in nothing, "nobody bought"


def test_the_recommendation_adds_up_with_the_table() -> None:
    before = ["stable", "drifted", "drifted", "watch", "stable", "drifted", "stable"]
    now = ["drifted", "drifted", "drifted", "watch", "watch", "watch", "stable"]
    table = pd.DataFrame({"column": list("abcdefg"), "status": now, "status_before": before, "psi_equal_tenure": 0.1})
    said = recommendation(table, Factor(1.0, 0.9, 1.1), 0.05)
    assert "One column drifted since the backtest (a), 2 had drifted when it was judged, 3 are to watch: check" in said


def test_the_drift_world_says_so(small_world: SyntheticParams) -> None:
    """Spend per order jumps by 40% after the test cutoff: columns of prices and spend move, and only then."""
    last, horizon = date(2024, 11, 30), 120
    cutoffs = {"training": date(2024, 4, 4), "test": date(2024, 8, 2), "current": last}
    params = replace(
        small_world,
        default=replace(small_world.default, n_customers=2500, experiment_share=0.0),  # a test moves spend too
        drift=replace(small_world.drift, date=date(2024, 8, 3)),
    )
    found = {}
    for world in ("default", "drift"):
        tables = make_world(replace(params, world=world), 7, horizon).tables
        snapshots = make_snapshots(clean_tables(tables), list(cutoffs.values()), last, horizon)
        samples = {
            name: snapshots[cutoff].drop(columns=[CUSTOMER, TARGET_ORDERS]).rename(columns={TARGET: TARGET_COLUMN})
            for name, cutoff in cutoffs.items()
        }
        found[world] = drift_table(samples, LIMITS).set_index("column")
    prices = ["unit_price_mean_180d", "order_value_trend_180d", "spend_90d", "spend_180d", "net_revenue_last_horizon"]
    assert (found["drift"].loc[prices, "status"] != "stable").all()
    assert (found["default"].loc[prices, "status"] == "stable").all()
    moved = {world: table["status"] != "stable" for world, table in found.items()}
    assert not (moved["default"] & ~moved["drift"]).any()
    assert moved["default"].mean() < 0.15, "the base ages, which is no drift"


def test_it_is_fast() -> None:
    rng = np.random.default_rng(0)
    columns = [f"x{i}" for i in range(115)]
    samples = {
        name: pd.DataFrame(rng.normal(size=(rows, 115)), columns=columns).assign(
            tenure_days=rng.integers(0, days, rows)
        )
        for name, rows, days in (("training", 60_000, 600), ("test", 16_000, 900), ("current", 20_000, 1095))
    }
    began = time.process_time()
    drift_table(samples, LIMITS)
    assert time.process_time() - began < 6, "twice what it takes on two slow cores"
