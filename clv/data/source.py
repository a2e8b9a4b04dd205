"""Where a raw table came from and how its text is to be read: generate detects this, preprocess uses it."""

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

    `date_format` is a strptime format for dates as text, or the name of a count of days or seconds; None is ISO 8601.
    `decimal` is the decimal mark of numbers as text. `formatted` lists our columns whose numbers contain more than
    digits and a mark, with their currency, or ''. `separator` and `encoding` are those of a CSV, for the record.
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
        """The user's name for one of our columns."""
        return self.columns.get(column, column)


@dataclass(frozen=True)
class Source:
    """All raw tables, by name, and the findings made when they were copied."""

    kind: str
    tables: dict[str, TableSource]
    findings: list[InputFinding] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, which others may read: file names are shown as `public_name`s."""
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
        """Restore what `to_dict` returned."""
        tables = {name: TableSource(**table) for name, table in content["tables"].items()}
        return cls(content["kind"], tables, [InputFinding(**finding) for finding in content.get("findings", [])])


def public_name(name: str) -> str:
    """Where a table came from, in a form that others may read: no folders of this machine and no credentials.

    A path inside the working folder, which is the repo, becomes relative to it; any other path is reduced to the file's
    name. A URL loses user, password, query and fragment.
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
