"""The hour of the day at which a customer is most likely to be reached, from their past orders and reactions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.hour_events import HourCounts, HourEvents
from clv.marketing.campaigns.reactions import HOURS

WHOLE = 1000  # an event in thousandths, whole numbers whose sum is exact


@dataclass(frozen=True)
class Hours:
    """The hours of all customers, in thousandths of an event.

    `weight` is that of a reaction by kind (row) and hour (column); `by_segment` are all events by segment and hour.
    `orders` and `reactions` count the events on which they are based, the latter by weight; `same_hour` names the kinds
    of touches that were all sent at one hour, whose reactions contain next to no information.
    """

    weight: pd.DataFrame
    by_segment: pd.DataFrame
    orders: int
    reactions: float
    same_hour: tuple[str, ...]

    @classmethod
    def of(cls, found: HourCounts) -> "Hours":
        """From the counts of all customers.

        The weight of a reaction at an hour is the share of touches of its kind that would have been sent then had they
        been spread evenly, over the share that was, at most 1: a customer who at ten reads a mail that everyone gets at
        ten has not chosen the hour. Orders at midnight sharp are dates without a time, and are left out.
        """
        sent = _hours_of(found.sent, "kind")
        share = sent.to_numpy() / np.maximum(sent.to_numpy().sum(axis=1, keepdims=True), 1)
        each = np.rint(WHOLE * np.minimum(1, 1 / HOURS / np.where(share > 0, share, 1))).astype("int64")
        kind, hour = (found.reacted.index.get_level_values(name) for name in ("kind", "hour"))
        reacted = found.reacted * each[sent.index.get_indexer(kind), hour]
        events = (WHOLE * found.orders).add(reacted.groupby(["segment", "hour"]).sum(), fill_value=0)
        at_one_hour = tuple(str(kind) for kind in sent.index[(sent > 0).sum(axis=1) == 1])
        return cls(
            pd.DataFrame(each, sent.index),
            _hours_of(events, "segment"),
            int(found.orders.sum()),
            float(reacted.sum() / WHOLE),
            at_one_hour,
        )

    def best(self, events: HourEvents, prior_touches: float) -> pd.Series:
        """The send hour of each customer of a block, 0 to 23, (n,); null where no hour is known of any customer.

        It is the hour with the highest expected share of the customer's events: the posterior mean of a
        Dirichlet-multinomial model over 24 hours, from the customer's own orders and reactions and the hours of their
        segment, worth `prior_touches` events; the hours of the segment are shrunk towards those of all customers in the
        same way. Of equal hours it is the first.
        """
        total = self.by_segment.sum().to_numpy()
        n, prior = len(events.segment), prior_touches * WHOLE
        if not total.sum() > 0:
            return pd.Series(pd.NA, index=range(n), dtype="Int64")
        own, best = events.own(self.weight, WHOLE), np.zeros(n, dtype="int64")
        for name in pd.unique(events.segment):
            rows = np.flatnonzero(events.segment == name)
            nobody = np.zeros(HOURS, dtype="int64")
            segment = self.by_segment.loc[name].to_numpy() if name in self.by_segment.index else nobody
            expected = (segment + prior * total / total.sum()) / (segment.sum() + prior)
            best[rows] = np.argmax(np.round(own[rows] + prior * expected, 6), axis=1)
        return pd.Series(best, dtype="Int64")


def _hours_of(events: pd.Series, name: str) -> pd.DataFrame:
    """Events by a level (row) and hour (column, 0 to 23), whole numbers."""
    names = events.index.unique(name)
    every = pd.MultiIndex.from_product([names, range(HOURS)], names=[name, "hour"])
    found = events.groupby([name, "hour"]).sum().reindex(every, fill_value=0).astype("int64")
    return pd.DataFrame(found.to_numpy().reshape(len(names), HOURS), names)
