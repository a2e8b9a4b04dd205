"""The customer base by day: how many customers bought for the first time, and how many bought again.

The season is estimated from it (`clv.models.btyd.season`). It is small and holds no data of single customers.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from clv.features.block import Block


def base_days(block: Block) -> pd.DataFrame:
    """One row per day on which any customer of a block bought: `day` since 1970, `new_customers`, `repeat_orders`.

    A repeat order is a purchase day after the customer's first.
    """
    days = block.days
    new = np.arange(len(days)) == days.start[days.customer]
    table = pd.DataFrame({"day": days.day, "new_customers": new.astype("int64")})
    table["repeat_orders"] = 1 - table["new_customers"]
    return table.groupby("day", as_index=False).sum()


def total_days(blocks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The sum over all blocks, with a row for every day from the first to the last."""
    table = pd.concat(list(blocks), ignore_index=True).groupby("day").sum()
    every = pd.RangeIndex(table.index.min(), table.index.max() + 1, name="day")
    return table.reindex(every, fill_value=0).reset_index().astype("int64")
