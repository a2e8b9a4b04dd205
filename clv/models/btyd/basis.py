"""What the data of buy-till-you-die forecasts support, and what they leave unknown; all such limits are defined here.

How many customers return is learned from those who did. If none did, customers who have all left are as likely as
customers who buy once in a century, and a forecast of 0 is a bound of the search, not a finding. No customer was
observed for longer than the history, so anything expected later than that rests on the model family alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.stats import binomtest

LEAST_CUSTOMERS = 50  # also to learn from labels; with fewer, four parameters follow each single one
WITHIN = 0.5  # of the residual value; if more is expected beyond, most of it was never observed
FACTOR = 2.0  # by which the share of returning customers may be too high
SURE = 0.95

FORECASTS = ("predicted_clv", "p_purchase", "churn_risk", "expected_orders")  # of the horizon
NEXT, RESIDUAL = "days_to_next_order", "residual_value"

GapName = Literal["returns", "customers", "horizon", "residual"]


@dataclass(frozen=True)
class Gap:
    """Something unknown, in a sentence without full stop, and the forecast columns that are guesses because of it."""

    name: GapName
    says: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Basis:
    """The number of customers, of those with a second purchase day, and of days from the earliest purchase to now.

    `residual_within` is the share of the residual value that is expected within the next `history_days` days.
    """

    customers: int
    repeat_buyers: int
    history_days: int
    residual_within: float

    @property
    def knows_returns(self) -> bool:
        """Whether the data show how many customers return."""
        return share_is_known(self.repeat_buyers, self.customers)

    def gaps(self, horizon_days: int) -> list[Gap]:
        """What these data leave unknown about a forecast of `horizon_days` days, the most important gap first."""
        found = []
        if not self.knows_returns:
            found.append(Gap("returns", self._few_returned(), (*FORECASTS, "p_alive", NEXT, RESIDUAL)))
        if self.customers < LEAST_CUSTOMERS:
            says = (
                f"how good the forecasts are: {_customers(self.customers)} are too few to learn from or to judge by, "
                f"{LEAST_CUSTOMERS} are needed"
            )
            found.append(Gap("customers", says, ()))
        if self.history_days < horizon_days:
            says = (
                f"what customers spend in {horizon_days} days: the history has only {self.history_days}; "
                "lower time.horizon_days"
            )
            found.append(Gap("horizon", says, FORECASTS))
        if self.knows_returns and self.residual_within < WITHIN:
            says = (
                f"what customers are worth over all time: {1 - self.residual_within:.0%} of the residual_value is "
                f"forecast for later than the next {self.history_days} days, which is as long as the history"
            )
            found.append(Gap("residual", says, (RESIDUAL,)))
        return found

    def _few_returned(self) -> str:
        seen = "nobody bought on a second day, so nothing shows whether anyone will"
        if self.repeat_buyers:
            seen = f"only {self.repeat_buyers:,} bought on a second day, too few to show whether others will"
        return (
            f"who comes back: of {_customers(self.customers)} {seen}; use a longer history, or check that "
            "customer_id is the customer's and not the order's"
        )


def share_is_known(some: int, of: int) -> bool:
    """Whether a share in a sample is known within FACTOR, by its lower confidence limit (Wilson, 95%).

    Among many customers 8 must have returned, among 9 customers 6; with none, nothing is known.
    """
    if some == 0:
        return False
    interval = binomtest(some, of).proportion_ci(SURE, method="wilson")
    return bool(interval.low * FACTOR >= some / of)


def knows_returns(gaps: Sequence[Gap]) -> bool:
    """Whether it is known how many customers return."""
    return all(gap.name != "returns" for gap in gaps)


def in_words(gaps: Sequence[Gap]) -> str:
    """The gaps in words, for a line of the log; "" if there are none."""
    return "; ".join(f"it is not known {gap.says}" for gap in gaps)


def _customers(n: int) -> str:
    return f"{n:,} customer{'' if n == 1 else 's'}"
