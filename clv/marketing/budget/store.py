"""Reading how customers came, and the buy-till-you-die models of today."""

import pandas as pd
import pyarrow as pa

from clv import paths, storage
from clv.models.btyd.value import Btyd

HOW = ("customer_id", "channel", "acquisition_cost_minor")


def read_acquired() -> pd.DataFrame:
    """One row per customer of the clean table: customer_id, and of channel and acquisition_cost_minor (cents) what the
    shop tells."""
    parts = sorted(paths.clean("customers").glob("*.parquet"))
    if not parts:
        return pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    plain = [_plain(storage.read_part(str(part), HOW)) for part in parts]
    return pa.concat_tables(plain, promote_options="permissive").to_pandas()


def read_btyd() -> Btyd:
    """The buy-till-you-die models of today's forecaster, without its learners."""
    return Btyd.from_dict(storage.read_json(paths.TODAY_MODEL / "manifest.json")["btyd"])


def _plain(table: pa.Table) -> pa.Table:
    """Text as text: parts have dictionaries of their own."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    return table
