"""Parameters of expectations: how far new data may differ from earlier data, and what happens if they do."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Share

Action = Literal["stop", "warn"]


@dataclass(frozen=True)
class ShareLimit:
    limit: Share
    action: Action


@dataclass(frozen=True)
class FactorLimit:
    limit: Annotated[float, Between(1, 1000)]
    action: Action


@dataclass(frozen=True)
class DaysLimit:
    limit: Annotated[int, Between(0, 36_525)]
    action: Action


@dataclass(frozen=True)
class ExpectParams:
    """One field per rule of `clv.data.profiling.expectations`, by its name."""

    first_day: DaysLimit
    last_day: DaysLimit
    future: DaysLimit
    late: DaysLimit
    history_lines: ShareLimit
    history_revenue: ShareLimit
    known_days: ShareLimit
    few_buyers: ShareLimit
    many_buyers: FactorLimit
    day_complete: ShareLimit
    order_amount: FactorLimit
    buyer_revenue: FactorLimit
    repeated: ShareLimit
    rejected: ShareLimit
    missing: ShareLimit
    new_categories: ShareLimit
    new_customers: ShareLimit
    other_tables: ShareLimit
