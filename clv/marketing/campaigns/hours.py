"""At which hour of the day a customer is most likely to be there, from when they order and react."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.reactions import HOURS, counts, hour_of, is_true, reaction, rows_of

WHOLE = 1000  # an event in thousandths, which sum exactly


@dataclass(frozen=True)
class Hours:
    """`best` (n,) the send hour of each customer, 0 to 23, null where no hour is known of anyone.

    `orders` and `reactions` count the events that tell it, the latter by weight; `same_hour` names the kinds of touches
    that all went out at one hour, whose reactions say next to nothing.
    """

    best: pd.Series
    orders: int
    reactions: float
    same_hour: tuple[str, ...]


def send_hours(touches: pd.DataFrame, transactions: pd.DataFrame, values: pd.DataFrame, prior_touches: float) -> Hours:
    """The hour with the highest expected share of a customer's events, one per row of `values`.

    Expected is the posterior mean of a Dirichlet-multinomial model over 24 hours: the customer's own orders and
    reactions, and the hours of their segment, worth `prior_touches` events; those are drawn towards all customers' in
    the same way. A reaction at an hour weighs as much as the share of touches of its kind that would have gone out then
    had they been spread evenly, over the share that did, at most 1: who reads at ten a mail that all get at ten has not
    chosen the hour. Orders at midnight sharp are dates without a time, and are left out. Of equal hours the first.
    """
    n = len(values)
    ordered = _orders(transactions, values["customer_id"], n)
    reacted, same_hour = _reactions(touches, values["customer_id"], n)
    own = (WHOLE * ordered + reacted).reshape(n, HOURS)
    total = own.sum(axis=0)
    best = np.zeros(n, dtype="int64")
    if total.sum() > 0:
        group, _ = pd.factorize(values["rfm_segment"], sort=True)
        for number in range(int(group.max(initial=-1)) + 1):
            rows = np.flatnonzero(group == number)
            best[rows] = _likeliest(own[rows], total, prior_touches * WHOLE)
    hours = pd.Series(best, dtype="Int64").mask(np.full(n, total.sum() == 0))
    return Hours(hours, int(ordered.sum()), float(reacted.sum() / WHOLE), same_hour)


def _likeliest(own: np.ndarray, total: np.ndarray, prior: float) -> np.ndarray:
    """The hour with the highest posterior mean of each customer of a segment, (m,), by their events (m, 24)."""
    segment = own.sum(axis=0)
    expected = (segment + prior * total / total.sum()) / (segment.sum() + prior)
    return np.argmax(np.round(own + prior * expected, 6), axis=1)


def _orders(transactions: pd.DataFrame, customers: pd.Series, n: int) -> np.ndarray:
    """Orders by customer and hour, (n * 24,): lines of one customer at one moment are one order."""
    lines = transactions[transactions["amount_minor"] > 0]
    row, hour = rows_of(lines["customer_id"], customers), hour_of(lines["order_ts"])
    second = lines["order_ts"].to_numpy(dtype="datetime64[s]").astype("int64")
    known = (row >= 0) & (hour >= 0)
    row, hour, second = row[known], hour[known], second[known]
    order = np.lexsort((second, row))
    repeated = (np.diff(row[order], prepend=-1) == 0) & (np.diff(second[order], prepend=-1) == 0)
    return counts((row * HOURS + hour)[order][~repeated], n * HOURS)


def _reactions(touches: pd.DataFrame, customers: pd.Series, n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Reactions by customer and hour in thousandths, (n * 24,), and the kinds that all went out at one hour."""
    row, hour = rows_of(touches["customer_id"], customers), hour_of(touches["touch_ts"])
    kind, kinds = pd.factorize(touches["kind"] if "kind" in touches else np.full(len(touches), "touch"), sort=True)
    known = (row >= 0) & (hour >= 0) & (kind >= 0)
    sent = counts((kind * HOURS + hour)[known], len(kinds) * HOURS).reshape(-1, HOURS)
    share = sent / np.maximum(sent.sum(axis=1, keepdims=True), 1)
    weight = np.rint(WHOLE * np.minimum(1, 1 / HOURS / np.where(share > 0, share, 1))).astype("int64")
    reacted = known & is_true(touches, reaction(touches))
    row, hour, kind = row[reacted], hour[reacted], kind[reacted]
    at_one_hour = tuple(str(name) for name, by_hour in zip(kinds, sent, strict=True) if (by_hour > 0).sum() == 1)
    return counts(row * HOURS + hour, n * HOURS, weight[kind, hour]), at_one_hour
