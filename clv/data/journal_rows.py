"""Reading the journal of order events that the service writes, and finding the events that are new.

A row is one line of an order or return, with the columns of transactions: times in ISO 8601, numbers with a point.
"""

from io import BytesIO

import fsspec
import numpy as np
import pandas as pd

from clv.data import formats
from clv.data.id_forms import is_placeholder
from clv.data.lines import Cleaning
from clv.data.schema import TRANSACTIONS, names
from clv.data.typed_rows import typed
from clv.data.types import as_minor
from clv.errors import InputError, listed

EVENT_ID, RECEIVED = "event_id", "received_ts"
COLUMNS = (EVENT_ID, RECEIVED, *names(TRANSACTIONS))
SALE = ("is_return", "status")


def read_journal(path: str) -> pd.DataFrame:
    """The rows of a journal, all text, null where blank. An incomplete last line, left by a killed writer, is dropped.

    Raises `InputError` for a file that is not a journal.
    """
    with formats.about(path):
        with fsspec.open(path, "rb") as file:
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        frame = pd.read_csv(BytesIO(whole), dtype="str", keep_default_na=False, na_values=[""])
    if tuple(frame) != COLUMNS:
        raise InputError(
            f"{path}: a journal of events has the columns {listed(COLUMNS)}, got {listed(map(str, frame))}; "
            "set generate.files.events to a copy of one"
        )
    return frame


def with_events(rows: pd.DataFrame, events: pd.DataFrame, how: Cleaning) -> tuple[pd.DataFrame, np.ndarray]:
    """Append new events to typed rows of transactions; also return the event id of each row, None for the shop's own.

    `events` have the columns of a journal, with rows in any order; `how` gives the zone of times without one. An event
    is not new if the rows already have its order. That is an order with the same customer and id and, for a return, the
    same day. If either has no id, it is one with the same customer, day and amount, of a line or of all lines together.
    An order therefore counts once, whether or not the shop's next export has it. Columns that only the events have are
    dropped, except those that determine whether a line is a sale. Events that repeat each other are left to cleaning.
    """
    new = typed("transactions", events[names(TRANSACTIONS)], how).assign(id=events[EVENT_ID].to_numpy())
    new = new[~_is_known(new, rows[rows["customer_id"].isin(new["customer_id"])])]
    new = new.sort_values(["order_ts", "id"])
    kept = [name for name in new if name in rows or (name in SALE and new[name].notna().any())]
    ids = np.append(np.full(len(rows), None), new["id"].to_numpy(dtype="object"))
    return pd.concat([rows, new[kept]], ignore_index=True), ids


def _is_known(events: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Which typed events the typed rows already contain, (n,)."""
    ours, theirs = _keys(rows), _keys(events)
    by_order = _is_among(theirs, ours, ["customer_id", "order_id", "back", "return_day"]) & theirs["order_id"].notna()
    nameless, amount = ours[ours["order_id"].isna()], ["customer_id", "day", "cents"]
    by_amount = np.where(
        theirs["order_id"].isna(),
        _is_among(theirs, pd.concat([ours, _with_totals(ours)]), amount),
        _is_among(theirs, nameless, amount) | _is_among(_with_totals(theirs), nameless, amount),
    )
    return (by_order | by_amount).to_numpy(dtype=bool)


def _with_totals(keys: pd.DataFrame) -> pd.DataFrame:
    """The keys with the cents of the whole order on that day, its returns apart; unchanged without an order id."""
    totals = keys.groupby(["customer_id", "order_id", "day", "back"])["cents"].transform("sum")
    return keys.assign(cents=totals.where(keys["order_id"].notna(), keys["cents"]))


def _keys(rows: pd.DataFrame) -> pd.DataFrame:
    """The keys that distinguish orders: customer, order, day, signed cents and, for returns, the day again.

    An id such as 0 or none names no order.
    """
    marked = rows["is_return"].fillna(False).astype("bool") if "is_return" in rows else False
    back, day = rows["amount"].lt(0) | marked, rows["order_ts"].dt.floor("D")
    cents = as_minor(rows["amount"])
    order = rows["order_id"] if "order_id" in rows else pd.Series(index=rows.index, dtype="str")
    return pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "order_id": order.mask(is_placeholder(order)),
            "day": day,
            "cents": cents.where(~back, -cents.abs()),
            "back": back,
            "return_day": day.where(back),
        }
    )


def _is_among(some: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Which rows equal any of the others in all given columns, with null equal to null."""
    known = others[columns].drop_duplicates().assign(known=True)
    return some[columns].merge(known, how="left", on=columns)["known"].fillna(False).astype("bool").set_axis(some.index)
