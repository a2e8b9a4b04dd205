"""Customers of all blocks together, whatever the blocks."""

from collections.abc import Iterable

import pandas as pd

from clv.features.columns import CUSTOMER


def by_id(blocks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all blocks, one per customer, by id: what draws rows must not depend on blocks."""
    return pd.concat(blocks).sort_values(CUSTOMER, ignore_index=True)
