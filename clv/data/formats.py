"""Reading CSV and Parquet from any fsspec location as streams of Arrow batches: memory does not grow with the file."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem
from pyarrow import csv

from clv.data.copying import Batches
from clv.data.detect import find_encoding, find_separator, first_rows, has_mark
from clv.data.quotes import Counted, require_closed
from clv.errors import InputError, shown

TEXT_ENDINGS = tuple(f".{kind}{packed}" for kind in ("csv", "tsv", "txt") for packed in ("", ".gz"))
SAMPLE_BYTES = 1 << 18
BLOCK_BYTES = 1 << 22  # of CSV read at a time; no row may be longer
BATCH_ROWS = 65_536
NULLS = ["", "NULL", "null", "\\N", "NaN", "nan", "<NA>"]  # how databases and pandas write missing values


class WrongEncodingError(InputError):
    """A value does not fit the encoding that was assumed for the file."""


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written. `certain` is whether its encoding was given or marked, not guessed."""

    header: list[str]
    separator: str
    encoding: str
    certain: bool
    has_rows: bool

    @property
    def wrong(self) -> str:
        """What messages call a file whose bytes do not fit the encoding."""
        if self.encoding == "cp1252" and not self.certain:
            return "neither UTF-8 nor Windows-1252"
        return f"not {'UTF-8' if self.encoding == 'utf-8' else self.encoding}"


@contextmanager
def about(path: str, wrong: str = "not UTF-8") -> Iterator[None]:
    """Turn any error of a reader, a file system or S3 into an `InputError`: one line that names the user's file."""
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; set generate.files to files that exist") from None
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "invalid UTF8" in reason or isinstance(error, UnicodeError):
            raise WrongEncodingError(
                f"{path}: is {wrong}; save it as 'CSV UTF-8', or convert it with iconv, or set "
                f"generate.files.encoding to the one of the file"
            ) from None
        if "straddling" in reason:
            reason = f"a row is longer than {BLOCK_BYTES >> 20} MB, perhaps because a quote is never closed"
        raise InputError(
            f"{path}: cannot be read: {reason}; check that the file is whole and of the type its name shows"
        ) from None


def is_there(path: str) -> bool:
    """Whether a local path exists, false for names that no file can have; URLs are not checked and count as present."""
    try:
        return "://" in path or Path(path).exists()
    except OSError:
        return False


def is_csv(path: str) -> bool:
    """Whether a path is a CSV, with any separator; if not, it is Parquet, one file or a folder.

    Other paths are refused.
    """
    with about(path):
        files, at = url_to_fs(path)
        if files.isdir(at):
            return False
        _require_regular(path, files, at)
        if not path.endswith((*TEXT_ENDINGS, ".parquet")):
            if not files.exists(at):
                raise FileNotFoundError(path)
            raise InputError(
                f"{path}: the file type is read from the name, which must end in .csv, .tsv, .txt, the same with .gz, "
                f"or .parquet, or be a folder of .parquet files; rename or convert it"
            )
    return not path.endswith(".parquet")


def find_dialect(path: str, separator: str, encoding: str, wanted: Sequence[str]) -> Dialect:
    """How a CSV is written, detected from its beginning where the separator or the encoding is `auto`."""
    with about(path), fsspec.open(path, "rb", compression="infer") as file:
        sample = file.read(SAMPLE_BYTES)
    complete = len(sample) < SAMPLE_BYTES
    found = find_encoding(sample, encoding)
    # Columns that are not read may hold bytes that do not fit the encoding.
    decoding = io.TextIOWrapper(
        io.BytesIO(sample), "utf-8-sig" if found == "utf-8" else found, errors=_lenient(found), newline=""
    )
    with about(path, f"not {found}"):
        text = decoding.read()
    if not complete and "\n" not in (head := text.lstrip("\r\n")) and "\r" not in head:
        raise InputError(
            f"{path}: its first line is longer than {SAMPLE_BYTES:,} bytes, too long for a header; "
            f"check that it is a CSV with one line per row"
        )
    if "\0" in text:
        raise InputError(
            f"{path}: holds zero bytes, so it is not a CSV in {found.upper()}; save it as 'CSV UTF-8', or set "
            f"generate.files.encoding to the one of the file"
        )
    if separator == "auto":
        separator = find_separator(path, text, complete, wanted)
        rows = first_rows(text, separator, complete)
    else:
        rows = first_rows(text, separator, complete)
        if rows and len(rows[0]) == 1 and any(mark in rows[0][0] for mark in ",;|\t" if mark != separator):
            raise InputError(
                f"{path}: its header is a single column, {shown(rows[0][0])}; set generate.files.separator, which is "
                f"{separator!r}, to the one of the file"
            )
    if not rows:
        raise InputError(
            f"{path}: "
            + ("the file is empty" if not text.strip() else "a quote in its header is never closed")
            + "; it needs a header line and rows"
        )
    certain = encoding != "auto" or has_mark(sample)
    return Dialect(rows[0], separator, found, certain, has_rows=len(rows) > 1 or not complete)


