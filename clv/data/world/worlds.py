"""The synthetic shops by name."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from clv.data.schema import TABLES, expected_column, names
from clv.data.world.cdnow_like import make_cdnow_like
from clv.data.world.default_shop import make_shop
from clv.data.world.params import SyntheticParams
from clv.data.world.truth import Window


@dataclass(frozen=True)
class World:
    """The raw tables of a shop, in the columns of `clv.data.schema`, and its truth, one row per customer.

    `truth` has customer_id, latents, and expected_CUTOFF for the cutoffs a horizon before the last day and on it: the
    expected net revenue (money) of the horizon after it given the latents and who is active by then, NaN for those who
    are no customers by then. Further columns depend on the world.
    """

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


def make_world(params: SyntheticParams, seed: int, horizon_days: int, last_day: date | None = None) -> World:
    """Draw the shop that `params.world` names."""
    chosen = params.cdnow_like if params.world == "cdnow_like" else params.default
    windows = _windows(chosen.start, chosen.n_days, last_day, horizon_days)
    if params.world == "cdnow_like":
        tables, truth = make_cdnow_like(params.cdnow_like, seed, windows)
    else:
        tables, truth = make_shop(params.default, params.event, seed, windows)
    nothing = {table: pd.DataFrame(columns=names(columns), dtype="str") for table, columns in TABLES.items()}
    return World(nothing | tables, truth)


def _windows(start: date, n_days: int, last_day: date | None, horizon_days: int) -> dict[str, Window]:
    """The horizons before and after the end of the last day, by the name of their column in the truth."""
    end = start + timedelta(days=n_days - 1)
    last = end if last_day is None else min(last_day, end)
    cutoffs = [last - timedelta(days=horizon_days), last]
    return {expected_column(c): ((c - start).days + 1, horizon_days) for c in cutoffs if c >= start}
