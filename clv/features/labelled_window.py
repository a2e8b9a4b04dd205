"""Histories at the cutoffs of labelled windows: the input of buy-till-you-die models there, and what followed.

There are more windows than snapshots, a quarter of a horizon apart. Totals are learned from them
(`clv.models.windows`), which takes only a few columns.
"""

from datetime import date

import pyarrow as pa

from clv.features.block import Block
from clv.features.feature_table import FEATURES
from clv.features.snapshot import snapshot_of

HISTORY = ("tenure_days", "recency_days", "frequency", "monetary_value", "net_revenue")
FEATURES_OF_HISTORY = tuple(feature for feature in FEATURES if feature.name in HISTORY)


def window_of(block: Block, cutoff: date, last_day: date, horizon_days: int) -> pa.Table:
    """The rows of the snapshot at a cutoff (`clv.features.snapshot`), with only the columns HISTORY and the targets."""
    return snapshot_of(block, cutoff, last_day, horizon_days, FEATURES_OF_HISTORY, means={})
