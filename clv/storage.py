"""Read and write artifacts: atomically, and with the same bytes for the same content."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv import artifacts, json_artifacts
from clv.damage import REPRO, reading
from clv.errors import InputError
from clv.formulas import warn_of_formulas
from clv.replacing import replacing
from clv.shape import misfit
from clv.table_shape import Columns, require_columns, require_names

T = TypeVar("T")
GROUP_ROWS = 1_048_576  # as pandas writes them
ANY = Columns((), ())


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as one Parquet file, without its index."""
    with replacing(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd")


def write_frames(frames: Iterable[pd.DataFrame], path: Path) -> int:
    """Write one or more frames with the same columns as `write_table` would write all their rows; return the row count.

    No more than a frame and a row group is held in memory.
    """
    tables = (pa.Table.from_pandas(frame, preserve_index=False) for frame in frames)
    first = next(tables)
    rows = 0
    with replacing(path) as temporary, pq.ParquetWriter(temporary, first.schema, compression="zstd") as to:
        for group in in_groups(chain([first], tables), GROUP_ROWS):
            to.write_table(group, GROUP_ROWS)
            rows += group.num_rows
    return rows


def in_groups(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The same rows in contiguous tables of `size` rows, the last one smaller; one empty table if there are no rows."""
    held: list[pa.Table] = []
    n_held, some = 0, False
    for table in tables:
        held.append(table)
        n_held += table.num_rows
        while n_held >= size:
            whole = pa.concat_tables(held)
            yield whole.slice(0, size).combine_chunks()
            held, n_held, some = [whole.slice(size)], n_held - size, True
    if n_held or (held and not some):
        yield pa.concat_tables(held).combine_chunks()


def read_table(
    path: Path,
    columns: Sequence[str] | None = None,
    most_rows: int | None = None,
    needed: Columns | None = None,
) -> pd.DataFrame:
    """Read a Parquet file that an earlier stage wrote, or a folder of them, concatenated in the order of their names.

    `columns` must exist, and only they are read. A file with more than `most_rows` rows is not read. Of the columns
    `needed`, by default those of the artifact, all must exist if `columns` is None, and those read must be numbers
    where it requires them.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; run `dvc repro`, which makes it")
    with reading(path):
        for part in files_of(path):
            about = pq.read_metadata(part)
            require_names(columns or (), about.schema.to_arrow_schema().names)
            if most_rows is not None and about.num_rows > most_rows:
                raise ValueError(f"it has {about.num_rows:,} rows, but at most {most_rows:,} are allowed")
        frame = pd.read_parquet(path, columns=None if columns is None else list(columns))
        require_columns(frame, needed or artifacts.TABLE.get(path, ANY), whole=columns is None)
        return frame


def read_first(path: Path, rows: int) -> tuple[pd.DataFrame, int]:
    """The first rows of a Parquet file that an earlier stage wrote, at most `rows`, and the number of all its rows."""
    with reading(path):
        file = pq.ParquetFile(path)
        first = next(file.iter_batches(batch_size=rows), None)
        frame = (file.schema_arrow.empty_table() if first is None else pa.Table.from_batches([first])).to_pandas()
        require_columns(frame, artifacts.TABLE.get(path, ANY))
        return frame, file.metadata.num_rows


def files_of(path: Path) -> list[Path]:
    """The Parquet files of an artifact: itself, or those in its folder, by name; `ValueError` if there are none."""
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not parts:
        raise ValueError("it is a folder without Parquet files")
    return parts


def n_parts(folder: Path) -> int:
    """Number of blocks of customers in a folder, one file each; `InputError` if it does not exist or has none."""
    n = sum(1 for _ in folder.glob("part-*.parquet"))
    if not n:
        raise InputError(f"{folder} does not exist, or is empty; {REPRO}")
    return n


def columns_of(path: Path) -> list[str]:
    """The names of the columns of a Parquet file that an earlier stage wrote."""
    with reading(path):
        return list(pq.read_schema(path).names)


def n_rows(folder: Path) -> int:
    """Total number of rows of the Parquet files in a folder."""
    with reading(folder):
        return sum(pq.read_metadata(part).num_rows for part in folder.glob("*.parquet"))


def fingerprint(folder: Path) -> str:
    """SHA-256 of all files below a folder, by their relative paths and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise InputError(f"{folder} does not exist, or is empty; run `dvc repro`, which makes it")
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:  # the file may be larger than memory
            whole.update(path.relative_to(folder).as_posix().encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def write_text(text: str, path: Path) -> None:
    """Write text as UTF-8 with exactly one newline at its end."""
    with replacing(path) as temporary:
        temporary.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def write_json(content: Any, path: Path, digits: int = 6) -> None:
    """Write JSON with sorted keys; floats are rounded to `digits` decimals, and NaN becomes null."""
    write_text(json.dumps(_rounded(content, digits), sort_keys=True, indent=2, ensure_ascii=False), path)


def read_text(path: Path) -> str:
    """Read the text of a file that an earlier stage wrote."""
    with reading(path):
        return path.read_text(encoding="utf-8")


def read_json(path: Path, shape: Any = None) -> Any:
    """Read a JSON file that an earlier stage or an earlier run wrote.

    It must have the `shape` (clv/shape.py), by default that of the artifact, if there is one.
    """
    with reading(path, f"{REPRO}, or name the right file"):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):  # not JSON, or not UTF-8
            raise InputError(f"{path} must be JSON, but is not; run `dvc repro`, or name the right file") from None
        shape = json_artifacts.SHAPES.get(path) if shape is None else shape
        wrong = "" if shape is None else misfit(content, shape)
        if wrong:
            raise ValueError(f"it {wrong}")
        return content


def read_as(path: Path, make: Callable[[Any], T]) -> T:
    """Read a JSON file that an earlier stage wrote and convert it with `make`, such as a `from_dict`."""
    content = read_json(path)
    with reading(path):
        return make(content)


def write_csv(frame: pd.DataFrame, path: Path, digits: int = 6, named: Path | None = None) -> None:
    """Write a small table as CSV, floats rounded to `digits` decimals; warn about values that look like formulas.

    The warning calls the file `named` if `path` is not its final place.
    """
    warn_of_formulas(frame, named or path)
    with replacing(path) as temporary:
        rounded(frame, digits).to_csv(temporary, index=False, lineterminator="\n")


def rounded(frame: pd.DataFrame, digits: int = 6) -> pd.DataFrame:
    """The same table with floats rounded to `digits` decimals."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{name: frame[name].round(digits) + 0.0 for name in floats})  # no -0.0: its sign is the CPU's


def read_csv(path: Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that `write_csv` wrote. Only blank cells are missing values: a channel may be called None, or NA.

    Those of the columns `text` that exist are read as text, so that a name made of digits stays a name; blank cells in
    them are "".
    """
    names: dict[Any, Any] = dict.fromkeys(text, "str")
    with reading(path):
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            raise ValueError("it ends in the middle of a line")
        frame = pd.read_csv(BytesIO(content), dtype=names, keep_default_na=False, na_values=[""])
        if tuple(frame) != artifacts.NOTHING_JUDGED or len(frame):
            require_columns(frame, artifacts.TABLE.get(path, ANY))
        return frame.fillna({name: "" for name in text if name in frame})


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, dict):
        return {str(key): _rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item, digits) for item in value]
    if hasattr(value, "item"):  # numpy scalar
        value = value.item()
    if isinstance(value, float):
        return round(value, digits) + 0.0 if math.isfinite(value) else None
    return value
