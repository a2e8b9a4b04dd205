"""The format of orders pasted into the page of forecasts, that of the pipeline's files: in words and by example."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

NEEDED = ("customer_id", "order_ts", "amount")
STARTER = (("anna", date(2025, 3, 1), 40.0), ("anna", date(2025, 11, 20), 55.5))
ISO = "%Y-%m-%d"
BETWEEN = {"auto": "commas, semicolons or tabs", ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class PastedFormat:
    """The format of a table by `generate.files` of a release: names of columns, separator, dates, amounts."""

    files: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """The names of the required columns."""
        theirs = self.files["columns"]["transactions"]
        return [theirs[name] or name for name in NEEDED]

    @property
    def in_words(self) -> str:
        """The rest of the format, in a sentence."""
        separator, dates, decimal = (self.files[name] for name in ("separator", "date_format", "decimal"))
        between = BETWEEN.get(separator, separator)
        examples = {"auto": "such as 2025-12-31 or 31.12.2025", "iso": "such as 2025-12-31"}
        amounts = {"auto": "49.90 or 49,90", ".": "49.90", ",": "49,90"}[decimal]
        shown = examples.get(dates, f"in the format {dates}")
        return f"Columns are divided by {between}; dates {shown}, amounts such as {amounts}."

    @property
    def starter(self) -> str:
        """A small valid table to start from."""
        comma = self.files["decimal"] == ","
        text = io.StringIO()
        separator = self.files["separator"]
        divided = (";" if comma else ",") if separator == "auto" else separator
        to = csv.writer(text, delimiter=divided, lineterminator="\n")
        to.writerow(self.names)
        dates = self.files["date_format"] if "%" in self.files["date_format"] else ISO
        for who, day, amount in STARTER:
            to.writerow([who, day.strftime(dates), f"{amount:.2f}".replace(".", "," if comma else ".")])
        return text.getvalue()
