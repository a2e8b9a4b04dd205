"""Reading the file of contacts."""

import csv
from dataclasses import replace

import fsspec
import pandas as pd
import pyarrow as pa

from clv.data import formats
from clv.data.copying import Batches, as_ours
from clv.data.detect import OneColumnError
from clv.data.schema import names
from clv.errors import InputError
from clv.marketing.audiences.contacts import CONTACTS, check_header, one_per_customer


def read_contacts(path: str, ignore_id_case: bool) -> pd.DataFrame | None:
    """One row per customer of a CSV or Parquet file of contacts (`one_per_customer`); None where it has no rows.

    Raises `InputError` for a file that cannot be read, or whose header is wrong; the message quotes no contact.
    """
    if not formats.is_there(path):
        raise InputError(f"audience.contacts: {path} does not exist; set it to your file, or to the template for none")
    rows = pa.concat_tables(_csv(path) if formats.is_csv(path) else _parquet(path)).to_pandas()
    return None if rows.empty else one_per_customer(rows, ignore_id_case)


def _csv(path: str) -> list[pa.Table]:
    try:
        dialect = formats.find_dialect(path, "auto", "auto", names(CONTACTS))
    except OneColumnError:
        raise InputError(
            f"{path}: its first line is a single column; save it with comma, semicolon, tab or | between columns, and "
            "without quotes around whole lines"
        ) from None
    check_header(path, dialect.header)
    try:
        return [_rows(path, dialect)]
    except formats.WrongEncodingError:  # the header is ASCII, a name further down is not UTF-8
        if dialect.certain or dialect.encoding != "utf-8":
            raise
    return [_rows(path, replace(dialect, encoding="cp1252"))]


def _rows(path: str, dialect: formats.Dialect) -> pa.Table:
    try:
        return _whole(formats.csv_batches(path, dialect, dialect.header))
    except formats.WrongEncodingError:
        raise
    except InputError:  # its message quotes the row, which is a contact and must not appear in a log
        raise InputError(f"{path}: cannot be read: {_what_is_wrong(path, dialect)}") from None


def _what_is_wrong(path: str, dialect: formats.Dialect) -> str:
    """Which row of a CSV has more or fewer fields than its header, and the remedy, in words without its values."""
    wanted = len(dialect.header)
    try:
        with fsspec.open(path, "rt", encoding=dialect.encoding, compression="infer", newline="") as file:
            lengths = (len(row) for row in csv.reader(file, delimiter=dialect.separator))
            for number, n in enumerate(lengths, start=1):
                if n not in (0, wanted):  # 0 is a blank line, which readers skip
                    return f"row {number} has {n} fields, but the header has {wanted}; quote values with separators"
    except csv.Error:  # a very long field
        pass
    return "a row is very long, perhaps because a quote is never closed; check that the file is whole"


def _parquet(path: str) -> list[pa.Table]:
    found = []
    for part in formats.parquet_parts(path):
        schema = formats.parquet_schema(part)
        check_header(part, schema.names)
        theirs = {column: column.name for column in CONTACTS if column.name in schema.names}
        found.append(_whole(as_ours(part, formats.parquet_batches(part, schema, schema.names), theirs)))
    return found


def _whole(given: Batches) -> pa.Table:
    return pa.Table.from_batches(given.batches, given.schema)
