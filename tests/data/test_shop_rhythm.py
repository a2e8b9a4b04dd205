"""Closures of the whole shop, and customers with a rhythm."""

import numpy as np
import pandas as pd
import pytest

from clv.data import shop_rhythm
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning


def shop(customer: np.ndarray, day: np.ndarray) -> BoughtDays:
    frame = pd.DataFrame(
        {
            "customer_id": [f"k{number}" for number in customer],
            "order_ts": pd.Timestamp("2022-01-01") + pd.to_timedelta(day, "D"),
            "amount": 10.0,
        }
    )
    return BoughtDays.of(clean_table("transactions", frame, Cleaning(time_zone="UTC")))


def at_random(seed: int, customers: int = 200, days: int = 700, rate: float = 0.015) -> tuple[np.ndarray, np.ndarray]:
    """Poisson purchases of customers who never leave."""
    bought = np.random.default_rng(seed).random((customers, days)) < rate
    return np.nonzero(bought)


def test_a_closure_of_the_shop_is_named_with_its_days() -> None:
    customer, day = at_random(1)
    open_ = (day < 300) | (day > 400)
    [finding] = shop_rhythm.examine(shop(customer[open_], day[open_]))
    assert (finding.about, finding.flagged) == ("history", True)
    assert finding.text.startswith("nothing was sold from 2022-10-28 to 2023-02-05, 101 days")


@pytest.mark.parametrize("seed", range(5))
def test_an_open_shop_with_customers_at_random_has_nothing_to_flag(seed: int) -> None:
    assert shop_rhythm.examine(shop(*at_random(seed))) == []


def test_a_small_shop_that_sells_rarely_was_not_closed() -> None:
    assert shop_rhythm.examine(shop(*at_random(2, customers=5, rate=0.004))) == []


@pytest.mark.parametrize("interval", [30, 90])
def test_subscribers_are_recognised(interval: int) -> None:
    rng = np.random.default_rng(4)
    start, n = rng.integers(0, interval, 150), rng.integers(2, 700 // interval, 150)
    customer = np.repeat(np.arange(150), n)
    day = np.concatenate([s + interval * np.arange(k) + rng.integers(-1, 2, k) for s, k in zip(start, n, strict=True)])
    [finding] = shop_rhythm.examine(shop(customer, day.clip(0)))
    assert f"of {interval} days in the median" in finding.text
    assert finding.about == "rhythm"
    assert finding.remedy.startswith("use predicted_clv, p_purchase and expected_orders")
    assert finding.remedy.index("p_alive") > finding.remedy.index("calibrated")


def test_a_few_regular_customers_are_no_rhythm_of_the_shop() -> None:
    customer, day = at_random(3, customers=100)
    few = np.repeat(np.arange(100, 110), 20)
    assert shop_rhythm.examine(shop(np.append(customer, few), np.append(day, np.tile(30 * np.arange(20), 10)))) == []
