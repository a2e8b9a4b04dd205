"""Raw rows with types: the same rows, so that they can stand beside rows of another spelling.

Whatever the source writes, times are those of the shop's clock, numbers are floats, and blanks that other rows of the
order fill are filled. Cleaning makes of them what it makes of the rows as they came.
"""

from typing import Any

import pandas as pd

from clv.data.lines import Cleaning, Lines
from clv.data.order_fields import is_blank
from clv.data.schema import TABLES, Kind, clean_name
from clv.data.types import MINOR_PER_UNIT

DTYPES: dict[Kind, Any] = {
    "text": "str",
    "time": "datetime64[us]",
    "money": "float64",
    "number": "float64",
    "flag": "boolean",
}


def typed(table: str, raw: pd.DataFrame, how: Cleaning) -> pd.DataFrame:
    """The rows of a raw table, (n,) in their order, with the columns that it has, and the amount.

    What cannot be read is null, and a row whose time cannot has no order, which would give it another time. Raises
    `InputError` for a required column that is not there.
    """
    lines = Lines(table, raw, how)
    found = {}
    for column in TABLES[table]:
        if column.name in raw.columns or column.required:
            values = lines.columns.get(clean_name(column), pd.Series(index=lines.raw.index, dtype=DTYPES[column.kind]))
            found[column.name] = (values / MINOR_PER_UNIT if column.kind == "money" else values).astype(
                DTYPES[column.kind]
            )
    if "order_id" in found:
        times = lines.columns[lines.time_name]
        unreadable = times.isna().to_numpy() & ~is_blank(times, lines.raw[lines.time_name])
        found["order_id"] = found["order_id"].mask(unreadable)
    return pd.DataFrame(found)
