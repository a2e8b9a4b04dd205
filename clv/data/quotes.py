"""Detecting quotes that are never closed: Arrow's reader takes all rows that such a quote swallows for one value."""

import csv
import io
from typing import Any

import fsspec

from clv.errors import InputError


class Counted(io.RawIOBase):
    """A file that counts the quotes and line breaks read from it."""

    def __init__(self, file: Any):
        super().__init__()
        self.file = file
        self.quotes = self.lines = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found: bytes = self.file.read(size)
        self.quotes += found.count(b'"')
        self.lines += found.count(b"\n")
        return found

    def suspicious(self, rows: int) -> bool:
        """Whether a quote may be unclosed: their number is odd, or there are more lines than rows and header."""
        return self.quotes % 2 == 1 or (self.quotes > 0 and self.lines > rows + 1)


def require_closed(path: str, encoding: str, separator: str) -> None:
    """Raise `InputError` if a quoted value spans several lines and is not closed before a separator.

    Reads line by line, which is slow, so use it only for a file that is `suspicious`. Quotes within a value are
    ignored.
    """
    with fsspec.open(path, "rt", encoding=encoding, errors="replace", compression="infer", newline="") as file:
        rows = csv.reader(file, delimiter=separator, strict=True)
        while True:
            before = rows.line_num
            try:
                next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                if rows.line_num > before + 1 or "end of data" in str(error):
                    raise InputError(
                        f"{path}: the quote that opens in line {before + 1} is never closed, so the rest of the "
                        f"file would become one value; close it, or double a quote that is part of the text"
                    ) from None
