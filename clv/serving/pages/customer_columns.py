"""The columns in the dashboard's lists of customers, and the format of their values."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from clv.marketing.segments.customer_values import COLUMNS
from clv.reporting.kit.not_known import NOT_KNOWN
from clv.reporting.kit.table import WHOLE_FROM, Column, write

FILES = re.compile(r" \(`clv/[^)]*\)")
NAME = re.compile(r"`([^`]*)`")


def listed_columns(rows: Sequence[Mapping[str, Any]], currency: str) -> list[Column]:
    """The columns of a list, without those that no row has; amounts of a column have one precision."""
    columns = (
        Column("predicted_clv", f"forecast, {currency}", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
        Column("p_alive", "still active", "share"),
        Column("churn_risk", "will not buy", "share"),
        Column("expected_orders", "orders expected", "mean"),
        Column("recency_days", "days since last", "days"),
        Column("tier", "tier"),
        Column("rfm_segment", "segment"),
        Column("cluster_name", "cluster"),
        Column("elite", "Elite"),
    )
    return [_settled(column, rows) for column in columns if any(row.get(column.name) is not None for row in rows)]


def file_columns(names: Sequence[str]) -> list[tuple[str, str, Markup]]:
    """The meaning of the columns of an exported file: (names, unit, meaning); columns with one meaning are joined."""
    there = [column for column in COLUMNS if column.name in names]
    return [
        (", ".join(column.name for column in columns), unit, _as_html(meaning))
        for (unit, meaning), columns in groupby(there, key=lambda column: (column.unit, column.meaning))
    ]


def _as_html(meaning: str) -> Markup:
    """A meaning from data/README.md as HTML: names as code, without the files that compute it."""
    plain = escape(FILES.sub("", meaning))
    return Markup(NAME.sub(r"<code>\1</code>", plain))


def cell(row: Mapping[str, Any], column: Column) -> str:
    """A value of a row as a list shows it: a dash if missing, and no number that would be a guess."""
    value = row.get(column.name)
    if column.name in (row.get("not_known") or "").split():
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return write(value, column.format)


def side(column: Column) -> str:
    """The CSS class of a column's cells."""
    return "left" if column.format == "text" else "right"


def _settled(column: Column, rows: Sequence[Mapping[str, Any]]) -> Column:
    """The column with cents if every amount is small, else without."""
    if column.format != "money":
        return column
    largest = max((abs(row[column.name]) for row in rows if row.get(column.name) is not None), default=0.0)
    return Column(column.name, column.header, "cents" if 0 < largest < WHOLE_FROM else "count")
