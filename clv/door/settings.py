"""The parameters of a fit from Python: those of params.yaml with the caller's changes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clv.data.schema import TABLES, names
from clv.errors import InputError, listed, shown
from clv.machine import THREADS, Machine
from clv.params import Params
from clv.paths import PARAMS
from clv.strict import build
from clv.yaml_file import read_yaml

PACKAGE = Path(__file__).resolve().parents[1]
# The parameters that a fit reads; the rest of params.yaml has no effect on it.
READ = (
    "seed",
    "device",
    "currency",
    "min_group_customers",
    "time",
    "generate.files",
    "preprocess",
    "train",
    "evaluate",
)
HORIZON = "time.horizon_days"


def defaults() -> Path:
    """The path of params.yaml: the copy in an installed package, else the file of the checkout."""
    installed = PACKAGE / PARAMS.name
    return installed if installed.exists() else PACKAGE.parent / PARAMS.name


def machine(params: Params) -> Machine:
    """This machine, with one thread unless CLV_THREADS asks for more, and without a cluster.

    Threads of learners spin while they wait for each other: beside other work, two take several times as long as one.
    """
    environment = {THREADS: "1"} | {name: os.environ[name] for name in (THREADS,) if os.environ.get(name, "").strip()}
    return Machine.here(params.device, environment)


def settings(
    horizon_days: int,
    changes: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] | None = None,
    present: Mapping[str, list[str]] | None = None,
) -> Params:
    """The parameters with `changes` by dotted name, and with `columns`, which maps their names to ours.

    `present` has the columns of each table. Raises `InputError` as the strict loader does, and for parameters that no
    fit reads or columns that no table has.
    """
    content = read_yaml(defaults())
    for name, value in (changes or {}).items():
        if name == HORIZON:
            raise InputError(f"{HORIZON} is given by the argument horizon_days; leave it out of params")
        _set(content, name, value)
    _set(content, HORIZON, horizon_days)
    for table, ours, theirs in _mapped(columns or {}, present or {}):
        content["generate"]["files"]["columns"][table][ours] = theirs
    return build(Params, content)


def _set(content: dict[str, Any], name: str, value: Any) -> None:
    """Set the value at a dotted name; the loader checks later whether the name is known."""
    if not any(name == part or name.startswith(f"{part}.") for part in READ):
        raise InputError(f"params: {shown(name)} has no effect on a fit; give names that begin with {', '.join(READ)}")
    section: Any = content
    *parents, last = name.split(".")
    for parent in parents:
        section = section.get(parent) if isinstance(section, dict) else None
    if not isinstance(section, dict):
        raise InputError(
            f"params: {shown(name)} is not a parameter; names are those of params.yaml, such as train.learners"
        )
    section[last] = list(value) if isinstance(value, tuple) else value


def _mapped(columns: Mapping[str, str], present: Mapping[str, list[str]]) -> list[tuple[str, str, str]]:
    """The table, our name and their name of each mapped column."""
    found = []
    for theirs, ours in columns.items():
        having = [table for table, there in present.items() if theirs in there]
        if not having:
            there_are = listed(dict.fromkeys(name for there in present.values() for name in there))
            raise InputError(
                f"columns: no table has a column {shown(str(theirs))}; there are {there_are or 'none'}; "
                "map your names to ours, as in {'InvoiceDate': 'order_ts'}"
            )
        knowing = [table for table in having if ours in names(TABLES[table])]
        if not knowing:
            known = listed(dict.fromkeys(name for table in having for name in names(TABLES[table])))
            raise InputError(f"columns: {shown(str(theirs))} cannot be {shown(str(ours))}; it can be {known}")
        found += [(table, ours, theirs) for table in knowing]
    return found
