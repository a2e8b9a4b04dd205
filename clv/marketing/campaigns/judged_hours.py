"""Whether hours of one's own are worth it: send hours as of an earlier day, held against the orders that came after."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.hours import send_hours
from clv.marketing.campaigns.reactions import HOURS, hour_of, rows_of

SEGMENT_ALONE = 1e6  # events, beside which those of one customer are nothing
DAYS = 90  # of orders at the end of the history that the hours are held against


@dataclass(frozen=True)
class JudgedHours:
    """Shares of `orders` that came within an hour of the send hour: each customer's `own`, or `hour_for_all`."""

    orders: int
    own: float
    same_for_all: float
    hour_for_all: int | None

    @property
    def worth_it(self) -> bool:
        """Whether hours of one's own did better, or nothing could tell."""
        return not self.own <= self.same_for_all

    def prior(self, prior_touches: float) -> float:
        """What the hours of a segment are to weigh, in events: all, where own hours did no better."""
        return prior_touches if self.worth_it else SEGMENT_ALONE


def judge_hours(
    touches: pd.DataFrame, transactions: pd.DataFrame, values: pd.DataFrame, prior_touches: float
) -> JudgedHours:
    """Take the send hours of `send_hours` from all but the last 90 days, and judge them by the orders of these.

    Segments are those of today, which favours own hours a little. The hour for all is the one with most orders before.
    Returns do not count, and lines of a customer at one moment are one order. The shares are NaN where there are no
    orders with a time of day to judge by, or none before them.
    """
    lines = transactions[transactions["amount_minor"] > 0].drop_duplicates(["customer_id", "order_ts"])
    cut = lines["order_ts"].max() - pd.Timedelta(days=DAYS)
    later = lines[lines["order_ts"] > cut]
    row, hour = rows_of(later["customer_id"], values["customer_id"]), hour_of(later["order_ts"])
    row, hour = row[(row >= 0) & (hour >= 0)], hour[(row >= 0) & (hour >= 0)]
    before = lines[lines["order_ts"] <= cut]
    usual = hour_of(before["order_ts"])
    usual = usual[usual >= 0]
    own = send_hours(touches[touches["touch_ts"] <= cut], before, values, prior_touches).best
    if not len(row) or not len(usual) or own.isna().any():
        return JudgedHours(0, np.nan, np.nan, None)
    common = int(np.bincount(usual, minlength=HOURS).argmax())
    of_all = _hit(hour, np.full(len(row), common))
    return JudgedHours(len(row), _hit(hour, own.to_numpy(dtype="int64")[row]), of_all, common)


def _hit(hour: np.ndarray, sent: np.ndarray) -> float:
    """Share of the orders at most an hour from the send hour, around midnight too."""
    gap = np.abs(hour - sent)
    return float(np.mean(np.minimum(gap, HOURS - gap) <= 1))
