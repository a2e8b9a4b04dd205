"""The distribution of a customer's revenue: against closed forms, against independent draws and against the process."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from clv.models.btyd import predictive
from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.draws import MOST, N_SUMS, Draws, Sums
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.predictive import NODE, Evidence, revenue_quantiles
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.rounding import round_significant, significant
from tests.models.processes import BG, MODELS, PARETO, history, simulate

models = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)

SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
SHARES = (0.05, 0.5, 0.9, 0.95, 0.99)
DRAWS = Draws.make(20_000, 3, SPEND.p)

# x, t_x and T of customers, in weeks, and the mean value of their x + 1 orders.
ROWS = [[0, 0, 40, 30], [0, 0, 3, 11.77], [1, 5, 40, 73], [2, 30.43, 38.86, 30], [7, 29, 39, 5], [26, 30.86, 31, 99]]
X, T_X, T, MEAN = np.array(ROWS, dtype="float64").T
EVIDENCE = Evidence(X, T_X, T, X + 1, MEAN)


def independent(model: PurchaseModel, i: int, t: float, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of customer i's revenue within t, (n_draws,), independent of the draws of `clv.models.btyd.draws`."""
    x, t_x, T, n_orders, mean = (column[i] for column in EVIDENCE)
    time, last = np.full(n_draws, t), np.full(n_draws, np.inf)
    if isinstance(model, ParetoNbd):
        time = np.minimum(rng.exponential(1 / rng.gamma(model.s, 1 / (model.beta + T), n_draws)), t)
    else:
        last = rng.geometric(rng.beta(model.a, model.b + x + (not isinstance(model, BgNbd)), n_draws))
    orders = np.minimum(rng.poisson(rng.gamma(model.r + x, 1 / (model.alpha + T), n_draws) * time), last)
    orders = orders * (rng.random(n_draws) < model.p_alive(np.array([x]), np.array([t_x]), np.array([T])))
    nu = rng.gamma(SPEND.q + SPEND.p * n_orders, 1 / (SPEND.v + n_orders * mean), n_draws)
    return rng.standard_gamma(SPEND.p * orders) / nu


def draws_of_active(model: PurchaseModel, t: Any, draws: Draws) -> np.ndarray:
    """Draws of the revenue within t of the customers above if they are active, (n_draws, n)."""
    orders = model.active(X, T).draw(np.broadcast_to(np.asarray(t, dtype="float64"), X.shape), draws)
    return SPEND.draw_spend(X + 1, orders, draws) * SPEND.unit(X + 1, MEAN)


@models
def test_means_and_zeros_follow_the_closed_forms(model: PurchaseModel) -> None:
    t, p_alive = np.array([0.5, 39, 52, 52, 200, 20]), model.p_alive(X, T_X, T)
    revenue = draws_of_active(model, t, DRAWS)
    error = 4 / np.sqrt(len(revenue))
    expected = model.expected_purchases(X, T_X, T, t) * SPEND.expected_spend(X + 1, MEAN)
    assert (np.abs(p_alive * revenue.mean(axis=0) - expected) < error * p_alive * revenue.std(axis=0)).all()
    p = model.p_purchase(X, T_X, T, t) / p_alive
    assert (np.abs((revenue > 0).mean(axis=0) - p) < error * np.sqrt(p * (1 - p)) + 1e-4).all()


@models
def test_quantiles_are_ranks_among_the_active(model: PurchaseModel) -> None:
    """T is at a node, so nothing is interpolated. The chance of being gone is that share of draws of 0."""
    n_draws, t = 999, 52.0
    at = model.active(np.zeros(1), np.zeros(1)).rate * np.expm1(np.floor(np.log1p(T / model.alpha) / NODE) * NODE)
    known = EVIDENCE._replace(T=at, t_x=np.minimum(T_X, at))
    draws = Draws.make(n_draws, 5, SPEND.p)
    revenue = SPEND.draw_spend(X + 1, model.active(X, at).draw(np.full(len(X), t), draws), draws)
    ordered = np.insert(np.sort(revenue * SPEND.unit(X + 1, MEAN), axis=0), 0, 0.0, axis=0)
    shares = (0.1, 0.5, 0.95)
    found = revenue_quantiles(model, SPEND, known, t, shares, n_draws, 5)
    p_alive = model.p_alive(X, known.t_x, at)
    for share, quantiles in zip(shares, found, strict=True):
        ranks = (share - (1 - p_alive)) / p_alive * (n_draws + 1)
        expected = [np.interp(rank, np.arange(n_draws + 1), ordered[:, i]) for i, rank in enumerate(ranks)]
        np.testing.assert_allclose(quantiles, expected, rtol=1e-5)
    assert (found == 0).any()
    assert (found > 0).any()


@models
def test_quantiles_are_those_of_independent_draws(model: PurchaseModel) -> None:
    n_draws, rng = 10_000, np.random.default_rng(11)
    found = revenue_quantiles(model, SPEND, EVIDENCE, 52.0, SHARES, n_draws, 5)
    for i in range(len(X)):
        drawn = independent(model, i, 52.0, 100_000, rng)
        for share, quantile in zip(SHARES, found[:, i], strict=True):
            error = 4 * np.sqrt(share * (1 - share) * (1 / n_draws + 1 / len(drawn)))
            assert (drawn <= quantile).mean() > share - error
            assert (drawn < quantile).mean() < share + error


