"""Histories at the cutoffs of labelled windows: what buy-till-you-die models are fitted to there, and what came after.

There are more of them than of snapshots, a quarter of a horizon apart: totals are learned from them
(`clv.models.windows`), for which a few columns do.
"""

from datetime import date

import pyarrow as pa

from clv.features.block import Block
from clv.features.feature_table import FEATURES
from clv.features.snapshot import snapshot_of

HISTORY = ("tenure_days", "recency_days", "frequency", "monetary_value", "net_revenue")
FEATURES_OF_HISTORY = tuple(feature for feature in FEATURES if feature.name in HISTORY)


def window_of(block: Block, cutoff: date, last_day: date, horizon_days: int) -> pa.Table:
    """The rows of the snapshot at a cutoff (`clv.features.snapshot`) with the columns HISTORY and the targets alone."""
    return snapshot_of(block, cutoff, last_day, horizon_days, FEATURES_OF_HISTORY, means={})
