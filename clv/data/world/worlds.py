"""The synthetic shops by name."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pandas as pd

from clv.data.schema import TABLES, expected_column, names
from clv.data.world.cdnow_like import make_cdnow_like
from clv.data.world.default_shop import Drawing, draw_shop
from clv.data.world.params import SyntheticParams
from clv.data.world.truth import Window


@dataclass(frozen=True)
class World:
    """The raw tables of a shop, in the columns of `clv.data.schema`, and its truth, one row per customer.

    `truth` has customer_id, latent values, and expected_CUTOFF for two cutoffs, the last day and one horizon before it:
    the expected net revenue (money) in the horizon after the cutoff, given the latent values and who is active by then;
    NaN for those who are not customers by then. Further columns depend on the world.
    """

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


def make_world(params: SyntheticParams, seed: int, horizon_days: int, last_day: date | None = None) -> World:
    """Draw the shop that `params.world` names."""
    drawings = draw_world(params, seed, horizon_days, last_day)
    with ThreadPoolExecutor(max_workers=2) as pool:  # in parallel, as each has its own random streams
        drawn = dict(zip(drawings, pool.map(_whole, drawings.values()), strict=True))
    truth = drawn.pop("truth")
    return World({table: drawn[table] for table in TABLES}, truth)


def draw_world(
    params: SyntheticParams, seed: int, horizon_days: int, last_day: date | None = None
) -> dict[str, Drawing]:
    """Functions that draw the tables and the `truth` of the shop that `params.world` names, by name.

    Each yields its rows in parts and can be called repeatedly.
    """
    chosen = params.cdnow_like if params.world == "cdnow_like" else params.default
    windows = _windows(chosen.start, chosen.n_days, last_day, horizon_days)
    if params.world != "cdnow_like":
        return draw_shop(params.default, params.event, seed, windows)
    tables, truth = make_cdnow_like(params.cdnow_like, seed, windows)
    nothing = {table: pd.DataFrame(columns=names(columns), dtype="str") for table, columns in TABLES.items()}
    return {name: partial(_at_once, frame) for name, frame in (nothing | tables | {"truth": truth}).items()}


def _at_once(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    yield frame


def _whole(drawing: Drawing) -> pd.DataFrame:
    return pd.concat(drawing(), ignore_index=True)


def _windows(start: date, n_days: int, last_day: date | None, horizon_days: int) -> dict[str, Window]:
    """The horizons before and after the end of the last day, by the name of their column in the truth."""
    end = start + timedelta(days=n_days - 1)
    last = end if last_day is None else min(last_day, end)
    cutoffs = [last - timedelta(days=horizon_days), last]
    return {expected_column(c): ((c - start).days + 1, horizon_days) for c in cutoffs if c >= start}
