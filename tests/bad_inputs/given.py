"""The row that describes a bad input, and the changes to a folder that make the input."""

import gzip
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clv import paths
from clv.yaml_file import read_yaml
from tests.conftest import ROOT

HEADER = "customer_id,order_ts,amount\n"
ORDERS = HEADER + "".join(f"c{i % 7},2024-{1 + i % 12:02d}-{1 + i % 28:02d},{5 + i}\n" for i in range(60))


@dataclass
class Place:
    """A folder to run in, and its parameters: a change may set some, or replace the file by other bytes."""

    folder: Path
    params: dict[str, Any]
    params_file: bytes | None = None
    ran_before: list[str] = field(default_factory=list)


Change = Callable[[Place], None]


@dataclass(frozen=True)
class Row:
    """One bad input: what it is, the command that meets it, the changes that make it, and the whole line expected.

    `expected` is a regular expression for the one line on stderr after `error: `. Where the input is good (code 0), it
    is one for the last line on stdout.
    """

    what: str
    where: str
    given: tuple[Change, ...]
    expected: str
    code: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.where.partition(' -')[0]}: {self.what}"


@cache
def project() -> str:
    """The parameters of the repo as JSON, which is valid YAML and quick to copy."""
    return json.dumps(read_yaml(ROOT / paths.PARAMS), default=str)


def values(**changed: Any) -> Change:
    """Other values in params.yaml, by dotted path with __ for the dots."""

    def change(place: Place) -> None:
        for path, value in changed.items():
            *sections, name = path.split("__")
            section = place.params
            for step in sections:
                section = section[step]
            section[name] = value

    return change


def without(path: str) -> Change:
    """params.yaml without one of its names, given by dotted path."""

    def change(place: Place) -> None:
        *sections, name = path.split(".")
        section = place.params
        for step in sections:
            section = section[step]
        del section[name]

    return change


def files(**changed: Any) -> Change:
    """The user's own files as the source, with parameters of generate.files."""
    return values(generate__source="files", **{f"generate__files__{name}": value for name, value in changed.items()})


def mapping(table: str, **columns: Any) -> Change:
    """The user's names for the columns of a table."""
    return values(**{f"generate__files__columns__{table}__{name}": theirs for name, theirs in columns.items()})


def params_are(content: str | bytes) -> Change:
    """params.yaml with this content alone."""

    def change(place: Place) -> None:
        place.params_file = content if isinstance(content, bytes) else content.encode()

    return change


def line(old: str, new: str | bytes) -> Change:
    """The repo's params.yaml with one piece of text replaced by another."""

    def change(place: Place) -> None:
        text = (ROOT / paths.PARAMS).read_bytes()
        assert text.count(old.encode()) == 1, old
        place.params_file = text.replace(old.encode(), new if isinstance(new, bytes) else new.encode())

    return change


def raw(name: str, content: bytes) -> Change:
    """A file with these bytes."""

    def change(place: Place) -> None:
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return change


def text(name: str, content: str, encoding: str = "utf-8") -> Change:
    """A file of text."""
    return raw(name, content.encode(encoding))


def parquet(name: str, columns: Mapping[str, Any]) -> Change:
    """A Parquet file."""

    def change(place: Place) -> None:
        (place.folder / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(dict(columns)), place.folder / name)

    return change


def cut(name: str, n_bytes: int) -> Change:
    """A file without its last `n_bytes` bytes."""

    def change(place: Place) -> None:
        content = (place.folder / name).read_bytes()
        (place.folder / name).write_bytes(content[:-n_bytes])

    return change


def folder(name: str) -> Change:
    """An empty folder, in the place of what was there."""

    def change(place: Place) -> None:
        (place.folder / name).unlink(missing_ok=True)
        (place.folder / name).mkdir(parents=True)

    return change


def fifo(name: str) -> Change:
    """A named pipe, from which nobody ever reads and to which nobody writes."""
    return lambda place: os.mkfifo(place.folder / name)


def link(name: str, target: str) -> Change:
    """A symbolic link."""
    return lambda place: (place.folder / name).symlink_to(target)


def hard_link(name: str, target: str) -> Change:
    """A hard link: a second name of a file."""
    return lambda place: (place.folder / name).hardlink_to(place.folder / target)


def gone(name: str) -> Change:
    """A file that is removed."""
    return lambda place: (place.folder / name).unlink()


def orders(content: str | bytes = ORDERS, name: str = "orders.csv", encoding: str = "utf-8", **how: Any) -> Change:
    """A file of transactions as the source."""
    write = raw(name, content) if isinstance(content, bytes) else text(name, content, encoding)

    def change(place: Place) -> None:
        write(place)
        files(transactions=name, **how)(place)

    return change


def order_columns(columns: Mapping[str, Any], name: str = "orders.parquet", **how: Any) -> Change:
    """A Parquet file of transactions as the source: two rows that are good except for the given columns."""
    good = {"customer_id": ["a", "b"], "order_ts": ["2024-01-31", "2024-02-01"], "amount": [1.0, 2.0]}

    def change(place: Place) -> None:
        parquet(name, {key: value for key, value in (good | dict(columns)).items() if value is not None})(place)
        files(transactions=name, **how)(place)

    return change


def beside(table: str, content: str | bytes, name: str = "") -> Change:
    """The file of another table, beside good transactions."""

    def change(place: Place) -> None:
        orders()(place)
        at = name or f"{table}.csv"
        (raw(at, content) if isinstance(content, bytes) else text(at, content))(place)
        files(**{table: at})(place)

    return change


def ran(command: str) -> Change:
    """A command that ran before, and succeeded."""
    return lambda place: place.ran_before.append(command)


def zipped(content: str) -> bytes:
    """Text as gzip."""
    return gzip.compress(content.encode(), mtime=0)
