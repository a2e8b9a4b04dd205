"""The folder of a saved model: its files and their hashes, checked before any library opens one of them.

A person who can write to a remote can also write these hashes, so they protect against damage, not against malice. The
protection against malice is that no file of a model is of a type that can run code when it is opened.
"""

import hashlib
import re
from datetime import date
from pathlib import Path

from clv import storage
from clv.damage import reading
from clv.errors import InputError
from clv.models.btyd.value import SHAPE as BTYD
from clv.shape import Each, Maybe

MANIFEST = "manifest.json"
CELLS = [[float]]
SHAPE = {  # of the manifest; all other content is for the record
    "params": Each(Maybe(object)),
    "seed": int,
    "btyd": BTYD,
    "panel": {"encoder": {"numeric": [str], "levels": Each([str])}, "floor": float},
    "at_level": {
        "level": {"value": float, "orders": float, "sd": Maybe(float)},
        "learner_scales": Each(float),
        "value_scale": float,
        "orders_scale": float,
        "correction": {
            "combination": {
                "weights": [float],
                "given": [float],
                "curve": {"at": [float], "log_factor": [float]},
                "cells": CELLS,
            },
            "orders": {"power": float, "cells": CELLS},
            "chance": {"intercept": float, "coefficients": [float]},
            "intervals": {"edges": [float], "offset": float}
            | dict.fromkeys(("one_sided", "low", "high"), Each([object])),
        },
    },
    "typical": float,
    "labelled": [date],
    "features": [str],
    "versions": Each(str),
}
SUMS = "SHA256SUMS"  # in the format of `sha256sum --check`
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_.-]{1,100})")
MOST_BYTES = 2**31  # of a file: hundreds of times the size of a large model
PICKLES = (".joblib", ".pkl", ".pickle", ".skops")
REMEDY = "run `dvc checkout --force` or `dvc pull --force`, or `dvc repro --force train`, which makes it anew"


def seal(folder: Path) -> None:
    """Write the hashes of all files in a folder to SHA256SUMS; no file may be added afterwards."""
    names = sorted(path.name for path in folder.iterdir() if path.name != SUMS)
    storage.write_text("\n".join(f"{_hash(folder / name)}  {name}" for name in names), folder / SUMS)


def require_sealed(folder: Path) -> None:
    """Raise `InputError` if a folder holds no model, or files other than those saved."""
    if not (folder / MANIFEST).is_file():
        raise InputError(f"{folder} holds no model (no {MANIFEST}); run `dvc repro train`")
    with reading(folder, REMEDY):
        found = {path.name: path for path in sorted(folder.iterdir()) if path.name != SUMS}
    for name in found:
        if name.endswith(PICKLES):
            raise InputError(
                f"{folder / name} is of a type that can run code when opened, so it was not opened; models of this "
                f"version have no such file: run `dvc repro train`, which makes {folder} anew"
            )
    expected = _expected(folder)
    for name in sorted({*found, *expected}):
        path = folder / name
        if name not in expected:
            raise InputError(f"{path} does not belong to this model ({folder / SUMS} does not list it); remove it")
        if name not in found:
            raise InputError(f"{path} is missing, although {folder / SUMS} lists it; {REMEDY}")
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} must be a file of at most {MOST_BYTES:,} bytes, and is not; {REMEDY}")
        with reading(path, REMEDY):
            got = _hash(path)
        if got != expected[name]:
            raise InputError(
                f"{path} is not the file that was saved: {folder / SUMS} expects the SHA-256 {expected[name][:12]}..., "
                f"got {got[:12]}...; {REMEDY}"
            )


def _expected(folder: Path) -> dict[str, str]:
    """The hashes of the files when the folder was saved, by name."""
    if not (folder / SUMS).exists():
        raise InputError(f"{folder} has no {SUMS}, which every model of this version has; run `dvc repro train`")
    lines = [LINE.fullmatch(line) for line in storage.read_text(folder / SUMS).splitlines()]
    hashes = {line[2]: line[1] for line in lines if line}
    if not hashes or len(hashes) != len(lines):
        raise InputError(f"{folder / SUMS} is damaged: it must have a SHA-256 and a name in each line; {REMEDY}")
    return hashes


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
