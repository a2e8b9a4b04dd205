"""Read frames in memory as raw tables, exactly as files are read, so that the same rows become the same table."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv.data.params import FilesParams
from clv.data.statuses import Statuses
from clv.door.raw_history import OPTIONS, AbsentError, Given, read_tables
from clv.errors import InputError
from clv.params import Params
from clv.stopping import undone

# Remedies in messages about files and commands, and their equivalents for a caller in Python.
REMEDIES = (
    (r"set generate\.files\.columns\.\w+\.(\w+) to the right one", r"name the right one by columns={'yours': '\1'}"),
    (
        r"map the id of the person in generate\.files\.columns\.transactions",
        "name that of the person by columns={'yours': 'customer_id'}",
    ),
    (r"supply a file with orders", "give a frame with orders"),
)
# For a fitted model, whose column names are those of its fit.
FITTED = (
    (r"name the right one by columns=\{[^}]*\}", "rename it to that, as predict reads the names that fit was given"),
)


def require_frames(frames: Mapping[str, pd.DataFrame | None]) -> dict[str, pd.DataFrame]:
    """The tables that were given. Raises `InputError` if one is not a frame."""
    given = {table: frame for table, frame in frames.items() if frame is not None}
    for table, frame in given.items():
        if not isinstance(frame, pd.DataFrame):
            raise InputError(f"{table} must be a pandas.DataFrame, got a {type(frame).__name__}")
    return given


def read_frames(frames: Mapping[str, pd.DataFrame], params: Params) -> Given:
    """Raw tables from frames, by table, with the column names that `params` map to ours.

    Raises `InputError`, with the table, as `clv.data.files.copy_files` does, and for a column with values of several
    types, which no table can hold.
    """
    files = params.generate.files
    statuses = Statuses(params.preprocess.sale_statuses, params.preprocess.no_sale_statuses)
    with TemporaryDirectory() as name, undone(partial(shutil.rmtree, name)):
        paths = {table: str(Path(name) / f"{table}.parquet") for table in frames}
        for table, path in paths.items():
            _write(table, frames[table], files, path)
        with about_frames(paths):
            given = read_tables(files, paths, statuses)
    sources = {table: replace(source, name=table) for table, source in given.sources.items()}
    return replace(given, sources=sources)


def _write(table: str, frame: pd.DataFrame, files: FilesParams, path: str) -> None:
    """Write the columns of a frame that Parquet can hold; raise `InputError` if it cannot hold one that is read."""
    read = getattr(files.columns, table).values()
    for name in frame.index.names:
        if name in read and name not in frame:
            raise InputError(f"{table}: {name!r} is the index and not a column; call reset_index() on it first")
    kept, arrays = [], []
    for name, values in frame.items():
        try:
            arrays.append(pa.array(values, from_pandas=True))
            kept.append(str(name))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            if name in read:
                why = str(error).splitlines()[0]
                raise InputError(
                    f"{table}: column {name!r} cannot be read: {why}; give it values of one kind"
                ) from None
    pq.write_table(pa.Table.from_arrays(arrays, kept), path)


@contextmanager
def about_frames(paths: Mapping[str, str] | None = None) -> Iterator[None]:
    """Rephrase an error about a file, by table in `paths`, as one about the frame that the caller passed."""
    try:
        yield
    except AbsentError as error:
        one = OPTIONS[error.table]
        remedy = f"give {one}, or a frame of its columns without rows" if error.is_whole else f"add it to {one}, blank"
        raise InputError(f"{error.problem}; {remedy} if need be") from None
    except InputError as error:
        text = str(error)
        for table, path in (paths or {}).items():
            text = text.replace(path, table)
        raise InputError(in_python(text)) from None


@contextmanager
def about_fitted() -> Iterator[None]:
    """Rephrase an error about the columns of frames for a model that is already fitted."""
    try:
        yield
    except InputError as error:
        raise InputError(_replaced(str(error), FITTED)) from None


def in_python(text: str) -> str:
    """Rephrase advice about files and commands for a caller in Python."""
    return _replaced(text, REMEDIES)


def _replaced(text: str, remedies: Sequence[tuple[str, str]]) -> str:
    for old, new in remedies:
        text = re.sub(old, new, text)
    return text
