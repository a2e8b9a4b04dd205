"""The posterior of the default shop against simulations that use none of its formulas."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from clv.data.world import catalogue
from clv.data.world.customers import dropout_scale
from clv.data.world.params import ShopParams, SyntheticParams
from clv.data.world.posterior import expected_sales
from clv.data.world.seen_history import SeenHistory
from clv.data.world.shop_calendar import YEAR, Calendar, make_calendar
from clv.data.world.spending import Spending
from clv.data.world.truth import expected_orders

FIRST, HORIZON, DRAWS = 400, 90, 1_000_000
# Days of the orders, and days of touches with their log odds that the customer had dropped out.
HISTORIES: dict[str, tuple[list[int], dict[float, float]]] = {
    "once, long ago": ([150], {}),
    "once, yesterday": ([399], {}),
    "a habit": ([230, 262, 290, 325, 354, 383], {}),
    "a burst, then silence": ([250, 262, 285, 310], {}),
    "twice in a day": ([330, 330, 331, 360], {}),
    "silent, reads no e-mail": ([200, 260, 310], {100.4: 3.0, 330.4: 0.35, 350.4: 0.35, 370.4: 0.35, 390.4: 0.35}),
    "silent, reads e-mails": ([200, 260, 310], {330.4: 0.35, 350.4: -1.5, 370.4: 0.35, 390.4: -2.5}),
}


@pytest.fixture(scope="module")
def plain(small_world: SyntheticParams) -> ShopParams:
    """A shop where every order is worth 1."""
    same_price = {"value_sigma": 0.0, "price_growth_per_year": 0.0, "discount_share": 0.0, "return_share": 0.0}
    return replace(small_world.default, regularity=2.5, orders_per_year=8.0, lifetime_days=300, **same_price)


def history_of(names: list[str], arm: int) -> SeenHistory:
    """One customer for each name of HISTORIES; the sources of later customers have a higher quality."""
    n = len(names)
    orders = [(i, day, day + 0.8, 1.0) for i, name in enumerate(names) for day in HISTORIES[name][0]]
    touches = [(i, time, odds) for i, name in enumerate(names) for time, odds in HISTORIES[name][1].items()]
    quality = np.linspace(0.8, 1.4, n)
    return SeenHistory(
        first=FIRST,
        quality=quality,
        rate_factor=np.sqrt(quality),
        country_level=np.ones(n),
        arm=np.full(n, arm),
        orders=pd.DataFrame(orders, columns=["customer", "day", "time", "net"]),
        lines=pd.DataFrame(),
        touches=pd.DataFrame(touches, columns=["customer", "time", "log_odds"]),
    )


def simulated(
    params: ShopParams, calendar: Calendar, history: SeenHistory, customer: int, name: str
) -> tuple[float, float]:
    """Mean future orders of a customer, and the standard error: latents and futures are drawn, weighted by the past."""
    rng = np.random.default_rng(customer)
    elapsed, quality = calendar.elapsed[history.arm[customer]], history.quality[customer]
    days = np.arange(len(elapsed))
    k = 1 + rng.binomial(3, (params.regularity - 1) / 3, DRAWS)
    rate = rng.gamma(params.rate_shape, params.orders_per_year / params.rate_shape, DRAWS) / YEAR * np.sqrt(quality)
    times = np.sort(np.array(HISTORIES[name][0]) + rng.random((DRAWS, len(HISTORIES[name][0]))), axis=1)
    dropout_rate = rng.gamma(params.lifetime_shape, 1.0, DRAWS) / dropout_scale(params) / quality
    dropout = times[:, 0] + rng.exponential(1.0, DRAWS) / dropout_rate
    log_weight = np.zeros(DRAWS)
    operational = np.interp(times, days, elapsed)
    for gap in np.diff(operational, axis=1).T:
        log_weight += gamma.logpdf(gap, k, scale=1 / (k * rate))
    for time, odds in HISTORIES[name][1].items():
        log_weight += np.where(dropout <= time, odds, 0.0)
    at = operational[:, -1] + rng.gamma(k) / (k * rate)
    reached = np.interp(at, elapsed, days, right=np.inf)
    seen = (dropout > times[:, -1]) & (reached > np.minimum(dropout, FIRST))
    k, rate, dropout, at, reached = (values[seen] for values in (k, rate, dropout, at, reached))
    weight = np.exp(log_weight[seen] - log_weight[seen].max())
    count = np.zeros(len(k))
    while (inside := reached < np.minimum(dropout, FIRST + HORIZON)).any():
        count += inside
        at = at + rng.gamma(k) / (k * rate)
        reached = np.interp(at, elapsed, days, right=np.inf)
    mean = float(np.average(count, weights=weight))
    return mean, float(np.sqrt((weight**2 * (count - mean) ** 2).sum()) / weight.sum())


@pytest.mark.parametrize("arm", [0, 3])
def test_orders_ahead_are_those_of_simulated_customers_with_this_past(plain: ShopParams, arm: int) -> None:
    params = replace(plain, experiment_start=plain.start + timedelta(days=300))
    calendar = make_calendar(params, 7, params.n_days)
    names = list(HISTORIES)
    history, ones = history_of(names, arm), np.ones(len(names))
    ahead = expected_sales(params, calendar, history, Spending(ones, 0 * ones, ones), HORIZON)
    for i, name in enumerate(names):
        mean, error = simulated(params, calendar, history, i, name)
        assert error < 0.04 * mean, f"{name}: the simulation is too small"
        assert abs(ahead[i] - mean) < 3.5 * error + 0.004 * mean, f"{name}: {ahead[i]:.4f}, not {mean:.4f}"


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_a_gap_that_has_begun_ends_sooner(k: int) -> None:
    rng = np.random.default_rng(k)
    phase = np.arange(1.0, k + 1) / np.arange(1.0, k + 1).sum()
    begun = rng.choice(k, 200_000, p=phase)
    for events in (0.3, 2.0, 7.5):
        seen = (begun + rng.poisson(events, 200_000)) // k
        expected = expected_orders(k, np.array([events]), phase[:, None])[0]
        assert expected == pytest.approx(seen.mean(), abs=4 * seen.std() / 447)


@pytest.mark.parametrize("rho", [-0.6, 0.3])
def test_levels_are_those_of_simulated_customers_with_these_prices(plain: ShopParams, rho: float) -> None:
    params = replace(plain, value_sigma=0.5, value_rate_correlation=rho)
    rng = np.random.default_rng(3)
    rate = rng.gamma(params.rate_shape, 1.0, DRAWS)
    normal = (np.log(rate) - np.log(rate).mean()) / np.log(rate).std()
    level = np.exp(0.5 * (rho * normal + np.sqrt(1 - rho**2) * rng.standard_normal(DRAWS)))
    lines, seen = np.array([1, 6]), np.array([0.8, -0.5])
    spend = Spending(lines, seen, np.ones(2))
    log_likelihood, expected = spend.given_rate(params, np.broadcast_to(rate, (2, DRAWS)))
    for i in range(2):
        weight = np.exp(-((seen[i] - np.log(level)) ** 2) / (2 * catalogue.PRICE_NOISE**2 / lines[i]))
        for values in (np.ones(DRAWS), rate):  # the mean of the level, and of the level times the rate
            truth = np.average(level * values, weights=weight)
            error = np.sqrt((weight**2 * (level * values - truth) ** 2).sum()) / weight.sum()
            given = np.average(expected[i] * values, weights=np.exp(log_likelihood[i]))
            assert given == pytest.approx(truth, abs=5 * error)
