"""Raw rows with types, which can be combined with rows of another spelling.

Times are those of the shop's clock and numbers are floats, whatever the source writes. Blanks that other rows of the
order fill are filled in. Cleaning gives the same result as for the raw rows.
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
    """The rows of a raw table with types, (n,) in order, with the columns that it has and the amount.

    Values that cannot be read are null. A row whose time cannot be read loses its order, which would give it another
    time. Raises `InputError` for a missing required column.
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
