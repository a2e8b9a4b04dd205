"""Parameters of the reports."""

from dataclasses import dataclass

from clv.strict import Count


@dataclass(frozen=True)
class ReportParams:
    top_customers: Count
    searchable_customers: Count
    customer: str | None
    previous: str
