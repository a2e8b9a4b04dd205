"""A quote that is never closed swallows the rows after it, and the reader of Arrow takes what it held for one value."""

import csv
import io
from typing import Any

import fsspec

from clv.errors import InputError


class Counted(io.RawIOBase):
    """A file being read, and how many quotes and line breaks it had so far."""

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
        """Whether a quote may not be closed: their number is odd, or there are more lines than rows and a header."""
        return self.quotes % 2 == 1 or (self.quotes > 0 and self.lines > rows + 1)


def require_closed(path: str, encoding: str, separator: str) -> None:
    """Raise `InputError` where a quoted value goes on into further lines and is not closed before a separator.

    Line by line, which takes long: only for a file that is `suspicious`. Quotes within a value are left alone.
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
                        f"{path}: the quote that opens in line {before + 1} is never closed, and would swallow what "
                        f"follows; close it, or write two where one is meant"
                    ) from None
