"""Reading a user's own tables: CSV or Parquet, local or on S3, under the user's own column names."""

import csv as python_csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from clv import paths
from clv.data.schema import TABLES, Column, names
from clv.data.types import as_number, as_time
from clv.errors import InputError
from clv.params import FilesParams

T = TypeVar("T")


def read_input(table: str, files: FilesParams) -> pd.DataFrame:
    """Read one input table and give its columns our names.

    CSV values stay text, so that ids keep their zeros and dates their spelling; `clv.data.cleaning` makes types of
    them. Columns of the file that nothing maps to are left out. Optional columns that the file has not are left out,
    unless the mapping was changed to name them.

    Raises `InputError` for a file that cannot be read, has no rows (transactions), lacks a column, or holds a date or
    an amount that cannot be read as one, unless `files.unreadable_values` is `reject`.
    """
    path: str = getattr(files, table)
    columns: dict[str, str] = getattr(files.columns, table)
    _check_mapping(table, columns)
    separator = "," if Path(path).parent == paths.TEMPLATES else files.separator
    header = _attempt(path, lambda: _read_header(path, separator))
    wanted = _match(table, path, header, columns)
    arrow = _attempt(path, lambda: _read(path, separator, list(dict.fromkeys(wanted.values()))))
    if table == "transactions" and arrow.num_rows == 0:
        raise InputError(
            f"{path}: has no rows; transactions need at least one; set generate.files.transactions to your file"
        )
    frame = pd.DataFrame({c.name: _to_pandas(path, c, arrow.column(theirs)) for c, theirs in wanted.items()})
    if files.unreadable_values == "stop":
        for column, theirs in wanted.items():
            _check_values(path, column, theirs, frame[column.name], files)
    return frame


def _read_header(path: str, separator: str) -> list[str]:
    """The column names of a file."""
    if not path.endswith((".csv", ".csv.gz", ".parquet")):
        raise InputError(
            f"{path}: the file type is told by the name, which must end in .csv, .csv.gz or .parquet; "
            f"rename or convert it"
        )
    with fsspec.open(path, "rb", compression="infer") as file:
        if path.endswith(".parquet"):
            return list(pq.read_schema(file).names)
        # pyarrow would look at the first rows too, and stumble over them before the header can be judged.
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        header = next(python_csv.reader(text, delimiter=separator), [])
    if not header:
        raise InputError(f"{path}: the file is empty; it needs a header line and rows")
    if len(header) == 1 and any(mark in header[0] for mark in ",;|\t" if mark != separator):
        raise InputError(
            f"{path}: its header is one column, {header[0]!r}; set generate.files.separator, which is {separator!r}, "
            f"to the one of the file"
        )
    return header


def _read(path: str, separator: str, columns: list[str]) -> pa.Table:
    """Some columns of a file; a CSV row with more or fewer fields than the header is refused."""
    with fsspec.open(path, "rb", compression="infer") as file:
        if path.endswith(".parquet"):
            return pq.read_table(file, columns=columns)
        text = csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=columns,
            strings_can_be_null=True,
            null_values=[""],
        )
        parsing = csv.ParseOptions(delimiter=separator, newlines_in_values=True)
        return csv.read_csv(file, parse_options=parsing, convert_options=text)


def _match(table: str, path: str, present: Sequence[str], columns: Mapping[str, str]) -> dict[Column, str]:
    """The columns that the file has, with the names that they have there."""
    wanted: dict[Column, str] = {}
    for column in TABLES[table]:
        theirs = columns.get(column.name, column.name)
        if list(present).count(theirs) > 1:
            raise InputError(f"{path}: {list(present).count(theirs)} columns are called '{theirs}'; rename all but one")
        if theirs in present:
            wanted[column] = theirs
        elif column.required or theirs != column.name:
            raise InputError(
                f"{path}: no column '{theirs}', which {table} needs as {column.name}; it has "
                f"{', '.join(present) or 'none'}; set generate.files.columns.{table}.{column.name} to the right one"
            )
    return wanted


def _to_pandas(path: str, column: Column, values: pa.ChunkedArray) -> pd.Series:
    """One column; whole numbers that are ids become text here, because pandas makes floats of them beside a null."""
    if pa.types.is_binary(values.type) or pa.types.is_fixed_size_binary(values.type):
        raise InputError(f"{path}: the column for {column.name} holds bytes; write it as text or numbers")
    if column.kind == "text" and (pa.types.is_integer(values.type) or pa.types.is_dictionary(values.type)):
        values = values.cast(pa.string())
    return values.to_pandas()


def _check_values(path: str, column: Column, theirs: str, values: pd.Series, files: FilesParams) -> None:
    """Refuse a date or a required amount that cannot be read; a missing amount is left to the rules of cleaning."""
    if column.kind == "time":
        unreadable = as_time(values, "UTC", files.date_format).isna()
        rule = f"a date in the format {files.date_format}" if files.date_format else "an ISO 8601 date like 2026-01-31"
        knob = "generate.files.date_format"
    elif column.kind == "money" and column.required:
        unreadable = as_number(values, files.decimal).isna() & values.notna()
        rule = f"a number with the decimal mark '{files.decimal}' and no thousands separators"
        knob = "generate.files.decimal"
    else:
        return
    rows = np.flatnonzero(unreadable)
    if len(rows):
        value = "empty" if pd.isna(values.iloc[rows[0]]) else repr(str(values.iloc[rows[0]]))
        others = f" (and {len(rows) - 1:,} more)" if len(rows) > 1 else ""
        raise InputError(
            f"{path}, column '{theirs}', data row {rows[0] + 1}: {value}{others} is not {rule}; "
            f"mend the file, set {knob}, or set generate.files.unreadable_values to reject"
        )


def _check_mapping(table: str, columns: Mapping[str, str]) -> None:
    known = names(TABLES[table])
    for name in columns:
        if name not in known:
            raise InputError(
                f"unknown parameter 'generate.files.columns.{table}.{name}'; columns of {table} are {', '.join(known)}"
            )


def _attempt(path: str, read: Callable[[], T]) -> T:
    """Whatever a reader, a file system or S3 raises is about the user's file: say which file, in one line."""
    try:
        return read()
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; set generate.files to files that exist") from None
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "invalid UTF8" in reason:
            raise InputError(f"{path}: is not UTF-8; save it as 'CSV UTF-8', or convert it with iconv") from None
        raise InputError(
            f"{path}: cannot be read: {reason}; check that the file is whole and of the type its name says, "
            f"a CSV in UTF-8"
        ) from None
