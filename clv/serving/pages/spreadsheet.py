"""CSV for spreadsheets: text that would be taken for a formula is prefixed by a mark, so that it does not run."""

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
    """A CSV of the columns with a header, in chunks; missing values are blank.

    Text that begins like a formula is prefixed by a mark, unless it must be `exact`, for another program. With a
    decimal `comma` it has the format that spreadsheets of many countries open directly: semicolons between cells, and a
    byte order mark, which indicates UTF-8.
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
    """Whether a spreadsheet would take a text for a formula."""
    return FORMULA.search(text) is not None
