"""Customers in the order of their ids, whatever the blocks."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER


def by_id(blocks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all blocks, one per customer, by id, so that drawing rows does not depend on the blocks."""
    return pd.concat(blocks).sort_values(CUSTOMER, ignore_index=True)


def are_among(ids: pd.Series, wanted: pd.Index) -> np.ndarray:
    """Whether each id (n,) is one of the distinct `wanted` ones.

    An index keeps its lookup table; `Series.isin` would build one of all wanted ids at each call.
    """
    codes, differing = pd.factorize(ids)
    return (wanted.get_indexer(pd.Index(differing)) >= 0)[codes]
