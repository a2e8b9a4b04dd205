"""The customers of orders in which some rows name none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clv.data.id_forms import is_placeholder
from clv.data.parquet import raw_batches
from clv.data.types import arrow_text, as_text


def cleaned_ids(values: pa.Array, ignore_case: bool) -> tuple[pd.Series, np.ndarray]:
    """The distinct customer ids of raw values after cleaning, null where blank, and the code of each value.

    Several codes may have the same id; nulls have the code -1.
    """
    if not isinstance(values, pa.DictionaryArray):
        values = values.dictionary_encode()
    ids = as_text(values.dictionary.to_pandas()).astype("str")
    return ids.str.lower() if ignore_case else ids, values.indices.fill_null(-1).to_numpy().astype("int64")


def named_orders(order_ids: pa.Array) -> pa.Array:
    """The distinct orders that raw ids name; an id such as 0 or none names no order."""
    orders = arrow_text(as_text(order_ids.to_pandas()).astype("str")).unique().drop_null()
    return orders.filter(pa.array(~is_placeholder(orders)))


def order_owners(path: Path, orders: pa.Array, ignore_case: bool) -> pd.Series:
    """The only customer whom the rows of an order in a raw table name, by order; others have no entry.

    `orders` are the orders to look up, (n,) text.
    """
    found = [pd.DataFrame({"order": pd.Series(dtype="int64"), "customer": pd.Series(dtype="str")})]
    for batch in raw_batches(path, ["customer_id", "order_id"]) if len(orders) else ():
        texts = arrow_text(as_text(batch.column("order_id").to_pandas()).astype("str"))
        order = pc.index_in(texts, value_set=orders)
        mine = np.flatnonzero(order.is_valid().to_numpy(zero_copy_only=False))
        ids, code = cleaned_ids(batch.column("customer_id").take(pa.array(mine)), ignore_case)
        customer = pd.Series(np.array([*ids, None], dtype=object)[code])
        rows = pd.DataFrame({"order": order.take(pa.array(mine)).to_numpy().astype("int64"), "customer": customer})
        found.append(rows.dropna().drop_duplicates())
    pairs = pd.concat(found, ignore_index=True).drop_duplicates()
    alone = pairs[~pairs["order"].duplicated(keep=False)]
    return pd.Series(alone["customer"].to_numpy(), index=orders.take(pa.array(alone["order"].to_numpy())).to_pylist())
