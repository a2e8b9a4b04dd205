"""Tables of features: from whole columns, and by rank from a draw of customers where there are many."""

from functools import partial

import numpy as np
import pandas as pd

from clv.compute import Mapper
from clv.features.by_id import by_id
from clv.features.columns import TARGET
from clv.features.drawn import drawn
from clv.features.timeline import Rows
from clv.marketing.description.described_parts import DescribedParts
from clv.marketing.description.feature_spread import by_quantile, spread

DRAWN = 250_000  # customers for rank correlations: with that many, a correlation has a standard error of .002


def drawn_customers(each: Mapper, parts: DescribedParts, rows: Rows, columns: list[str], n: int) -> pd.DataFrame:
    """Columns of the customers of a snapshot of `n` blocks, by id, or of DRAWN of them where there are more."""
    ids = each(partial(parts.ids, rows), n)
    chosen = drawn(np.concatenate(ids), "describe", DRAWN)
    ends = np.cumsum([len(of_block) for of_block in ids])
    masks = np.split(chosen, ends[:-1])
    return by_id(each(partial(parts.drawn, rows, columns, masks), n))


def value_by(each: Mapper, parts: DescribedParts, rows: Rows, names: list[str], least: int, n: int) -> pd.DataFrame:
    """Mean realised value by quantile of each feature: the table of `feature_spread.by_quantile`, and feature."""
    if not names:
        return pd.DataFrame(columns=["low", "high", "customers", "mean", "feature"])
    columns = _columns(each, parts, rows, [*names, TARGET], n)
    tables = [by_quantile(columns[name], columns[TARGET], least).assign(feature=name) for name in names]
    return pd.concat(tables, ignore_index=True)


def spreads(each: Mapper, parts: DescribedParts, rows: Rows, names: list[str], n: int) -> pd.DataFrame:
    """Histograms of some features: one row per feature and bin, with low, high and count, and the feature's median."""
    tables = []
    for name, values in _columns(each, parts, rows, names, n).items():
        bins, median = spread(values)
        tables.append(bins.assign(feature=name, median=median))
    return pd.concat(tables, ignore_index=True)


def _columns(each: Mapper, parts: DescribedParts, rows: Rows, names: list[str], n: int) -> dict[str, np.ndarray]:
    found = each(partial(parts.columns, rows, names), n)
    return {name: np.concatenate([of_block.pop(name) for of_block in found]) for name in names}
