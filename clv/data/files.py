"""A user's own files, CSV or Parquet, local or on S3, copied unchanged under our column names.

CSV values stay text, so that ids keep their zeros and dates their spelling. How the text is to be read is detected
here; `clv.data.cleaning` converts it to types.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from clv import paths
from clv.data import copying, formats
from clv.data.copying import Batches
from clv.data.date_formats import find_date_format
from clv.data.date_text import require_no_other_zone
from clv.data.number_formats import find_numbers
from clv.data.params import FilesParams
from clv.data.schema import TABLES, InputColumn, names
from clv.data.source import TableSource
from clv.data.unreadable import check_values
from clv.errors import InputError


def copy_files(files: FilesParams, folder: Path, tables: Collection[str] = tuple(TABLES)) -> dict[str, TableSource]:
    """Copy the input tables to `folder/TABLE.parquet` under our column names, in batches; return the source of each.

    Columns of the file that are not mapped are left out, and so are optional columns that the file lacks, unless the
    mapping was changed to name them.

    Raises `InputError` for a file that cannot be read, has no rows (transactions), lacks a column, is written
    ambiguously, mixes dates with the day first and the month first, mixes two currencies, or, unless
    `files.unreadable_values` is `reject`, holds a date or an amount that cannot be read. Tables copied before the error
    stay in the folder.
    """
    for table in tables:
        _check_mapping(table, getattr(files.columns, table))
    return {table: _copy(table, files, folder) for table in tables}


def _copy(table: str, files: FilesParams, folder: Path) -> TableSource:
    path: str = getattr(files, table)
    source = _copy_csv(table, files, folder) if formats.is_csv(path) else _copy_parquet(table, files, folder)
    if table == "transactions":
        template = Path(path).parent == paths.TEMPLATES
        remedy = "set generate.files.transactions to your file" if template else "supply a file with orders"
        copying.require_rows(source, remedy)
    source = _with_spelling(table, files, folder, source)
    check_values(table, folder, source, stop=files.unreadable_values == "stop")
    return source


def _copy_csv(table: str, files: FilesParams, folder: Path) -> TableSource:
    path: str = getattr(files, table)
    columns: dict[str, str] = getattr(files.columns, table)
    theirs = [columns.get(name, name) for name in names(TABLES[table])]
    ours = Path(path).parent == paths.TEMPLATES  # whatever the parameters set for the user's own files
    separator, encoding = (",", "utf-8") if ours else (files.separator, files.encoding)
    dialect = formats.find_dialect(path, separator, encoding, theirs)
    try:
        return _copy_text(table, path, columns, dialect, folder)
    except formats.WrongEncodingError:
        if dialect.certain or dialect.encoding != "utf-8" or not "".join(dialect.header).isascii():
            raise
    # Only reading to the end shows whether a file without a mark is UTF-8. Non-ASCII letters in its header would have
    # been evidence for it.
    return _copy_text(table, path, columns, replace(dialect, encoding="cp1252"), folder)


def _copy_text(
    table: str, path: str, columns: Mapping[str, str], dialect: formats.Dialect, folder: Path
) -> TableSource:
    wanted = _match(table, path, dialect.header, columns)
    given = formats.csv_batches(path, dialect, list(wanted.values()))
    rows = copying.write(table, copying.as_ours(path, given, wanted), folder)
    return TableSource(path, rows, _named(wanted), separator=dialect.separator, encoding=dialect.encoding)


def _copy_parquet(table: str, files: FilesParams, folder: Path) -> TableSource:
    path: str = getattr(files, table)
    columns: dict[str, str] = getattr(files.columns, table)
    parts = formats.parquet_parts(path)
    schema = formats.parquet_schema(parts[0])
    wanted = _match(table, parts[0], schema.names, columns)
    first = copying.as_ours(parts[0], formats.parquet_batches(parts[0], schema, list(wanted.values())), wanted)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from first.batches
        for part in parts[1:]:
            yield from _like_the_first(table, part, columns, wanted, first.schema)

    rows = copying.write(table, Batches(first.schema, batches()), folder)
    return TableSource(path, rows, _named(wanted))


def _like_the_first(
    table: str, part: str, columns: Mapping[str, str], wanted: Mapping[InputColumn, str], to: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """The rows of a further part of a folder, cast to the types of the first part."""
    schema = formats.parquet_schema(part)
    here = _match(table, part, schema.names, columns)
    if here != wanted:
        odd = sorted(set(here.values()) ^ set(wanted.values()))
        raise InputError(
            f"{part}: its columns differ from those of the first part of the folder, as only one of them has {odd[0]}; "
            f"write all parts with the same columns"
        )
    ours = copying.as_ours(part, formats.parquet_batches(part, schema, list(here.values())), here)
    for field in ours.schema:
        first = to.field(field.name).type
        zones = [getattr(kind, "tz", None) for kind in (field.type, first)]
        if pa.types.is_timestamp(field.type) != pa.types.is_timestamp(first) or zones.count(None) == 1:
            raise _unlike(part, field.name, str(field.type), str(first))
    for batch in ours.batches:
        try:
            yield batch.cast(to)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"{part}: does not fit the types of the folder's first part: {reason}; write all parts with the same "
                f"types"
            ) from None


def _unlike(part: str, column: str, here: str, first: str) -> InputError:
    return InputError(
        f"{part}: the column for {column} is {here}, but {first} in the first part of the folder; write all parts "
        f"with the same types"
    )


def _with_spelling(table: str, files: FilesParams, folder: Path, source: TableSource) -> TableSource:
    """The source with the spelling of its numbers and dates, as given or as detected from all of them."""
    numbers = copying.text_batches(table, folder, {"money", "number"})
    decimal, formatted = find_numbers(source, numbers, files.decimal)
    source = replace(source, decimal=decimal, formatted=formatted)
    if files.date_format == "iso":
        return source
    if files.date_format != "auto":
        require_no_other_zone(files.date_format)
        return replace(source, date_format=files.date_format)
    column = next((column.name for column in TABLES[table] if column.kind == "time"), None)
    if column is None:
        return source
    dates = (batch.column(column) for batch in copying.text_batches(table, folder, {"time"}))
    return replace(source, date_format=find_date_format(source, column, dates))


def _match(table: str, path: str, present: list[str], columns: Mapping[str, str]) -> dict[InputColumn, str]:
    return copying.match(
        table, path, present, columns, lambda ours: f"set generate.files.columns.{table}.{ours} to the right one"
    )


def _named(wanted: Mapping[InputColumn, str]) -> dict[str, str]:
    return {column.name: theirs for column, theirs in wanted.items()}


def _check_mapping(table: str, columns: Mapping[str, str]) -> None:
    known = names(TABLES[table])
    ours_of: dict[str, str] = {}
    for ours in columns:
        if ours not in known:
            raise InputError(
                f"unknown parameter 'generate.files.columns.{table}.{ours}'; columns of {table} are {', '.join(known)}"
            )
    for ours in known:
        theirs = columns.get(ours, ours)
        if not theirs and any(column.name == ours and column.required and ours != "amount" for column in TABLES[table]):
            raise InputError(
                f"parameter 'generate.files.columns.{table}.{ours}' must be the name of a column, as {table} need one, "
                f"got ''; name one"
            )
        if not theirs:
            continue
        if theirs in ours_of:
            raise InputError(
                f"generate.files.columns.{table}: {ours_of[theirs]} and {ours} are both '{theirs}'; a column can be "
                f"mapped only once; map one of them to another column, or rename the column in the file"
            )
        ours_of[theirs] = ours
