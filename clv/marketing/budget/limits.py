"""The limits on spend in cells and channels, and the errors for bounds that no budget can meet."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.errors import InputError, listed, shown
from clv.marketing.budget.params import BudgetParams


@dataclass(frozen=True)
class Limits:
    """Money: `lowest` and `highest` (cells,) of each cell, `caps` (channels,) of each channel.

    `channel` (cells,) are codes, `names` are the channels; `dropped` describes, a sentence each, the bounds of cells in
    which nothing can be spent.
    """

    lowest: np.ndarray
    highest: np.ndarray
    channel: np.ndarray
    caps: np.ndarray
    names: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def members(self) -> np.ndarray:
        """Which cells belong to a channel, (channels, cells)."""
        return np.asarray(self.channel == np.arange(len(self.names))[:, None])

    def least(self) -> float:
        """The sum of the minima, money."""
        return float(self.lowest.sum())


def limits_of(cells: pd.DataFrame, params: BudgetParams, known: np.ndarray, total: float) -> Limits:
    """The limits of cells (tier, channel, customers), given the highest spend `known` (cells,) of each and the total.

    Raises `InputError` where a bound or cap names an unknown channel, or where no budget of `total` meets them all.
    """
    names = tuple(dict.fromkeys(cells["channel"]))
    _require_known(params, names)
    lowest, highest = np.zeros(len(cells)), np.minimum(known, total)
    dropped = []
    place = {cell: i for i, cell in enumerate(zip(cells["tier"], cells["channel"], strict=True))}
    for bound in params.bounds:
        i = place[bound.tier, bound.channel]
        if known[i] <= 0:
            why = "no test has spent anything there" if cells["customers"].iloc[i] > 0 else "it has no customers"
            dropped.append(f"{bound.tier} x {bound.channel}: {why}, so its bound does not count")
            continue
        if bound.min > known[i]:
            raise InputError(
                f"budget.bounds: the minimum of {bound.tier} x {bound.channel} must not exceed what was ever tried on "
                f"so many customers, {known[i]:,.2f}, got {bound.min:,.2f}; lower it, or test higher costs"
            )
        lowest[i], highest[i] = bound.min, min(highest[i], bound.max)
    caps = np.array([min(params.channel_caps.get(name, np.inf), total) for name in names])
    channel = np.array([names.index(name) for name in cells["channel"]], dtype="int64")
    limits = Limits(lowest, highest, channel, caps, names, tuple(dropped))
    require_room(limits, cells, total)
    return limits


def require_room(limits: Limits, cells: pd.DataFrame, total: float) -> None:
    """Raise `InputError` where the minima exceed the total, or the cap of their channel."""
    wanted = cells.loc[limits.lowest > 0, "tier"] + " x " + cells.loc[limits.lowest > 0, "channel"]
    least = limits.least()
    if least > total + 1e-9:
        raise InputError(
            f"budget.bounds: the minima of {listed(wanted)} must not sum to more than budget.total, {total:,.2f}, "
            f"got {least:,.2f}; lower them or raise the total"
        )
    for name, members, cap in zip(limits.names, limits.members, limits.caps, strict=True):
        needed = float(limits.lowest[members].sum())
        if needed > cap + 1e-9:
            these = [cell for cell in wanted if cell.endswith(f" x {name}")]
            raise InputError(
                f"budget.channel_caps: the cap of {name}, {cap:,.2f}, must not be less than the minima of "
                f"{listed(these)}, got {needed:,.2f}; raise the cap or lower them"
            )


def _require_known(params: BudgetParams, names: tuple[str, ...]) -> None:
    there = listed(names) or "none"
    for name in params.channel_caps:
        if name not in names:
            raise InputError(
                f"budget.channel_caps must name channels of the budget, got {shown(name)}; there are {there}; "
                f"fix or drop it"
            )
    for bound in params.bounds:
        if bound.channel not in names:
            raise InputError(
                f"budget.bounds must name channels of the budget, got {bound.tier} x {bound.channel}; there are {there}"
                f"; fix or drop it"
            )
