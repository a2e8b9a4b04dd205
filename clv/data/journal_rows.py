"""Rows of the journal of order events, which the service writes: how they are read, and which of them are news.

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
    """The rows of a journal, all text, null where blank; half a line, which a killed writer left, is left out.

    Raises `InputError` for a file that is no journal.
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
    """Typed rows of transactions and, behind them, the events that are news; the event of each, None of the shop's own.

    `events` have the columns of a journal, in any order of rows; `how` says the zone of times without one. An event is
    no news where the rows have its order: that of the same customer and id, of a return on the same day too; where
    either has no id, one of the same customer, day and amount, be it of a line or of all lines together. So an order
    counts once, whether the shop's next export has it or not. What events have in columns that the rows have not is
    left out, but for what says whether they are sales. Events that repeat each other are left to the cleaning.
    """
    new = typed("transactions", events[names(TRANSACTIONS)], how).assign(id=events[EVENT_ID].to_numpy())
    new = new[~_is_known(new, rows[rows["customer_id"].isin(new["customer_id"])])]
    new = new.sort_values(["order_ts", "id"])
    kept = [name for name in new if name in rows or (name in SALE and new[name].notna().any())]
    ids = np.append(np.full(len(rows), None), new["id"].to_numpy(dtype="object"))
    return pd.concat([rows, new[kept]], ignore_index=True), ids


def _is_known(events: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Which typed events the typed rows have already, (n,)."""
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
    """The keys of lines with the cents of their whole order on that day, of its returns apart; of no id as they are."""
    totals = keys.groupby(["customer_id", "order_id", "day", "back"])["cents"].transform("sum")
    return keys.assign(cents=totals.where(keys["order_id"].notna(), keys["cents"]))


def _keys(rows: pd.DataFrame) -> pd.DataFrame:
    """What tells orders apart: customer, order, day, whole signed cents, and of a return its day once more.

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
    """Which rows equal any of some others in all of some columns, null being equal to null."""
    known = others[columns].drop_duplicates().assign(known=True)
    return some[columns].merge(known, how="left", on=columns)["known"].fillna(False).astype("bool").set_axis(some.index)