@pytest.mark.parametrize("seed", [1, 2])
def test_upper_quantiles_hold_what_they_promise(seed: int) -> None:
    """Customers simulated event by event. Where a quantile is 0, revenue exceeds it less often than promised."""
    rng = np.random.default_rng(seed)
    world = simulate(PARETO, rng.integers(1, 53, 20_000).astype(float), 52.0, rng)
    x, t_x, T = history(world)
    nu = rng.gamma(SPEND.q, 1 / SPEND.v, len(x))
    mean = rng.standard_gamma(SPEND.p * (x + 1)) / nu / (x + 1)
    later = rng.standard_gamma(SPEND.p * world["later"].to_numpy()) / nu
    shares = (0.75, 0.9, 0.95, 0.99)
    found = revenue_quantiles(PARETO, SPEND, Evidence(x, t_x, T, x + 1, mean), 52.0, shares, 2_000, seed)
    for share, quantile in zip(shares, found, strict=True):
        for rows in (quantile > 0, (quantile > 0) & (x == 0), (quantile > 0) & (x > 0)):
            error = 4 * np.sqrt(share * (1 - share) * (1 / 2_000 + 1 / rows.sum()))
            assert abs((later[rows] <= quantile[rows]).mean() - share) < error


@models
def test_a_customer_is_forecast_alike_in_any_company(model: PurchaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    n, n_draws, rng = 5_000, 200, np.random.default_rng(4)
    x, t_x, T = history(simulate(model, rng.uniform(0, 104, n), 0.0, rng))
    mean = rng.gamma(6, 6, n)

    def forecast(rows: Any) -> np.ndarray:
        known = Evidence(*(column[rows] for column in (x, t_x, T, x + 1, mean)))
        return revenue_quantiles(model, SPEND, known, 52.0, SHARES, n_draws, 0)

    whole = forecast(slice(None))
    monkeypatch.setattr(predictive, "AT_ONCE", 70 * n_draws)  # about a seventh of the kinds of customers
    assert (forecast(slice(None)) == whole).all()
    shuffled = rng.permutation(n)
    assert (forecast(shuffled) == whole[:, shuffled]).all()
    for rows in (slice(3_000, 3_500), *(slice(i, i + 1) for i in (0, 17, n - 1, int(x.argmax())))):
        assert (forecast(rows) == whole[:, rows]).all()


def test_the_seed_decides() -> None:
    def forecast(seed: int) -> np.ndarray:
        return revenue_quantiles(PARETO, SPEND, EVIDENCE, 52.0, SHARES, 500, seed)

    assert (forecast(1) == forecast(1)).all()
    assert (forecast(1)[3:] != forecast(2)[3:]).all()


@models
def test_extremes_stay_finite(model: PurchaseModel) -> None:
    """No time, no orders, thousands of orders, customers long gone, and no customers at all; there is no warning."""
    x = np.array([0.0, 0, 5_000, 5_000, 5_000, 30])
    t_x = np.array([0.0, 0, 50, 1, 5_000, 1])
    T = np.array([0.0, 520, 50, 520, 5_000, 520])
    mean = np.array([np.nan, 1e-4, 1e9, 30, 30, 30])
    evidence = Evidence(x, t_x, T, np.array([0.0, 1, 5_001, 5_001, 1, 31]), mean)
    assert (revenue_quantiles(model, SPEND, evidence, 0.0, SHARES, 300, 0) == 0).all()
    found = revenue_quantiles(model, SPEND, evidence, 520.0, SHARES, 300, 0)
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found[-1, [3, 5]] == 0).all()
    assert found[-1, 2] > 0
    none = Evidence(*(np.empty(0),) * 5)
    assert revenue_quantiles(model, SPEND, none, 52.0, SHARES, 300, 0).shape == (len(SHARES), 0)


def test_many_orders_agree_with_independent_draws() -> None:
    """A wholesaler has hundreds of orders, more than the sums that are kept."""
    known = Evidence(*np.array([[300.0], [50], [50], [301], [30]]))
    found = revenue_quantiles(BG, SPEND, known, 60.0, SHARES, 10_000, 5)[:, 0]
    rng = np.random.default_rng(2)
    orders = rng.poisson(rng.gamma(BG.r + 300, 60 / (BG.alpha + 50), 100_000))
    orders = np.minimum(orders, rng.geometric(rng.beta(BG.a, BG.b + 300, 100_000)))
    nu = rng.gamma(SPEND.q + SPEND.p * 301, 1 / (SPEND.v + 301 * 30), 100_000)
    drawn = rng.standard_gamma(SPEND.p * orders) / nu
    np.testing.assert_allclose([(drawn <= quantile).mean() for quantile in found], SHARES, atol=0.015)


@pytest.mark.parametrize("mean", [0.3, 12, 0.99 * MOST, 1.01 * MOST, 1e5])
def test_counts_are_poisson(mean: float) -> None:
    counts = DRAWS.arrivals.count(np.full((20_000, 1), mean))[:, 0]
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 20_000)
    for share in (0.01, 0.2, 0.5, 0.8, 0.99):
        k = stats.poisson.ppf(share, mean)
        assert abs((counts <= k).mean() - stats.poisson.cdf(k, mean)) < 0.013


@pytest.mark.parametrize("shape", [0.1, 6.25, 400])
@pytest.mark.parametrize("count", [1, 20, N_SUMS, N_SUMS + 1, 10_000])
def test_totals_are_gamma(shape: float, count: int) -> None:
    sums = Sums.make(shape, 5_000, np.random.default_rng(6))
    total = sums.total(np.full((5_000, 1), count))[:, 0]
    assert stats.kstest(total, stats.gamma(shape * count).cdf).statistic < 1.95 / np.sqrt(5_000)  # p = 0.001


def test_rounding_an_array_is_rounding_its_values() -> None:
    values = np.random.default_rng(1).normal(size=2_000) * 10.0 ** np.arange(-10, 10).repeat(100)
    values[:6] = 0, 999_999.5, 1e-9, 1_000, -123_456.7, 9.999_999_9
    assert (round_significant(values, 6) == [significant(value, 6) for value in values]).all()
