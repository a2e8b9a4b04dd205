"""Budgets in whole cents that keep the limits and the total exactly."""

import itertools

import numpy as np

from clv.marketing.budget.limits import Limits

UNIT = 100  # cents: budgets are whole units of money, which hides what a solver leaves open
PASSES = (UNIT, 10**18)  # a unit of each cell first, then whatever is left


def settle(budgets: np.ndarray, limits: Limits, total: float) -> np.ndarray:
    """Budgets (cells,) in whole units of money, or the cents of a limit, that keep caps and total to the cent.

    What rounding took too much goes back from the cells that it favoured most. Where the budgets were all of the total,
    or of what a cap leaves, so are the rounded ones as far as the limits of cells let them.
    """
    low = np.ceil(np.round(limits.lowest * 100, 4)).astype("int64")
    high = np.maximum(np.floor(np.round(limits.highest * 100, 4)).astype("int64"), low)
    exact = np.round(budgets * 100, 1)
    cents = np.clip(np.round(exact / UNIT).astype("int64") * UNIT, low, high)
    caps = np.floor(np.round(limits.caps * 100, 4)).astype("int64")
    all_cents = round(total * 100)
    for members, cap in [*zip(limits.members, caps, strict=True), (np.ones(len(cents), dtype="bool"), all_cents)]:
        cents = _lowered(cents, exact, low, members, int(cents[members].sum() - cap))
    full = abs(exact.sum() - all_cents) < UNIT / 2
    if full:
        cents = _raised(cents, exact, high, limits, caps, all_cents - int(cents.sum()))
    return cents / 100


def _lowered(cents: np.ndarray, exact: np.ndarray, low: np.ndarray, members: np.ndarray, excess: int) -> np.ndarray:
    for most, i in itertools.product(PASSES, np.argsort(exact - cents, kind="stable")):
        if members[i] and excess > 0:
            give = min(excess, int(cents[i] - low[i]), most)
            cents[i] -= give
            excess -= give
    return cents


def _raised(
    cents: np.ndarray, exact: np.ndarray, high: np.ndarray, limits: Limits, caps: np.ndarray, missing: int
) -> np.ndarray:
    for most, i in itertools.product(PASSES, np.argsort(cents - exact, kind="stable")):
        channel = limits.channel[i]
        room = int(caps[channel] - cents[limits.channel == channel].sum())
        take = max(min(missing, int(high[i] - cents[i]), room, most), 0)
        cents[i] += take
        missing -= take
    return cents
