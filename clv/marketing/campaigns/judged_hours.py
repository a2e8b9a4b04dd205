"""Whether individual send hours are worthwhile: hours as of an earlier day, compared with the orders after it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.reactions import HOURS

SEGMENT_ALONE = 1e6  # events, compared with which those of one customer are negligible
DAYS = pd.Timedelta(days=90)  # of orders at the end of the history, by which the hours are judged


@dataclass(frozen=True)
class JudgedHours:
    """Shares of `orders` within an hour of the send hour: each customer's own, or `hour_for_all` (`same_for_all`)."""

    orders: int
    own: float
    same_for_all: float
    hour_for_all: int | None

    @property
    def worth_it(self) -> bool:
        """Whether individual hours did better, or could not be judged."""
        return not self.own <= self.same_for_all

    def prior(self, prior_touches: float) -> float:
        """The weight of the hours of a segment, in events; they decide alone where individual hours did no better."""
        return prior_touches if self.worth_it else SEGMENT_ALONE


def judge_hours(before: np.ndarray, later: np.ndarray, own_hits: int | None) -> JudgedHours:
    """Judge send hours as of 90 days before the last order by the orders of these 90 days.

    `before` (24,) counts orders by hour up to that day, of all customers, and `later` (24,) those after it, of
    customers in the plan; `own_hits` are those of the latter within an hour of the customer's own send hour, None where
    no hour was known. Segments are those of today, which slightly favours individual hours. The hour for all is the one
    with the most orders before. The shares are NaN where there are no orders with a time of day by which to judge, or
    none before them.
    """
    n = int(later.sum())
    if not n or not before.sum() or own_hits is None:
        return JudgedHours(0, np.nan, np.nan, None)
    common = int(before.argmax())
    within = int(later[[(common - 1) % HOURS, common, (common + 1) % HOURS]].sum())
    return JudgedHours(n, own_hits / n, within / n, common)


def within_an_hour(hour: np.ndarray, sent: np.ndarray) -> int:
    """How many orders were at most an hour from the send hour, also across midnight."""
    gap = np.abs(hour - sent)
    return int((np.minimum(gap, HOURS - gap) <= 1).sum())
