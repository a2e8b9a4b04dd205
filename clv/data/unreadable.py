"""Dates, amounts and return marks that cannot be read, or that are certainly read wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv.data import hints
from clv.data.copying import AMOUNT_PARTS, GROUP_ROWS
from clv.data.date_formats import swapped
from clv.data.order_dates import dated_by_order
from clv.data.order_fields import never_came
from clv.data.schema import TABLES, InputColumn
from clv.data.source import TableSource
from clv.data.types import as_flag, as_number, as_time
from clv.errors import InputError, shown

SLIPS = 0.01  # of the dates in a column with the year first; up to this share of exchanged days may be typos
_YEAR_FIRST = r"^(\d{4})-(\d{1,2})-(\d{1,2})"


@dataclass
class _Bad:
    """The first value of a column that cannot be read, its row from 1, and how many values cannot and can be read."""

    row: int = 0
    value: Any = None
    count: int = 0
    read: int = 0


def check_values(table: str, folder: Path, source: TableSource, mend: str | None = None, stop: bool = True) -> None:
    """Refuse a date, an amount, a part of an amount or a return mark that is present but cannot be read.

    A date must also be present, if not on the row itself then on another row of its order. A missing amount is left to
    cleaning. Without `stop`, only a date column is refused that has the day first in some values and the month first in
    others, because its remaining dates are then ambiguous.

    Raises `InputError` with the data row of the first such value, how many follow, and the conversion that helps,
    introduced by the given remedy. Without a remedy the source is a file, for which a parameter may help too.
    """
    bad: dict[str, _Bad] = {}
    swaps: dict[str, _Bad] = {}
    excused: np.ndarray | None = None  # rows whose order has a date
    checked = [column for column in TABLES[table] if _is_checked(column, source) and (stop or column.kind == "time")]
    for start, column, values in _columns(table, folder, checked):
        unreadable = _unreadable(column, values, source)
        if stop and column.kind == "time" and "order_id" in source.columns and never_came(values[unreadable]).any():
            excused = dated_by_order(folder / f"{table}.parquet", column.name) if excused is None else excused
            unreadable[np.intersect1d(excused - start, unreadable.index)] = False
        _add(bad.setdefault(column.name, _Bad()), start, values, unreadable)
        is_text = isinstance(values.dtype, pd.CategoricalDtype)
        if mend is None and column.kind == "time" and is_text and unreadable.any():
            only_swapped = unreadable & _swapped_times(values, source.date_format).notna()
            _add(swaps.setdefault(column.name, _Bad()), start, values, only_swapped)
    for column in checked:
        if column.name in swaps and _is_no_slip(swaps[column.name], bad[column.name], source):
            raise _two_orders(table, folder, source, column, swaps[column.name])
        if stop and column.name in bad and bad[column.name].count:
            raise _not_read(source, column, bad[column.name], mend)


def _columns(table: str, folder: Path, checked: list[InputColumn]) -> Iterator[tuple[int, InputColumn, pd.Series]]:
    """The columns of a written table batch by batch, with the number of the first row; text is dictionary-encoded."""
    with pq.ParquetFile(folder / f"{table}.parquet", pre_buffer=False) as file:
        present = [column for column in checked if column.name in file.schema_arrow.names]
        if not present:
            return
        start = 0
        for batch in file.iter_batches(batch_size=GROUP_ROWS, columns=[column.name for column in present]):
            for column in present:
                array = batch.column(column.name)
                array = array.dictionary_encode() if pa.types.is_string(array.type) else array
                yield start, column, array.to_pandas()
            start += batch.num_rows


def _is_checked(column: InputColumn, source: TableSource) -> bool:
    makes_amount = column.name in (*AMOUNT_PARTS, "discount") and "amount" not in source.columns
    return column.kind == "time" or column.name in ("amount", "is_return") or makes_amount


def _unreadable(column: InputColumn, values: pd.Series, source: TableSource) -> pd.Series:
    if column.kind == "flag":
        return as_flag(values).isna() & values.notna()
    if column.kind != "time":
        return as_number(values, source.decimal, column.name in source.formatted).isna() & values.notna()
    times = as_time(values, "UTC", source.date_format)
    return times.isna() | ~times.dt.year.between(1, 9999)  # databases have infinite dates


def _add(found: _Bad, start: int, values: pd.Series, hits: pd.Series) -> None:
    rows = np.flatnonzero(hits)
    found.read += int((values.notna() & ~hits).sum())
    if len(rows) and not found.count:
        found.row, found.value = start + int(rows[0]) + 1, values.iloc[rows[0]]
    found.count += len(rows)


def _not_read(source: TableSource, column: InputColumn, bad: _Bad, mend: str | None) -> InputError:
    text = bad.value if isinstance(bad.value, str) else None
    alone = mend is None and bad.read == 0
    if column.kind == "flag":
        hint = "write one of these in the file"
    elif column.kind == "time":
        hint = hints.for_time(text, alone, source.date_format)
    else:
        hint = hints.for_number(str(bad.value), source.decimal, alone)
    if mend is not None:
        hint = f"{mend}: {hint}"
    elif bad.read:
        hint += ", or set generate.files.unreadable_values to reject"
    return InputError(
        f"{_where(source, column, bad)}: {_shown(bad.value)}{_more(bad)} is not {_rule(column, source)}; {hint}"
    )


def _swapped_times(values: pd.Series, date_format: str | None) -> pd.Series:
    """The times when read with day and month exchanged."""
    if date_format is not None:
        other = swapped(date_format)
        return as_time(values, "UTC", other) if other != date_format else pd.Series(pd.NaT, index=values.index)
    return as_time(values.astype("str").str.replace(_YEAR_FIRST, r"\1-\3-\2", regex=True), "UTC")


def _is_no_slip(swaps: _Bad, bad: _Bad, source: TableSource) -> bool:
    year_first = source.date_format is None or source.date_format.startswith("%Y")
    return swaps.count > (SLIPS * (bad.count + bad.read) if year_first else 0)


def _two_orders(table: str, folder: Path, source: TableSource, column: InputColumn, swaps: _Bad) -> InputError:
    """The error for dates that can be read only with day and month exchanged."""
    for start, _, values in _columns(table, folder, [column]):
        only_so = as_time(values, "UTC", source.date_format).notna()
        only_so &= _swapped_times(values, source.date_format).isna()
        if only_so.any():
            so = _Bad()
            _add(so, start, values, only_so)
            first, second = ("month", "day") if _month_first(source.date_format) else ("day", "month")
            return InputError(
                f"{_where(source, column, so)}: {_shown(so.value)} has the {first} first and {_shown(swaps.value)} of "
                f"data row {swaps.row}{_more(swaps)} the {second} first, so other dates are ambiguous; write all "
                f"dates as 2026-01-31 where they come from, or split the file by how its dates are written"
            )
    other = swapped(source.date_format) or "%Y-%d-%m"
    return InputError(
        f"{_where(source, column, swaps)}: {_shown(swaps.value)}{_more(swaps)} is not {_rule(column, source)}, and no "
        f"date of the column needs this order of day and month; set generate.files.date_format to '{other}', which "
        f"exchanges them"
    )


def _month_first(date_format: str | None) -> bool:
    return date_format is None or date_format.find("%m") < date_format.find("%d")


def _where(source: TableSource, column: InputColumn, bad: _Bad) -> str:
    return f"{source.name}, column {shown(source.theirs(column.name))}, data row {bad.row}"


def _more(bad: _Bad) -> str:
    return f" (and {bad.count - 1:,} more)" if bad.count > 1 else ""


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "empty"
    if isinstance(value, pd.Timestamp):  # not read, so beyond the dates that text can hold
        return "a date outside of the years 1 to 9999"
    return shown(str(value))


def _rule(column: InputColumn, source: TableSource) -> str:
    if column.kind == "flag":
        return "true or false, yes or no, 1 or 0"
    if column.kind != "time":
        return f"a number with the decimal mark '{source.decimal}'"
    return f"a date in the format {source.date_format}" if source.date_format else "an ISO 8601 date like 2026-01-31"
