"""The number of orders is corrected in line with the correction of the value."""

import numpy as np
import pytest

from clv.models.calibration.order_counts import Orders

ALIKE = np.zeros((20_000, 3), dtype="int64")


def base(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Expected orders, factors on the value, and the random generator."""
    rng = np.random.default_rng(seed)
    return rng.lognormal(0, 0.5, len(ALIKE)), rng.lognormal(0, 0.8, len(ALIKE)), rng


@pytest.mark.parametrize("power", [0.0, 0.6, 1.0])
def test_the_power_is_found(power: float) -> None:
    expected, factor, rng = base(1)
    orders = rng.poisson(expected * factor**power).astype("float64")
    found = Orders.fit(expected, factor, ALIKE, orders)
    assert found.power == pytest.approx(power, abs=0.03)
    made = found.apply(expected, factor, ALIKE)
    low = factor < 0.5
    assert made[low].sum() / made.sum() == pytest.approx(orders[low].sum() / orders.sum(), rel=0.06)


def test_a_level_that_is_off_does_not_change_the_power() -> None:
    expected, factor, rng = base(2)
    orders = rng.poisson(expected * factor**0.6).astype("float64")
    assert Orders.fit(3 * expected, factor, ALIKE, orders).power == pytest.approx(
        Orders.fit(expected, factor, ALIKE, orders).power, abs=1e-3
    )


def test_groups_are_corrected_beside_it() -> None:
    expected, factor, rng = base(3)
    cells = ALIKE.copy()
    cells[:, 0] = rng.integers(0, 2, len(cells))
    orders = rng.poisson(expected * factor**0.5 * np.where(cells[:, 0] == 1, 1.6, 1.0)).astype("float64")
    made = Orders.fit(expected, factor, cells, orders).apply(expected, factor, cells)
    rows = cells[:, 0] == 1
    assert (
        0.54 < made[rows].sum() / made.sum() < orders[rows].sum() / orders.sum() == pytest.approx(1.6 / 2.6, abs=0.02)
    )


def test_no_orders_teach_nothing() -> None:
    expected, factor, _ = base(4)
    none = Orders.fit(expected, factor, ALIKE, np.zeros(len(ALIKE)))
    assert none.apply(expected, np.ones(len(factor)), ALIKE) == pytest.approx(expected)
    assert Orders.plain().apply(expected, factor, ALIKE) == pytest.approx(expected)


def test_orders_survive_json() -> None:
    expected, factor, rng = base(5)
    found = Orders.fit(expected, factor, ALIKE, rng.poisson(expected).astype("float64"))
    assert Orders.from_dict(found.to_dict()) == found
