"""Reading a user's own tables: CSV or Parquet, local or on S3, under the user's own column names."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from clv.data.schema import TABLES, names
from clv.data.types import as_time
from clv.errors import InputError
from clv.params import FilesParams

T = TypeVar("T")


def read_input(table: str, files: FilesParams) -> pd.DataFrame:
    """Read one input table and give its columns our names.

    CSV values stay text, so that ids keep their zeros and dates their spelling; `clv.data.cleaning` makes types of
    them. Columns of the file that nothing maps to are left out. Optional columns that the file has not are left out,
    unless the mapping was changed to name them.

    Raises `InputError` for a file that cannot be read, has no rows (transactions), lacks a column, or holds something
    that is not a date where a date should be, unless `files.unparseable_dates` is `reject`.
    """
    path: str = getattr(files, table)
    columns: dict[str, str] = getattr(files.columns, table)
    schema = TABLES[table]
    _check_mapping(table, columns)
    present = _read_header(path)
    wanted: dict[str, str] = {}
    for column in schema:
        theirs = columns.get(column.name, column.name)
        if theirs in present:
            wanted[column.name] = theirs
        elif column.required or theirs != column.name:
            raise InputError(
                f"{path}: no column '{theirs}', which {table} needs as {column.name}; it has "
                f"{', '.join(present) or 'none'}; set generate.files.columns.{table}.{column.name} to the right one"
            )
    frame = _read(path, list(dict.fromkeys(wanted.values())))
    if table == "transactions" and frame.empty:
        raise InputError(
            f"{path}: has no rows; transactions need at least one; set generate.files.transactions to your file"
        )
    for column in schema:
        if column.kind == "time" and files.unparseable_dates == "stop":
            _check_dates(path, wanted[column.name], frame[wanted[column.name]], files.date_format)
    return pd.DataFrame({ours: frame[theirs] for ours, theirs in wanted.items()})


def _check_dates(path: str, name: str, values: pd.Series, date_format: str | None) -> None:
    wrong = np.flatnonzero(as_time(values, "UTC", date_format).isna())
    if len(wrong):
        others = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        rule = f"a date in the format {date_format}" if date_format else "an ISO 8601 date such as 2026-01-31"
        value = "nothing" if pd.isna(values.iloc[wrong[0]]) else repr(str(values.iloc[wrong[0]]))
        raise InputError(
            f"{path}, column '{name}', data row {wrong[0] + 1}: {value}{others} is not {rule}; "
            f"mend the file, set generate.files.date_format, or set generate.files.unparseable_dates to reject"
        )


def _check_mapping(table: str, columns: Mapping[str, str]) -> None:
    known = names(TABLES[table])
    for name in columns:
        if name not in known:
            raise InputError(
                f"unknown parameter 'generate.files.columns.{table}.{name}'; columns of {table} are {', '.join(known)}"
            )


def _read_header(path: str) -> list[str]:
    if _is_csv(path):
        header = _attempt(path, lambda: pd.read_csv(path, nrows=0, dtype=str, encoding="utf-8-sig"))
        return [str(name) for name in header.columns]
    return list(_attempt(path, lambda: _schema_of(path)))


def _schema_of(path: str) -> list[str]:
    if path.startswith("s3://"):
        import s3fs

        with s3fs.S3FileSystem().open(path) as file:
            return list(pq.read_schema(file).names)
    return list(pq.read_schema(path).names)


def _read(path: str, columns: list[str]) -> pd.DataFrame:
    if _is_csv(path):
        return _attempt(
            path,
            lambda: pd.read_csv(
                path, usecols=columns, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig"
            ),
        )
    return _attempt(path, lambda: pd.read_parquet(path, columns=columns))


def _is_csv(path: str) -> bool:
    if path.endswith((".csv", ".csv.gz")):
        return True
    if path.endswith((".parquet", ".pq")):
        return False
    raise InputError(
        f"{path}: the file type is told by the name, which must end in .csv, .csv.gz or .parquet; rename or convert it"
    )


def _attempt(path: str, read: Callable[[], T]) -> T:
    """Whatever a reader, a file system or S3 raises is about the user's file: say which file, in one line."""
    try:
        return read()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; set generate.files to files that exist") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{path}: the file is empty; it needs a header line and rows") from None
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{path}: cannot be read: {reason}; check that the file is whole and of the type its name says"
        ) from None
