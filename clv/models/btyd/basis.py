"""What buy-till-you-die forecasts rest on, and what that does not tell: the one place that decides it.

Whether customers come back is learned from those who did. Where nobody did, the likelihood is as high for customers who
have all left as for such who buy once in a century, and the forecast of 0 is a bound of the search, not a finding. And
nobody was watched longer than the history is: what is to come later than that rests on the family of the model alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.stats import binomtest

LEAST_CUSTOMERS = 50  # to learn from labels too: four parameters of few customers follow each of them
WITHIN = 0.5  # of the residual value; where more is to come beyond, most of it was never seen
FACTOR = 2.0  # by which the share who came back may be too high
SURE = 0.95

FORECASTS = ("predicted_clv", "p_purchase", "churn_risk", "expected_orders")  # of the horizon
NEXT, RESIDUAL = "days_to_next_order", "residual_value"

GapName = Literal["returns", "customers", "horizon", "residual"]


@dataclass(frozen=True)
class Gap:
    """What is not known, in a sentence without its full stop, and the columns of forecasts that are guesses by it."""

    name: GapName
    says: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Basis:
    """Customers, those of them who bought on a second day, and days from the first purchase of any of them to now.

    `residual_within` is the share of the residual value of all that is expected within so many days from now.
    """

    customers: int
    repeat_buyers: int
    history_days: int
    residual_within: float

    @property
    def knows_returns(self) -> bool:
        """Whether these customers tell how many come back."""
        return share_is_known(self.repeat_buyers, self.customers)

    def gaps(self, horizon_days: int) -> list[Gap]:
        """What these customers do not tell of a forecast of so many days, the weightiest first."""
        found = []
        if not self.knows_returns:
            found.append(Gap("returns", self._few_returned(), (*FORECASTS, "p_alive", NEXT, RESIDUAL)))
        if self.customers < LEAST_CUSTOMERS:
            says = (
                f"how good any of this is: {_customers(self.customers)} are too few to learn from or to judge by, "
                f"{LEAST_CUSTOMERS} are needed"
            )
            found.append(Gap("customers", says, ()))
        if self.history_days < horizon_days:
            says = (
                f"what customers spend in {horizon_days} days: the history has only {self.history_days}; set "
                "time.horizon_days to fewer"
            )
            found.append(Gap("horizon", says, FORECASTS))
        if self.knows_returns and self.residual_within < WITHIN:
            says = (
                f"what all time to come is worth: {1 - self.residual_within:.0%} of the value that is forecast for it "
                f"(residual_value) is of days later than the next {self.history_days}, as many as the history has"
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
    """Whether a share seen in a sample is known within FACTOR: at least so much of it is sure (Wilson, 95%).

    Of many customers 8 must have come back, of 9 customers 6; of none nothing is known.
    """
    if some == 0:
        return False
    interval = binomtest(some, of).proportion_ci(SURE, method="wilson")
    return bool(interval.low * FACTOR >= some / of)


def knows_returns(gaps: Sequence[Gap]) -> bool:
    """Whether it is known who comes back."""
    return all(gap.name != "returns" for gap in gaps)


def in_words(gaps: Sequence[Gap]) -> str:
    """What is not known, for a line of a log; "" where nothing is missing."""
    return "; ".join(f"it is not known {gap.says}" for gap in gaps)


def _customers(n: int) -> str:
    return f"{n:,} customer{'' if n == 1 else 's'}"
