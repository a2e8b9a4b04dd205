"""Parameters of generate and preprocess: which transactions there are, and how they are cleaned."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clv.strict import Between, Share


@dataclass(frozen=True)
class ColumnParams:
    transactions: dict[str, str]
    customers: dict[str, str]
    touches: dict[str, str]
    experiments: dict[str, str]


@dataclass(frozen=True)
class FilesParams:
    transactions: str
    customers: str
    touches: str
    experiments: str
    separator: Literal["auto", ",", ";", "|", "\t"]
    encoding: str
    decimal: Literal["auto", ".", ","]
    date_format: str
    unreadable_values: Literal["stop", "reject"]
    columns: ColumnParams


@dataclass(frozen=True)
class SqlParams:
    uri_variable: str
    refresh: date
    transactions: str | None
    customers: str | None
    touches: str | None
    experiments: str | None


@dataclass(frozen=True)
class GenerateParams:
    source: Literal["synthetic", "files", "sql"]
    files: FilesParams
    sql: SqlParams


@dataclass(frozen=True)
class PreprocessParams:
    time_zone: str
    grain: Literal["lines", "orders"]
    return_prefix: str | None
    ignore_id_case: bool
    non_products: tuple[str, ...]
    max_rejected_share: Share
    rows_per_block: Annotated[int, Between(1000)]

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"time_zone must be a zone of the IANA database such as Europe/Berlin, got {self.time_zone!r}"
            ) from None
        if self.return_prefix == "":
            raise ValueError("return_prefix must be null or text, got '', with which every order_id begins")
