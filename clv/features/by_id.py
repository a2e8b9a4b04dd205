"""Customers by their ids, whatever the blocks."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER


def by_id(blocks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all blocks, one per customer, by id: what draws rows must not depend on blocks."""
    return pd.concat(blocks).sort_values(CUSTOMER, ignore_index=True)


def are_among(ids: pd.Series, wanted: pd.Index) -> np.ndarray:
    """Whether each id (n,) is one of those wanted, which differ.

    An index keeps the table by which it finds values; `Series.isin` makes one of all that are wanted at each call.
    """
    codes, differing = pd.factorize(ids)
    return (wanted.get_indexer(pd.Index(differing)) >= 0)[codes]
