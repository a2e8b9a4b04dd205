"""Where a raw table came from, and how the text in it is to be read: generate finds out, preprocess follows."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from clv.data.input_finding import InputFinding


@dataclass(frozen=True)
class TableSource:
    """One raw table: `name` is what messages call it (a path, a parameter), `columns` maps our names to the user's.

    `date_format` is a strptime format for dates that are text, or the name of a count of days or seconds; None for ISO
    8601. `decimal` is the mark of numbers that are text; `formatted` names our columns whose numbers have more than
    digits and a mark, with the currency that they name, or ''. `separator` and `encoding` are those of a CSV, for the
    record.
    """

    name: str
    rows: int
    columns: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal: str = "."
    formatted: dict[str, str] = field(default_factory=dict)
    separator: str | None = None
    encoding: str | None = None

    def theirs(self, column: str) -> str:
        """The user's name of one of our columns."""
        return self.columns.get(column, column)


@dataclass(frozen=True)
class Source:
    """All raw tables, by name, and what was found about them when they were copied."""

    kind: str
    tables: dict[str, TableSource]
    findings: list[InputFinding] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, which travels to the remote and to readers: names of files are `public_name`s."""
        plain = asdict(self)
        given = sorted({table.name for table in self.tables.values()}, key=lambda name: (-len(name), name))
        for table in plain["tables"].values():
            table["name"] = public_name(table["name"])
        for finding in plain["findings"]:
            for name in given:
                finding |= {part: finding[part].replace(name, public_name(name)) for part in ("text", "remedy")}
        return plain

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Source":
        """The record that `to_dict` wrote."""
        tables = {name: TableSource(**table) for name, table in content["tables"].items()}
        return cls(content["kind"], tables, [InputFinding(**finding) for finding in content.get("findings", [])])


def public_name(name: str) -> str:
    """What others may read of where a table came from: no folder of this machine, and nothing that opens a door.

    A path inside the working folder, which is that of the repo, stays, relative to it; of any other the file's name. An
    address loses user, password, query and fragment.
    """
    if "://" in name:
        parts = urlsplit(name)
        if parts.scheme == "file":
            return public_name(parts.path)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if PureWindowsPath(name).drive:
        return PureWindowsPath(name).name
    inside = Path(os.path.normpath(Path.cwd() / name))
    return inside.relative_to(Path.cwd()).as_posix() if inside.is_relative_to(Path.cwd()) else PurePosixPath(name).name
