"""Where a command writes its output: into a file, atomically, or into a pipe or device, as a stream."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.errors import InputError

OTHER_FORMATS = (  # suffixes by which readers recognise a format
    *(".parquet", ".feather", ".json", ".jsonl", ".xls", ".xlsx", ".ods", ".tsv", ".html", ".pkl", ".sqlite", ".yaml"),
    *(".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".tar"),
)
OPENED = ("/dev/fd", "/dev/stdout", "/dev/stderr", "/proc")  # already open, perhaps for appending
REMEDY = "give --out another file"


def check_output(out: str, inputs: Mapping[str, str]) -> None:
    """Raise `InputError` if `out` cannot or must not be written: an input, a folder, a file of another format.

    `inputs` maps options to the paths that they name; if one is a folder, no file in it may be overwritten either.
    """
    if "://" in out:
        raise InputError(f"{out} is not a path on this machine; write to a local file, then copy it there")
    try:
        path = _target(out)
        if is_stream(out):
            return
        _check_place(out, path)
        _check_inputs(out, path, {**inputs, "params.yaml": str(paths.PARAMS)})
        if path.suffix.lower() in OTHER_FORMATS:
            raise InputError(f"{out} is not a name for a CSV, which is what is written; let it end in .csv")
    except (OSError, RuntimeError) as error:  # a name that no file can have, a link to itself
        raise cannot(out, error) from None


def write_output(table: pd.DataFrame, out: str) -> None:
    """Write a table as CSV: a file atomically, following links, or a stream into a pipe or device."""
    try:
        if is_stream(out):
            with Path(out).open("w", encoding="utf-8", newline="") as stream:
                storage.rounded(table).to_csv(stream, index=False, lineterminator="\n")
        else:
            storage.write_csv(table, _target(out))
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError) as error:
        raise cannot(out, error) from None


def is_stream(out: str) -> bool:
    """Whether the path is a stream: a pipe, a terminal, /dev/null, or standard output."""
    path = Path(out)
    if path.is_dir() or not path.exists():
        return False
    opened = any(path.is_relative_to(place) for place in OPENED)
    return opened or path.is_fifo() or path.is_char_device()


def cannot(out: str, error: Exception) -> InputError:
    """The error for an output that the system refuses to write."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else "its symbolic links form a loop"
    return InputError(f"{out} cannot be written: {why}; {REMEDY}")


def _target(out: str) -> Path:
    """The file that a name leads to, whether it exists or not; links are resolved, so that they stay links."""
    return Path(out).resolve()


def _check_place(out: str, path: Path) -> None:
    if path.is_dir() or out.endswith("/"):
        raise InputError(f"{out} cannot be written: it is a folder; {REMEDY}")
    if path.exists() and not path.is_file():
        raise InputError(f"{out} cannot be written: it is neither a file nor a pipe; {REMEDY}")
    if path.parent.exists() and not path.parent.is_dir():
        raise InputError(f"{out} cannot be written: {path.parent.name} is not a folder; {REMEDY}")
    if not path.parent.exists():
        raise InputError(f"{out} cannot be written: there is no folder {path.parent.name}; make it, or {REMEDY}")


def _check_inputs(out: str, path: Path, inputs: Mapping[str, str]) -> None:
    for option, given in inputs.items():
        known = Path(given)
        if "://" in given or not known.exists():
            continue
        if known.is_dir():
            inside = path.is_relative_to(known.resolve())
            if inside or any(_same(part, path) for part in known.rglob("*") if part.is_file()):
                raise InputError(f"{out} would overwrite a file of an input, {option}; {REMEDY}")
        elif _same(known, path):
            raise InputError(f"{out} would overwrite an input, {option}; {REMEDY}")


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)
