"""The purchases of one customer by month, from the raw orders of a release, cleaned as in the pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from clv import paths
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.source import TableSource
from clv.data.types import MINOR_PER_UNIT
from clv.features.shop import Shop
from clv.serving.raw_rows import RawRows
from clv.serving.release import Release
from clv.strict import build

TABLE = "transactions"

_rows = lru_cache(2)(RawRows.open)  # for the served release and the one before it


@dataclass(frozen=True)
class Month:
    """A customer's calendar month: orders are days with a purchase, spent is net of returns."""

    name: str
    orders: int
    spent: float


def purchases(release: Release, customer_id: str) -> Sequence[Month]:
    """The months from a customer's first purchase to the last day of the data, including those without a purchase.

    Only this customer's rows are read. Empty if no row has the id, as when it is spelled differently.
    """
    params = build(PreprocessParams, release.recorded["preprocess"], "preprocess", "dvc.lock")
    raw = _rows(release.folder, params).of(customer_id)[TABLE]
    if raw.empty:
        return []
    how = Cleaning.of(params, None, TableSource(TABLE, len(raw)))
    bounds = Shop.load(release.path(paths.TODAY_MODEL)).bounds
    days = clean_table(TABLE, raw, replace(how, bounds=bounds)).clean
    days = days[days["order_ts"] < pd.Timestamp(release.as_of) + pd.Timedelta(days=1)]
    if days.empty:
        return []
    month = days["order_ts"].dt.to_period("M")
    bought = days[days["amount_minor"] > 0]
    spent = days.groupby(month)["amount_minor"].sum() / MINOR_PER_UNIT
    orders = bought["order_ts"].dt.normalize().groupby(month[bought.index]).nunique()
    every = pd.period_range(month.min(), pd.Period(release.as_of, "M"), freq="M")
    return [Month(str(one), int(orders.get(one, 0)), round(float(spent.get(one, 0.0)), 2)) for one in every]


def by_year(months: Sequence[Month]) -> Sequence[Month]:
    """The same figures by calendar year."""
    years = sorted({month.name[:4] for month in months})
    found = {year: [month for month in months if month.name.startswith(year)] for year in years}
    return [Month(year, sum(m.orders for m in of), round(sum(m.spent for m in of), 2)) for year, of in found.items()]
