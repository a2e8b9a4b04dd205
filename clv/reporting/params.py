"""Parameters of the reports."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Line

TopCustomers = Annotated[int, Between(1, 10_000)]
SearchableCustomers = Annotated[int, Between(1, 100_000)]
CustomerId = Line | None


@dataclass(frozen=True)
class ReportParams:
    top_customers: TopCustomers
    searchable_customers: SearchableCustomers
    customer: CustomerId
    previous: Line
