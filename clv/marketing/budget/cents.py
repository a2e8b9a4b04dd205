"""Budgets in whole cents that meet the limits and the total exactly."""

import itertools

import numpy as np

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.budget.limits import Limits

WHOLE = 100  # cents: budgets of a solver are rounded to whole units of money, which hides its imprecision
CENT, WHATEVER = 1, 10**18


def settle(budgets: np.ndarray, limits: Limits, total: float, unit: int = WHOLE) -> np.ndarray:
    """Budgets (cells,) in multiples of `unit` cents, or at a limit, that meet the caps and the total to the cent.

    Money that rounding added in excess is taken back from the cells that gained most by it. Where the budgets used all
    of the total, or of a cap, so do the rounded ones, as far as the limits of cells allow.
    """
    low = np.ceil(np.round(limits.lowest * MINOR_PER_UNIT, 4)).astype("int64")
    high = np.maximum(np.floor(np.round(limits.highest * MINOR_PER_UNIT, 4)).astype("int64"), low)
    exact = np.round(budgets * MINOR_PER_UNIT, 1)
    cents = np.clip(np.round(exact / unit).astype("int64") * unit, low, high)
    caps = np.floor(np.round(limits.caps * MINOR_PER_UNIT, 4)).astype("int64")
    all_cents = round(total * MINOR_PER_UNIT)
    for members, cap in [*zip(limits.members, caps, strict=True), (np.ones(len(cents), dtype="bool"), all_cents)]:
        cents = _lowered(cents, exact, low, members, int(cents[members].sum() - cap), unit)
    for members, cap in [*zip(limits.members, caps, strict=True), (np.ones(len(cents), dtype="bool"), all_cents)]:
        if abs(exact[members].sum() - cap) < WHOLE / 2:
            missing = min(cap - cents[members].sum(), all_cents - cents.sum())
            cents = _raised(cents, exact, np.where(members, high, 0), limits, caps, int(missing), unit)
    return cents / MINOR_PER_UNIT


def _lowered(
    cents: np.ndarray, exact: np.ndarray, low: np.ndarray, members: np.ndarray, excess: int, unit: int
) -> np.ndarray:
    """Take an excess from members, first one unit from each, then the rest."""
    for most, i in itertools.product((unit, WHATEVER), np.argsort(exact - cents, kind="stable")):
        if members[i] and excess > 0:
            give = min(excess, int(cents[i] - low[i]), most)
            cents[i] -= give
            excess -= give
    return cents


def _raised(
    cents: np.ndarray, exact: np.ndarray, high: np.ndarray, limits: Limits, caps: np.ndarray, missing: int, unit: int
) -> np.ndarray:
    for most, i in itertools.product((unit, WHATEVER), np.argsort(cents - exact, kind="stable")):
        channel = limits.channel[i]
        room = int(caps[channel] - cents[limits.channel == channel].sum())
        take = max(min(missing, int(high[i] - cents[i]), room, most), 0)
        cents[i] += take
        missing -= take
    return cents
