"""Where a command writes what a user asked for: a file, as a whole, or a pipe or device, as it is."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.errors import InputError

OTHER_FORMATS = (  # of names, by which readers tell what a file is
    *(".parquet", ".feather", ".json", ".jsonl", ".xls", ".xlsx", ".ods", ".tsv", ".html", ".pkl", ".sqlite", ".yaml"),
    *(".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".tar"),
)
OPENED = ("/dev/fd", "/dev/stdout", "/dev/stderr", "/proc")  # what is open already, perhaps to be added to
REMEDY = "give --out another file"


def check_output(out: str, inputs: Mapping[str, str]) -> None:
    """Raise `InputError` where `out` cannot be written or must not: it is an input, a folder, of another format.

    `inputs` are paths by the option that names them; of a folder no file of it may be written either.
    """
    if "://" in out:
        raise InputError(f"{out} is no file of this machine; write one, and copy it there")
    try:
        path = _target(out)
        if is_stream(out):
            return
        _check_place(out, path)
        _check_inputs(out, path, {**inputs, "params.yaml": str(paths.PARAMS)})
        if path.suffix.lower() in OTHER_FORMATS:
            raise InputError(f"{out} would be no {path.suffix[1:]}, as a CSV is written; end its name in .csv")
    except (OSError, RuntimeError) as error:  # a name that no file can have, a link to itself
        raise cannot(out, error) from None


def write_output(table: pd.DataFrame, out: str) -> None:
    """Write a table as CSV: a file whole or not at all, where a link leads; into a pipe or device as it is."""
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
    """Whether what bears the name takes bytes as they come: a pipe, a terminal, /dev/null, or standard output."""
    path = Path(out)
    if path.is_dir() or not path.exists():
        return False
    opened = any(path.is_relative_to(place) for place in OPENED)
    return opened or path.is_fifo() or path.is_char_device()


def cannot(out: str, error: Exception) -> InputError:
    """What there is to say where the system refuses."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else "its links lead in a circle"
    return InputError(f"{out} cannot be written: {why}; {REMEDY}")


def _target(out: str) -> Path:
    """The file that a name leads to, there or not; through links, so that they stay links."""
    return Path(out).resolve()


def _check_place(out: str, path: Path) -> None:
    if path.is_dir() or out.endswith("/"):
        raise InputError(f"{out} cannot be written: it is a folder; {REMEDY}")
    if path.exists() and not path.is_file():
        raise InputError(f"{out} cannot be written: it is neither a file nor a pipe; {REMEDY}")
    if path.parent.exists() and not path.parent.is_dir():
        raise InputError(f"{out} cannot be written: {path.parent.name} is no folder; {REMEDY}")
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
                raise InputError(f"{out} is a file of {option}, which is read; {REMEDY}")
        elif _same(known, path):
            raise InputError(f"{out} is the file of {option}, which is read; {REMEDY}")


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)
