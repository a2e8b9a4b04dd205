"""Which rows of a written table lack a date but belong to an order that has one on another row."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv.data.id_forms import is_placeholder

BATCH_ROWS = 131_072


def dated_by_order(path: Path, time: str) -> np.ndarray:
    """Sorted positions of rows without a date in the column `time` whose order has one, which cleaning will use.

    Raw transactions are read twice in batches; only the orders of rows without a date stay in memory.
    """
    positions, without, start = [np.empty(0, dtype="int64")], [pa.array([], pa.string())], 0
    for orders, has_date in _batches(path, time):
        blank = pc.invert(has_date)
        without.append(orders.filter(blank))
        positions.append(start + np.flatnonzero(blank.to_numpy(zero_copy_only=False)))
        start += len(orders)
    ids = pa.chunked_array(without)
    named = ids.unique().drop_null()
    named = named.filter(pa.array(~is_placeholder(named.to_pandas())))
    dated = np.zeros(len(named), dtype=bool)
    for orders, has_date in _batches(path, time):
        dated[pc.index_in(orders.filter(has_date), value_set=named).drop_null().to_numpy()] = True
    excused = pc.is_in(ids, value_set=named.filter(pa.array(dated)))
    return np.concatenate(positions)[excused.to_numpy()]


def _batches(path: Path, time: str) -> Iterator[tuple[pa.Array, pa.Array]]:
    """The order ids, without surrounding blanks, and whether each row has a date."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=["order_id", time]):
            orders = pc.utf8_trim_whitespace(pc.cast(batch.column("order_id"), pa.string()))
            dates = batch.column(time)
            if pa.types.is_string(dates.type):
                dates = pc.if_else(pc.equal(pc.utf8_trim_whitespace(dates), ""), None, dates)
            yield orders, pc.is_valid(dates)
