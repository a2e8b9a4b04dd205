"""The Bayes forecast is right on average in every group, better than others, and blind to the future."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from clv.data.cleaning import Cleaning, clean_table
from clv.data.schema import expected_column
from clv.data.world import catalogue
from clv.data.world.params import SyntheticParams
from clv.data.world.seen_history import read_history
from clv.data.world.shop_calendar import make_calendar
from clv.data.world.spending import summarise
from clv.data.world.worlds import make_world
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.latent import latent_forecast
from clv.evaluation.ranks import decile_of

SEED, HORIZON = 5, 120
TIMES = {"transactions": "order_ts", "touches": "touch_ts", "experiments": "assigned_ts"}
Tables = dict[str, pd.DataFrame]


def cutoff_of(params: SyntheticParams) -> date:
    chosen = params.cdnow_like if params.world == "cdnow_like" else params.default
    return chosen.start + timedelta(days=chosen.n_days - 1 - HORIZON)


def drawn(params: SyntheticParams) -> tuple[Tables, pd.DataFrame]:
    """The clean tables of a shop; and for the customers known at its cutoff: id, truth, and the spend after it."""
    world, cutoff = make_world(params, SEED, HORIZON), cutoff_of(params)
    tables = {name: clean_table(name, raw, Cleaning(time_zone="UTC")).clean for name, raw in world.tables.items()}
    known = world.truth.loc[world.truth[expected_column(cutoff)].notna(), "customer_id"].reset_index(drop=True)
    lines = tables["transactions"]
    later = lines[lines["order_ts"] >= pd.Timestamp(cutoff + timedelta(days=1))]
    spent = later.groupby("customer_id")["amount_minor"].sum().reindex(pd.Index(known), fill_value=0) / 100
    truth = latent_forecast(world.truth, known, cutoff)
    return tables, pd.DataFrame({"customer_id": known, "truth": truth, "spent": spent.to_numpy()})


def forecast(params: SyntheticParams, tables: Tables, ids: pd.Series, **others: float) -> np.ndarray:
    """The Bayes forecast under other parameters of the default shop."""
    believed = replace(params, default=replace(params.default, **others))
    return bayes_forecast(believed, SEED, tables, ids, cutoff_of(params), HORIZON)


@pytest.fixture(scope="module")
def shop(small_world: SyntheticParams) -> SyntheticParams:
    """A default shop with 15,000 customers: regular buyers, returns, a test of all, spend correlated with rate."""
    default = replace(
        small_world.default,
        n_customers=15_000,
        regularity=2.5,
        return_share=0.15,
        experiment_share=1.0,
        experiment_lift=2.0,
        experiment_start=date(2024, 6, 1),
        value_rate_correlation=0.5,
    )
    return replace(small_world, default=default, cdnow_like=replace(small_world.cdnow_like, n_customers=20_000))


@pytest.fixture(scope="module")
def default(shop: SyntheticParams) -> tuple[Tables, pd.DataFrame]:
    return drawn(shop)


@pytest.fixture(scope="module")
def right(shop: SyntheticParams, default: tuple[Tables, pd.DataFrame]) -> np.ndarray:
    tables, known = default
    return forecast(shop, tables, known["customer_id"])


@pytest.mark.parametrize("name", ["default", "experiment ahead", "drift", "closure", "boom", "cdnow_like"])
def test_it_is_right_on_average_in_every_tenth(shop: SyntheticParams, name: str) -> None:
    params = replace(shop, world="default" if name == "experiment ahead" else name)
    if name == "experiment ahead":
        params = replace(params, default=replace(params.default, experiment_start=date(2024, 8, 20)))
    tables, known = drawn(params)
    f = bayes_forecast(params, SEED, tables, known["customer_id"], cutoff_of(params), HORIZON)
    tenth = decile_of(f)
    assert len(known) > (9_000 if name == "closure" else 10_000), "nobody first comes to a closed shop"
    for seen, slack in ((known["spent"], 0.0), (known["truth"], 0.02)):  # the truth does not know past returns
        error = seen.to_numpy() - f
        assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(f)) + slack * f.mean()
        tilt = error * (f - f.mean())  # 0 on average where the regression on the forecast has slope 1
        assert abs(tilt.mean()) < 3 * tilt.std() / np.sqrt(len(f)) + slack * f.var()
        for group in range(1, 9):  # almost no customer buys in the last two
            inside = error[tenth == group]
            limit = 4 * inside.std() / np.sqrt(len(inside)) + slack * f[tenth == group].mean()
            assert abs(inside.mean()) < limit, f"tenth {group}"


BELIEFS = {
    "rate": {"orders_per_year": 2.5},
    "regularity": {"regularity": 1.0},
    "lifetime": {"lifetime_days": 1500.0},
    "lifetimes": {"lifetime_shape": 0.3},
    "levels": {"value_sigma": 0.05},
    "returns": {"return_share": 0.0},
    "experiment": {"experiment_lift": 0.0},
    "correlation": {"value_rate_correlation": -0.5},
}


@pytest.mark.parametrize("belief", BELIEFS)
def test_who_believes_in_another_shop_forecasts_worse(
    shop: SyntheticParams, default: tuple[Tables, pd.DataFrame], right: np.ndarray, belief: str
) -> None:
    tables, known = default
    wrong = forecast(shop, tables, known["customer_id"], **BELIEFS[belief])
    assert clearly_worse(known["spent"], wrong, right)
    assert not clearly_worse(known["spent"], right, wrong)


@pytest.mark.parametrize("unread", ["touches", "experiments"])
def test_all_that_was_seen_helps(
    shop: SyntheticParams, default: tuple[Tables, pd.DataFrame], right: np.ndarray, unread: str
) -> None:
    tables, known = default
    blind = forecast(shop, tables | {unread: tables[unread].iloc[:0]}, known["customer_id"])
    assert clearly_worse(known["spent"], blind, right)


def clearly_worse(spent: pd.Series, f: np.ndarray, than: np.ndarray) -> bool:
    """Whether squared errors are larger by two standard errors. The weights depend on the history alone, which is fair:
    the Bayes forecast is best under any of them. They keep a few customers from deciding."""
    y = spent.to_numpy()
    more = ((f - y) ** 2 - (than - y) ** 2) / (than + than.mean() / 2)
    return bool(more.mean() > 2 * more.std() / np.sqrt(len(more)))


@pytest.mark.parametrize("world", ["default", "drift", "cdnow_like"])
def test_it_looks_at_nothing_after_the_cutoff(small_world: SyntheticParams, world: str) -> None:
    default = replace(small_world.default, experiment_start=cutoff_of(small_world) + timedelta(days=1))
    params = replace(small_world, world=world, default=default)
    tables, known = drawn(params)
    after = {
        name: tables[name][time] >= pd.Timestamp(cutoff_of(params) + timedelta(days=1)) for name, time in TIMES.items()
    }
    assert after["transactions"].sum() > 300
    rng = np.random.default_rng(0)
    scrambled, cut = dict(tables), dict(tables)
    for name, later in after.items():
        cut[name] = tables[name][~later]
        mixed = tables[name].copy()
        for column in mixed.columns.drop(TIMES[name]):
            mixed.loc[later, column] = rng.permutation(mixed.loc[later, column])
        scrambled[name] = mixed.sample(frac=1.0, random_state=0)
    ids = known["customer_id"]
    expected = forecast(params, tables, ids)
    assert (expected > 0).mean() > 0.9
    np.testing.assert_array_equal(forecast(params, cut, ids), expected)
    np.testing.assert_allclose(forecast(params, scrambled, ids), expected, rtol=1e-9, atol=1e-9)


def test_customers_stand_for_themselves(
    shop: SyntheticParams, default: tuple[Tables, pd.DataFrame], right: np.ndarray
) -> None:
    tables, known = default
    some = known["customer_id"].sample(700, random_state=1).reset_index(drop=True)
    expected = pd.Series(right, index=known["customer_id"])
    asked = pd.concat([some, pd.Series(["nobody"])], ignore_index=True)
    given = forecast(shop, tables, asked)
    np.testing.assert_allclose(given[:-1], expected[some], rtol=1e-9, atol=1e-9)
    assert np.isnan(given[-1])
    nobody = bayes_forecast(shop, SEED, tables, some, shop.default.start - timedelta(days=9), HORIZON)
    assert np.isnan(nobody).all()


def test_what_lines_tell_of_spend_is_right_on_average(small_world: SyntheticParams) -> None:
    level = {"n_customers": 10_000, "value_sigma": 0.1, "value_rate_correlation": 0.0}
    params = replace(small_world, default=replace(small_world.default, **level))
    tables, known = drawn(params)
    start, world = params.default.start, make_world(params, SEED, HORIZON)
    history, _ = read_history(tables, known["customer_id"], start, cutoff_of(params))
    spend = summarise(params.default, make_calendar(params.default, SEED, 900), history)
    for factor in catalogue.COUNTRY_LEVEL:
        levels = spend.log_level[history.country_level == factor]
        assert abs(levels.mean()) < 4 * levels.std() / np.sqrt(len(levels)), f"countries at {factor}"
    truth = world.truth.set_index("customer_id")["order_value"].reindex(pd.Index(known["customer_id"])).to_numpy()
    error = truth / history.country_level - spend.value / history.country_level * np.exp(0.1**2 / 2)
    tilt = error * (spend.value / history.country_level - truth.mean())
    for moment in (error, tilt):
        assert abs(moment.mean()) < 3 * moment.std() / np.sqrt(len(moment))
    eco = history.lines.groupby("customer")["is_eco"].mean().to_numpy()
    favourites = [
        (history.lines["category"] == code).groupby(history.lines["customer"]).mean().to_numpy() > 0.4
        for code in range(len(catalogue.CATEGORIES))
    ]
    for group in (eco == 0, (eco > 0) & (eco < 0.5), eco >= 0.5, *favourites):
        assert group.sum() > 100
        assert abs(error[group].mean()) < 3.5 * error[group].std() / np.sqrt(group.sum())


def test_in_the_cdnow_like_shop_every_order_tells_of_spend(small_world: SyntheticParams) -> None:
    params = replace(small_world, world="cdnow_like")
    world, rng = params.cdnow_like, np.random.default_rng(0)
    rate = rng.gamma(world.q, 1 / world.v, 1_000_000)
    forecasts, means = [], []
    for amounts in ([90.0, 70.0], [10.0, 20.0]):
        times = pd.Timestamp(world.start) + pd.to_timedelta([3.5, 40.5], unit="D")
        cents = [round(100 * amount) for amount in amounts]
        orders = pd.DataFrame({"customer_id": "C1", "order_ts": times, "amount_minor": cents})
        forecasts.append(forecast(params, {"transactions": orders}, pd.Series(["C1"]))[0])
        weight = np.prod([gamma.pdf(amount, world.p, scale=1 / rate) for amount in amounts], axis=0)
        means.append(np.average(world.p / rate, weights=weight))
    assert forecasts[0] / forecasts[1] == pytest.approx(means[0] / means[1], rel=0.03)


def test_a_shop_without_touches_and_experiments_is_a_shop(small_world: SyntheticParams) -> None:
    """Clean tables without rows lack their optional columns."""
    quiet = replace(small_world.default, emails_per_year=0.0, ads_per_year=0.0, experiment_share=0.0)
    params = replace(small_world, default=quiet)
    tables, known = drawn(params)
    assert tables["touches"].empty
    assert tables["experiments"].empty
    f = bayes_forecast(params, SEED, tables, known["customer_id"], cutoff_of(params), HORIZON)
    assert f.sum() == pytest.approx(known["truth"].sum(), rel=0.1)
