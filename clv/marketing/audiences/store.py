"""Reading the file of contacts."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from clv.data import formats
from clv.data.copying import Batches
from clv.data.schema import names
from clv.errors import InputError
from clv.marketing.audiences.contacts import CONTACTS, check_header, one_per_customer


def read_contacts(path: str) -> pd.DataFrame | None:
    """One row per customer of a CSV or Parquet file of contacts, `one_per_customer`; None where it has no rows.

    Raises `InputError` for a file that cannot be read, or whose header is wrong.
    """
    if "://" not in path and not Path(path).exists():
        raise InputError(f"audience.contacts: {path} does not exist; set it to your file, or to the template for none")
    rows = pa.concat_tables(_csv(path) if formats.is_csv(path) else _parquet(path)).to_pandas()
    return None if rows.empty else one_per_customer(rows)


def _csv(path: str) -> list[pa.Table]:
    dialect = formats.find_dialect(path, "auto", "auto", names(CONTACTS))
    check_header(path, dialect.header)
    try:
        return [_whole(formats.csv_batches(path, dialect, dialect.header))]
    except formats.WrongEncodingError:  # the header is ASCII, a name further down is not UTF-8
        if dialect.certain or dialect.encoding != "utf-8":
            raise
    return [_whole(formats.csv_batches(path, replace(dialect, encoding="cp1252"), dialect.header))]


def _parquet(path: str) -> list[pa.Table]:
    found = []
    for part in formats.parquet_parts(path):
        schema = formats.parquet_schema(part)
        check_header(part, schema.names)
        found.append(_whole(formats.parquet_batches(part, schema, schema.names)))
    return found


def _whole(given: Batches) -> pa.Table:
    return pa.Table.from_batches(given.batches, given.schema)
