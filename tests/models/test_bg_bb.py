"""The BG/BB model against its process, and at the ends."""

import numpy as np
import pytest

from clv.models.btyd.bg_bb import BgBb, _log_likelihood

MODEL = BgBb(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    params = np.array([1.2, 0.7, 0.6, 2.8])
    rows = np.array([0.0, 1, 3, 6, 2]), np.array([0.0, 2, 4, 6, 2]), np.array([6.0, 6, 6, 6, 4])
    _, gradient = _log_likelihood(params, *rows)
    for i, step in enumerate(np.eye(4) * 1e-6):
        slope = (_log_likelihood(params + step, *rows)[0] - _log_likelihood(params - step, *rows)[0]) / 2e-6
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-5, atol=1e-7)


def test_the_likelihood_sums_to_one() -> None:
    """The sum is over all histories of six opportunities; choose(t_x - 1, x - 1) of them share their x and t_x."""
    ways = {(0, 0): 1.0}
    for t_x in range(1, 7):
        for x in range(1, t_x + 1):
            ways[x, t_x] = np.prod([(t_x - i) / i for i in range(1, x)])
    x, t_x = np.array(list(ways)).T
    assert np.exp(MODEL.log_likelihood(x, t_x, np.full(len(x), 6))) @ list(ways.values()) == pytest.approx(1)


def test_histories_and_futures_agree_with_the_process() -> None:
    rng, n, later = np.random.default_rng(1), 6, 5
    buys, drops = rng.beta(MODEL.alpha, MODEL.beta, 200_000), rng.beta(MODEL.gamma, MODEL.delta, 200_000)
    active = np.arange(n + later) < (rng.geometric(drops) - 1)[:, None]
    bought = active & (rng.random(active.shape) < buys[:, None])
    x, t_x = bought[:, :n].sum(axis=1), (bought[:, :n] * np.arange(1, n + 1)).max(axis=1)
    rows = x, t_x, np.full(len(x), n)
    for expected, seen in (
        (MODEL.p_alive(*rows), active[:, n - 1]),
        (MODEL.expected_purchases(*rows, later), bought[:, n:].sum(axis=1)),
    ):
        for count in range(n + 1):
            mine = x == count
            error = seen[mine].std() / np.sqrt(mine.sum())
            assert abs(expected[mine].mean() - seen[mine].mean()) < 4 * error + 1e-9, count


def test_a_weight_stands_for_repeated_rows() -> None:
    x, t_x, n = np.array([0, 1, 2, 4, 6, 0]), np.array([0, 1, 5, 6, 6, 0]), np.full(6, 6)
    times = np.array([30, 12, 8, 9, 11, 0])
    assert BgBb.fit(x, t_x, n, times) == BgBb.fit(*(column.repeat(times) for column in (x, t_x, n)))


@pytest.mark.parametrize(("x", "t_x", "n"), [([0], [0], [0]), ([0, 0], [0, 0], [9, 9]), ([300], [365], [365])])
def test_degenerate_shops_still_fit(x: list[int], t_x: list[int], n: list[int]) -> None:
    rows = np.array(x), np.array(t_x), np.array(n)
    model = BgBb.fit(*rows)
    for values in (model.log_likelihood(*rows), model.p_alive(*rows), model.expected_purchases(*rows, 50)):
        assert np.isfinite(values).all()
