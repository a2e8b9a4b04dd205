"""Each model of purchases against its process, its published formulas, and other ways to compute the same."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.draws import Draws
from clv.models.btyd.mbg_nbd import MbgNbd
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.btyd.purchases import PURCHASE_MODELS
from tests.models.processes import BG, MBG, MODELS, PARETO, history, simulate

models = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)

# x, t_x and T of customers, in weeks.
X, T_X, T = np.array([[0, 0, 40], [0, 0, 3], [1, 5, 40], [2, 30.43, 38.86], [7, 29.43, 38.86], [26, 30.86, 31]]).T


def test_the_registry_names_them() -> None:
    assert {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd} == PURCHASE_MODELS


@models
@pytest.mark.parametrize("factors", [(1, 1, 1, 1), (3, 0.2, 2, 3), (0.3, 4, 0.2, 0.1)])
def test_the_gradient_is_that_of_the_likelihood(model: PurchaseModel, factors: tuple[float, ...]) -> None:
    params = np.array(list(vars(model).values())) * factors
    _, gradient = model.likelihood(params, X, T_X, T)
    for i, step in enumerate(np.diag(params * 1e-6)):
        above, below = (model.likelihood(params + sign * step, X, T_X, T)[0] for sign in (1, -1))
        np.testing.assert_allclose(gradient[i], (above - below) / (2 * step[i]), rtol=1e-5, atol=1e-7)


@models
def test_histories_and_futures_agree_with_the_process(model: PurchaseModel) -> None:
    t, rate, until = 30.0, 0.05, 300.0
    rng = np.random.default_rng(3)
    world = simulate(model, np.round(rng.uniform(20, 40, 60_000)), t, rng, rate, until)
    for x, rows in world.groupby(world["x"].clip(upper=4)):
        past, later = history(rows), rows["later"]
        for expected, seen in (
            (model.p_alive(*past), rows["alive"]),
            (model.expected_purchases(*past, t), later),
            (model.p_purchase(*past, t), (later > 0).astype(float)),
            (model.p_purchases(0, *past, t), (later == 0).astype(float)),
            (model.p_purchases(1, *past, t), (later == 1).astype(float)),
            (model.p_purchases(4, *past, t), (later == 4).astype(float)),
            (model.discounted_purchases(*past, rate), rows["discounted"]),
        ):
            assert abs(expected.mean() - seen.mean()) < 4 * seen.std() / np.sqrt(len(seen)) + 1e-9, f"x = {x}"


@models
def test_a_new_customer_agrees_with_the_process(model: PurchaseModel) -> None:
    world = simulate(model, np.full(60_000, 39.0), 0.0, np.random.default_rng(5))
    error = 4 / np.sqrt(len(world))
    assert abs(model.expected_purchases_of_new(39.0) - world["x"].mean()) < error * world["x"].std()
    for n in (0, 1, 3, 10):
        share = (world["x"] == n).mean()
        assert abs(model.p_purchases_of_new(n, 39.0) - share) < error * np.sqrt(share)
    several = model.expected_purchases_of_new(np.array([13.0, 39]))
    assert several[1] == pytest.approx(model.expected_purchases_of_new(39.0))
    assert several[1] > several[0]


@models
@pytest.mark.parametrize("t", [0.0, 0.1, 39.0])
def test_probabilities_sum_to_one_and_to_the_mean(model: PurchaseModel, t: float) -> None:
    p = np.array([model.p_purchases(n, X, T_X, T, t) for n in range(400)])
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-8)
    np.testing.assert_allclose(np.arange(400) @ p, model.expected_purchases(X, T_X, T, t), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(1 - p[0], model.p_purchase(X, T_X, T, t), atol=1e-12)


@models
def test_draws_follow_the_closed_forms(model: PurchaseModel) -> None:
    alive = np.random.default_rng(9).random((20_000, 1)) < model.p_alive(X, T_X, T)
    draws = alive * model.active(X, T).draw(np.full(len(X), 39.0), Draws.make(20_000, 8, 1.0))
    assert draws.shape == (20_000, len(X))
    assert draws.dtype == np.int64
    error = 4 / np.sqrt(20_000)
    assert (np.abs(draws.mean(axis=0) - model.expected_purchases(X, T_X, T, 39.0)) < error * draws.std(axis=0)).all()
    for n in (0, 1, 5):
        p = model.p_purchases(n, X, T_X, T, 39.0)
        assert (np.abs((draws == n).mean(axis=0) - p) <= error * np.sqrt(p) + 1e-4).all()


@models
@pytest.mark.parametrize("rate", [0.0027, 0.5])
def test_discounting_integrates_the_purchases(model: PurchaseModel, rate: float) -> None:
    """DERT = rate * int exp(-rate t) E[X(T, T + t)] dt: the definition, integrated by parts."""
    found = model.discounted_purchases(X, T_X, T, rate)
    for i in range(len(X)):
        row = X[i : i + 1], T_X[i : i + 1], T[i : i + 1]

        def of_log_time(u: float, row: tuple[np.ndarray, ...] = row) -> float:
            t = np.exp(u)
            return float(rate * t * np.exp(-rate * t) * model.expected_purchases(*row, t)[0])

        assert found[i] == pytest.approx(quad(of_log_time, -12, np.log(40 / rate), limit=200)[0], rel=1e-6)


@models
def test_discounting_needs_a_rate(model: PurchaseModel) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        model.discounted_purchases(X, T_X, T, 0.0)


@models
def test_a_weight_stands_for_repeated_rows(model: PurchaseModel) -> None:
    world = simulate(model, np.full(500, 40.0), 0.0, np.random.default_rng(2))
    times = np.random.default_rng(3).integers(0, 4, len(world))
    repeated = tuple(column.repeat(times) for column in history(world))
    by_weight = type(model).fit(*history(world), weight=times)
    assert by_weight == type(model).fit(*repeated)
    errors = by_weight.standard_errors(*history(world), weight=times)
    np.testing.assert_allclose(errors, by_weight.standard_errors(*repeated), rtol=1e-6)


@models
def test_the_unit_of_time_does_not_matter(model: PurchaseModel) -> None:
    x, t_x, T = history(simulate(model, np.full(3_000, 40.0), 0.0, np.random.default_rng(6)))
    weeks, days = type(model).fit(x, t_x, T), type(model).fit(x, 7 * t_x, 7 * T)
    factors = np.where(model.TIMES, 7, 1)
    np.testing.assert_allclose(list(vars(days).values()), list(vars(weeks).values()) * factors, rtol=1e-5)
    np.testing.assert_allclose(
        days.discounted_purchases(x, 7 * t_x, 7 * T, 0.01 / 7), weeks.discounted_purchases(x, t_x, T, 0.01), rtol=1e-4
    )


@models
def test_many_rows_are_fitted_and_forecast_as_few(model: PurchaseModel) -> None:
    """Beyond a few thousand rows, each distinct history is computed once, and the search starts on coarse histories."""
    x, t_x, T = history(simulate(model, np.full(6_000, 40.0), 0.0, np.random.default_rng(9)))
    fitted = type(model).fit(x, t_x, T)
    params = np.array(list(vars(fitted).values()))
    slope = fitted.likelihood(params, x, t_x, T)[1].sum(axis=1) * fitted.standard_errors(x, t_x, T)
    assert (np.abs(slope) < 2e-3).all(), "not at the peak, in standard errors"
    some = slice(5_000, 5_040)
    for whole, part in (
        (model.expected_purchases(x, t_x, T, 39.0), model.expected_purchases(x[some], t_x[some], T[some], 39.0)),
        (model.p_alive(x, t_x, T), model.p_alive(x[some], t_x[some], T[some])),
        (model.discounted_purchases(x, t_x, T, 0.01), model.discounted_purchases(x[some], t_x[some], T[some], 0.01)),
    ):
        np.testing.assert_allclose(whole[some], part, rtol=1e-12)


def test_horizons_may_differ_between_customers() -> None:
    for model in MODELS:
        both = model.expected_purchases(X, T_X, T, np.array([[13.0], [39.0]]))
        np.testing.assert_allclose(both[1], model.expected_purchases(X, T_X, T, 39.0), rtol=1e-12)
        each = model.p_purchase(X, T_X, T, np.arange(6.0))
        assert each[3] == pytest.approx(model.p_purchase(X, T_X, T, 3.0)[3])
        assert each[0] == 0


def test_the_published_formulas_of_bg_and_mbg() -> None:
    """Fader, Hardie and Lee (2005), eq. 10; Wagner and Hoppe (2008)."""
    t = 39.0
    for model, b in ((BG, BG.b + X), (MBG, MBG.b + X + 1)):
        z = t / (model.alpha + T + t)
        rest = (1 - z) ** (model.r + X) * hyp2f1(model.r + X, b, model.a + b - 1, z)
        published = (model.a + b - 1) / (model.a - 1) * (1 - rest) * model.p_alive(X, T_X, T)
        np.testing.assert_allclose(model.expected_purchases(X, T_X, T, t), published, rtol=1e-7)


def test_the_published_likelihood_of_pareto() -> None:
    """Fader and Hardie (2005), eq. 18 to 20, at beta >= alpha."""
    r, alpha, s, beta = vars(PARETO).values()
    total = r + s + X

    def term(time: np.ndarray) -> np.ndarray:
        return hyp2f1(total, r + X, total + 1, (beta - alpha) / (beta + time)) / (beta + time) ** total

    active = (alpha + T) ** -(r + X) * (beta + T) ** -s
    dead = s / total * (term(T_X) - term(T))
    published = gammaln(r + X) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(active + dead)
    np.testing.assert_allclose(PARETO.log_likelihood(X, T_X, T), published, rtol=1e-9)


@pytest.mark.parametrize("name", PURCHASE_MODELS)
def test_corners_stay_finite(name: str) -> None:
    """Parameters at the limits of a fit, and histories of all lengths; there is no warning."""
    x = np.array([0.0, 0, 0, 1, 1, 1, 5, 200, 5000, 5000])
    t_x = np.array([0.0, 0, 0, 0.001, 1e-9, 20_000, 1, 38, 5000, 1])
    T = np.array([0.0, 1, 20_000, 0.002, 20_000, 20_000, 20_000, 40, 20_000, 20_000])
    unit = np.where(PURCHASE_MODELS[name].TIMES, 400, 1)
    draws = Draws.make(5, 0, 1.0)
    for corner in itertools.product((-7, 0, 7), repeat=4):
        model = PURCHASE_MODELS[name](*(np.exp(corner) * unit))
        assert np.isfinite(model.log_likelihood(x, t_x, T)).all()
        for t in (0.0, 1e-6, 3650.0):
            shares = model.p_alive(x, t_x, T), *(model.p_purchases(n, x, t_x, T, t) for n in (0, 1, 50))
            assert all(((p >= 0) & (p <= 1 + 1e-12)).all() for p in shares)
            most = (model.r + x) / (model.alpha + T)
            expected = model.expected_purchases(x, t_x, T, t)
            assert ((expected >= 0) & (expected <= most * t * (1 + 1e-9))).all()
            assert (model.active(x, T).draw(np.full(len(x), t), draws) >= 0).all()
        for rate in (1e-9, 1.0):
            discounted = model.discounted_purchases(x, t_x, T, rate)
            assert ((discounted >= 0) & (discounted <= most / rate * (1 + 1e-9))).all()


@pytest.mark.parametrize("name", PURCHASE_MODELS)
@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [
        ([0.0], [0.0], [100.0]),
        ([0.0] * 50, [0.0] * 50, [100.0] * 50),
        ([3.0] * 50, [90.0] * 50, [100.0] * 50),
        ([0.0], [0.0], [0.0]),
        ([2000.0], [365.0], [365.0]),
        ([1.0, 0], [5.0, 0], [5.0, 0]),
    ],
)
def test_degenerate_shops_still_fit(name: str, x: list[float], t_x: list[float], T: list[float]) -> None:
    past = np.array(x), np.array(t_x), np.array(T)
    model = PURCHASE_MODELS[name].fit(*past)
    for values in (
        np.array(list(vars(model).values())),
        model.p_alive(*past),
        model.expected_purchases(*past, 365.0),
        model.p_purchases(2, *past, 365.0),
        model.discounted_purchases(*past, 0.0003),
    ):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    model.standard_errors(*past)
