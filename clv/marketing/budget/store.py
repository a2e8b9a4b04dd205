"""Reading how customers came."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from clv import paths, storage
from clv.artifacts import TABLE
from clv.damage import reading
from clv.errors import InputError
from clv.table_shape import require_columns

HOW = ("customer_id", "channel", "acquisition_cost_minor")


def read_acquired(folder: Path) -> pd.DataFrame:
    """One row per customer of the folder of the clean table: customer_id, and of channel and acquisition_cost_minor
    (cents) what the shop tells."""
    parts = sorted(folder.glob("*.parquet"))
    if not parts:  # a shop without customers has a part without rows
        raise InputError(f"{folder} does not exist; run `dvc repro`, which makes it")
    plain = [_plain(storage.read_part(str(part), HOW, HOW[:1])) for part in parts]
    frame = pa.concat_tables(plain, promote_options="permissive").to_pandas()
    with reading(folder):
        require_columns(frame, TABLE[paths.clean("customers")])
    return frame


def _plain(table: pa.Table) -> pa.Table:
    """Text as text: parts have dictionaries of their own."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    return table
