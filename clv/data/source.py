"""Where a raw table came from, and how the text in it is to be read: generate finds out, preprocess follows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

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
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Source":
        """The record that `to_dict` wrote."""
        tables = {name: TableSource(**table) for name, table in content["tables"].items()}
        return cls(content["kind"], tables, [InputFinding(**finding) for finding in content["findings"]])
