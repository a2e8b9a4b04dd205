"""CSV that people open in a spreadsheet: what it would take for a formula stands behind a mark, so that none is run."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clv.formulas import FORMULA

MARK = "'"
BYTE_ORDER_MARK = "\ufeff"


def as_csv(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], exact: bool, comma: bool = False
) -> Iterator[str]:
    """A CSV of the columns, line by line with its header: blank where there is no value.

    Text that begins as a formula does gets a mark in front, unless it is to be `exact`, as another program wants it.
    With a decimal `comma` it is what spreadsheets of many countries open by themselves: semicolons between, and the
    mark in front that says that it is UTF-8.
    """
    line = io.StringIO()
    line.write(BYTE_ORDER_MARK if comma else "")
    to = csv.writer(line, delimiter=";" if comma else ",", lineterminator="\n")
    to.writerow(columns)
    for row in rows:
        cells = [written(row[name], exact) for name in columns]
        to.writerow([str(cell).replace(".", ",") if comma and isinstance(cell, float) else cell for cell in cells])
        if line.tell() > 60_000:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def written(value: Any, exact: bool) -> Any:
    """A value as a cell."""
    if isinstance(value, str) and not exact and is_risky(value):
        return f"{MARK}{value}"
    return "" if value is None else value


def is_risky(text: str) -> bool:
    """Whether a spreadsheet takes a text for a formula."""
    return FORMULA.search(text) is not None
