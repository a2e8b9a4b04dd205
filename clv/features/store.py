"""Reading the snapshots that featurize wrote."""

from collections.abc import Collection
from datetime import date

import pandas as pd

from clv import paths, storage
from clv.damage import reading
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.features.labelled_window import HISTORY
from clv.features.params import CustomerShares
from clv.features.sources import Means
from clv.features.timeline import Plan, Rows, in_parts
from clv.table_shape import Columns

EVERY_SNAPSHOT = Columns(
    text=(CUSTOMER,),
    numbers=("tenure_days", "recency_days", "frequency", "monetary_value", "net_revenue", "net_revenue_last_horizon"),
)
EVERY_WINDOW = Columns(text=(CUSTOMER,), numbers=(*HISTORY, TARGET, TARGET_ORDERS))


def read_plan() -> Plan:
    """The plan that featurize laid out."""
    return storage.read_as(paths.PLAN, Plan.from_dict)


def read_base() -> pd.DataFrame:
    """Purchases of the whole base: one row per day of the data, as `clv.features.base` describes."""
    return storage.read_table(paths.BASE)


def read_revenue() -> pd.DataFrame:
    """Net revenue by day, of customers by part and first day, as `clv.features.revenue_days` describes."""
    return storage.read_table(paths.REVENUE_DAYS)


def read_sources(cutoff: date) -> Means:
    """What customers of each source brought in their first days, as known at a cutoff."""
    return storage.read_as(paths.SOURCES, lambda content: content[str(cutoff)])


def read_snapshot(rows: Rows, columns: Collection[str] | None = None) -> pd.DataFrame:
    """The whole snapshot at the cutoff of `rows`: one row per customer by id, with features and targets.

    With `columns`, only the id and those of them that the snapshot has; those of every snapshot must be there.
    """
    folder = paths.snapshot(str(rows.cutoff))
    names = None
    if columns is not None and folder.exists():
        known = dict.fromkeys((*storage.columns_of(folder / paths.part(0)), CUSTOMER, *EVERY_SNAPSHOT.numbers))
        names = [name for name in known if name in {CUSTOMER, *columns}]
    snapshot = storage.read_table(folder, names, needed=EVERY_SNAPSHOT)
    with reading(folder):
        # By id, whatever the blocks: what draws rows or breaks ties by their order must not depend on them.
        return snapshot.sort_values(CUSTOMER, ignore_index=True)


def read_window(cutoff: date) -> pd.DataFrame:
    """The histories at the cutoff of a labelled window (`clv.features.labelled_window`): one row per customer by id."""
    folder = paths.window(str(cutoff))
    table = storage.read_table(folder, needed=EVERY_WINDOW)
    with reading(folder):
        return table.sort_values(CUSTOMER, ignore_index=True)


def read_rows(rows: Rows, shares: CustomerShares) -> pd.DataFrame:
    """The customers of a snapshot that `rows` names, by id."""
    snapshot = read_snapshot(rows)
    return snapshot[in_parts(snapshot[CUSTOMER], rows.parts, shares)].reset_index(drop=True)
