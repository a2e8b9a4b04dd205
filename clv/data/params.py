"""Parameters of generate and preprocess: where transactions come from and how they are cleaned."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clv.data.statuses import normal
from clv.errors import shown
from clv.strict import NO_TEXT, Between, Day, Like, Line, Share, Text, Variable, one_line

ColumnName = Annotated[
    str,
    Like(rf"(?s)|(?=.*\S)[^{NO_TEXT}]{{1,100000}}", "the name of a column, or empty where there is none"),
]
StatusList = tuple[Line, ...]


class Zone:
    """A rule of the strict loader: the name must be that of a time zone."""

    def admits(self, name: str) -> bool:
        """Whether this machine knows the zone."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the database, or a long name
            return False
        return True

    def __str__(self) -> str:
        return "a zone of the IANA database such as Europe/Berlin"


TimeZone = Annotated[str, one_line(500), Zone()]


@dataclass(frozen=True)
class ColumnParams:
    transactions: dict[Line, ColumnName]
    customers: dict[Line, ColumnName]
    touches: dict[Line, ColumnName]
    experiments: dict[Line, ColumnName]


@dataclass(frozen=True)
class FilesParams:
    transactions: Line
    customers: Line
    touches: Line
    experiments: Line
    events: Line
    separator: Literal["auto", ",", ";", "|", "\t"]
    encoding: Line
    decimal: Literal["auto", ".", ","]
    date_format: Line
    unreadable_values: Literal["stop", "reject"]
    columns: ColumnParams

    def __post_init__(self) -> None:
        if "%" in self.date_format and not re.search(r"%[YyGcxDFs]", self.date_format.replace("%%", "")):
            raise ValueError(f"date_format must hold the year, %Y or %y, got {shown(self.date_format)}")


@dataclass(frozen=True)
class SqlParams:
    uri_variable: Variable
    refresh: Day
    timeout_seconds: Annotated[int, Between(1, 604_800)]
    transactions: Text | None
    customers: Text | None
    touches: Text | None
    experiments: Text | None


@dataclass(frozen=True)
class GenerateParams:
    source: Literal["synthetic", "files", "sql"]
    files: FilesParams
    sql: SqlParams


@dataclass(frozen=True)
class PreprocessParams:
    time_zone: TimeZone
    grain: Literal["lines", "orders"]
    return_prefix: Text | None
    ignore_id_case: bool
    non_products: tuple[Line, ...]
    not_customers: tuple[Line, ...]
    sale_statuses: StatusList
    no_sale_statuses: StatusList
    max_rejected_share: Share
    rows_per_block: Annotated[int, Between(1000, 100_000_000)]

    def __post_init__(self) -> None:
        both = sorted({*map(normal, self.sale_statuses)} & {*map(normal, self.no_sale_statuses)})
        if both:
            raise ValueError(f"sale_statuses and no_sale_statuses both have {both[0]!r}; leave it in one of them")
