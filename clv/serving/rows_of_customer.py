"""The rows of one customer in a table of a release: reasons, the campaign."""

from typing import Any

from clv.serving.sorted_rows import SortedRows


class RowsOfCustomer:
    """A table with any number of rows per customer, in the order of its file."""

    def __init__(self, rows: SortedRows):
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, customer_id: str) -> list[dict[str, Any]]:
        """A customer's rows, empty if there are none; null and NaN become None."""
        return [self._rows.row(number) for number in self._rows.span(customer_id)]
