"""Snapshots: one row per customer who had bought by a cutoff, with features as of it and targets after it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from clv.data.types import MINOR_PER_UNIT
from clv.features.block import FEATURE_TABLES, Block, Clean
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.events import Events, Text, Values
from clv.features.feature import Feature
from clv.features.feature_table import FEATURES
from clv.features.history import History
from clv.features.past import days_since_epoch
from clv.features.sources import Means, first_windows, source_means

DECIMALS = {"money": 4, "days": 4, "share": 6, "ratio": 6, "count": 0, "flag": 0}


def available_features(columns: Iterable[str]) -> tuple[list[Feature], list[Feature]]:
    """The features whose columns are among those of the clean tables, and the features that lack one.

    Columns are named with their table, as in `customers.channel`.
    """
    known = set(columns)
    present = [feature for feature in FEATURES if known.issuperset(feature.needs)]
    return present, [feature for feature in FEATURES if not known.issuperset(feature.needs)]


def schema(features: Sequence[Feature]) -> pa.Schema:
    """The columns of a snapshot with the given features."""
    kinds = [(feature.name, pa.string() if feature.unit == "text" else pa.float64()) for feature in features]
    return pa.schema([(CUSTOMER, pa.string()), *kinds, (TARGET, pa.float64()), (TARGET_ORDERS, pa.float64())])


def snapshot_of(
    block: Block, cutoff: date, last_day: date, horizon_days: int, features: Sequence[Feature], means: Means
) -> pa.Table:
    """One row per customer of a block who had bought by `cutoff`, by `customer_id`: features as of it, and targets.

    `target_net_revenue` (money) and `target_orders` (purchase days) cover (cutoff, cutoff + horizon_days]; they are NaN
    if that window is not over on `last_day`. Features use only events up to and including the cutoff's day.
    """
    history = History(block, cutoff, horizon_days, means)
    columns = [history.ids]
    for feature in features:
        assert feature.compute is not None, f"{feature.name} is fitted, not computed"
        columns.append(_column(feature, feature.compute(history)))
    if cutoff + timedelta(days=horizon_days) <= last_day:
        net = _after(block.lines, cutoff, horizon_days, block.lines.cumulative("amount_minor")) / MINOR_PER_UNIT
        orders = _after(block.days, cutoff, horizon_days, np.arange(len(block.days) + 1)).astype("float64")
        columns += [net[history.customers], orders[history.customers]]
    else:
        columns += [np.full(len(history.customers), np.nan)] * 2
    return pa.table([pa.array(column) for column in columns], schema=schema(features))


def make_snapshots(
    clean: Clean, cutoffs: Sequence[date], last_day: date, horizon_days: int
) -> dict[date, pd.DataFrame]:
    """The snapshots of whole clean tables, with rows in any order, with the features that their columns allow."""
    block = Block.of_frames(clean)
    tables = {name: getattr(clean, name) for name in FEATURE_TABLES}
    known = (f"{table}.{name}" for table, frame in tables.items() if len(frame) for name in frame.columns)
    features, _ = available_features(known)
    means = source_means([first_windows(block)], cutoffs)
    return {
        cutoff: snapshot_of(block, cutoff, last_day, horizon_days, features, means[cutoff]).to_pandas()
        for cutoff in cutoffs
    }


def make_snapshot(clean: Clean, cutoff: date, last_day: date, horizon_days: int) -> pd.DataFrame:
    """One snapshot of whole clean tables; see `make_snapshots`."""
    return make_snapshots(clean, [cutoff], last_day, horizon_days)[cutoff]


def _after(events: Events, cutoff: date, days: int, cumulative: np.ndarray) -> np.ndarray:
    """The sum over the days after a cutoff, by customer of the block."""
    day = days_since_epoch(cutoff)
    return cumulative[events.through(day + days)] - cumulative[events.through(day)]


def _column(feature: Feature, values: Values) -> pa.Array:
    """Numbers are rounded, because their last bit may differ between types of CPU."""
    if isinstance(values, Text):
        return values.to_arrow()
    return pa.array(np.round(values.astype("float64", copy=False), DECIMALS[feature.unit]) + 0.0)
