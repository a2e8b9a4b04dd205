"""Parameters of the reports."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Line


@dataclass(frozen=True)
class ReportParams:
    top_customers: Annotated[int, Between(1, 10_000)]
    searchable_customers: Annotated[int, Between(1, 100_000)]
    customer: Line | None
    previous: Line