def csv_sample(path: str, how: Dialect) -> list[list[str]]:
    """The first rows of a CSV without its header; bytes that do not fit the encoding are replaced."""
    with about(path), fsspec.open(path, "rb", compression="infer") as file:
        sample = file.read(SAMPLE_BYTES)
    text = sample.decode(how.encoding, errors="replace")
    return first_rows(text, how.separator, complete=len(sample) < SAMPLE_BYTES)[1:]


def csv_batches(path: str, how: Dialect, columns: Sequence[str]) -> Batches:
    """Some columns of a CSV as text. Reading stops with an error at a row with more or fewer fields than the header.

    Raises `WrongEncodingError` while reading, at a value that does not fit the encoding.
    """
    text = csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        include_columns=columns,
        strings_can_be_null=True,
        null_values=NULLS,
    )
    parsing = csv.ParseOptions(delimiter=how.separator, newlines_in_values=True)
    reading = csv.ReadOptions(encoding=how.encoding, block_size=BLOCK_BYTES)

    def read() -> Iterator[pa.RecordBatch]:
        if not how.has_rows:
            return
        rows = 0
        with about(path, how.wrong), fsspec.open(path, "rb", compression="infer") as file:
            counted = Counted(file)
            with csv.open_csv(counted, read_options=reading, parse_options=parsing, convert_options=text) as reader:
                for batch in reader:
                    rows += batch.num_rows
                    yield batch
            if counted.suspicious(rows):
                require_closed(path, how.encoding, how.separator)

    return Batches(pa.schema([(name, pa.string()) for name in columns]), read())


def parquet_parts(path: str) -> list[str]:
    """The Parquet files at a path: the file itself, or all files in and below a folder, sorted, without hidden ones.

    Names of hidden files and folders begin with `_` or `.`.
    """
    with about(path):
        files, at = url_to_fs(path)
        if not files.isdir(at):
            _require_regular(path, files, at)
            return [path]
        root = at.rstrip("/") + "/"
        found = sorted(name.removeprefix(root) for name in files.find(at) if name.endswith(".parquet"))
        names = [name for name in found if not any(part.startswith(("_", ".")) for part in name.split("/"))]
        for name in names:
            _require_regular(f"{path.rstrip('/')}/{name}", files, root + name)
    if not names:
        raise InputError(f"{path}: this folder has no .parquet files; set generate.files to where they are")
    return [f"{path.rstrip('/')}/{name}" for name in names]


def parquet_schema(part: str) -> pa.Schema:
    """The columns and types of one Parquet file."""
    with about(part), fsspec.open(part, "rb") as file:
        return pq.read_schema(file)


def parquet_batches(part: str, schema: pa.Schema, columns: Sequence[str]) -> Batches:
    """Some columns of one Parquet file."""

    def read() -> Iterator[pa.RecordBatch]:
        # Pre-buffering would keep all data read until the file is closed.
        with about(part), fsspec.open(part, "rb") as file, pq.ParquetFile(file, pre_buffer=False) as parquet:
            for group in range(parquet.num_row_groups):
                yield from parquet.iter_batches(BATCH_ROWS, row_groups=[group], columns=list(columns))

    return Batches(pa.schema([schema.field(name) for name in columns]), read())


def _require_regular(path: str, files: Any, at: str) -> None:
    """Refuse anything but a regular file: a pipe or a device may never end and cannot be read twice."""
    if isinstance(files, LocalFileSystem) and Path(at).exists() and not Path(at).is_file():
        raise InputError(f"{path}: is not a regular file, but is read more than once; copy its content to a file")


def _lenient(encoding: str) -> str:
    return "surrogateescape" if encoding == "utf-8" else "replace"
