"""Orders and touches of the customers of a block by hour of the day, and their sums over blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.reactions import HOURS, counted, counts, hour_of, is_true, rows_of, summed

SECOND_BITS = 40  # the most that a time in seconds takes
ANY_KIND = "touch"  # where the shop names no kinds


@dataclass(frozen=True)
class HourCounts:
    """Counts of events with an hour of the day.

    `sent` are touches by kind and hour, `reacted` those with a reaction by segment, kind and hour, `orders` by segment
    and hour; all whole numbers.
    """

    sent: pd.Series
    reacted: pd.Series
    orders: pd.Series

    @classmethod
    def together(cls, blocks: Sequence["HourCounts"]) -> "HourCounts":
        """The sum over blocks, in any order."""
        return cls(*(summed([getattr(block, name) for block in blocks]) for name in ("sent", "reacted", "orders")))


@dataclass(frozen=True)
class HourEvents:
    """Orders and touches with an hour of the day, of customers (n,) whose segments are `segment` (n,).

    Each event (m,) has the position of its customer (row), its time (at) and its hour; touches also have the position
    of their kind in `kinds` and whether the customer reacted. Lines of a customer at the same time are one order;
    midnight sharp is a date without a time, and is left out.
    """

    segment: np.ndarray
    kinds: tuple[str, ...]
    orders: pd.DataFrame
    touches: pd.DataFrame

    @classmethod
    def of(
        cls, touches: pd.DataFrame, transactions: pd.DataFrame, values: pd.DataFrame, column: str | None
    ) -> "HourEvents":
        """Those of customers with the rows `values` (customer_id, rfm_segment); `column` flags reactions."""
        lines = transactions[transactions["amount_minor"] > 0]
        orders = _timed(lines["order_ts"], rows_of(lines["customer_id"], values["customer_id"]))
        second = orders["at"].to_numpy(dtype="datetime64[s]").astype("int64")
        _, first = np.unique((orders["row"].to_numpy() << SECOND_BITS) + second, return_index=True)
        orders = orders.iloc[first]
        kind, kinds = pd.factorize(touches["kind"] if "kind" in touches else np.full(len(touches), ANY_KIND), sort=True)
        found = _timed(touches["touch_ts"], rows_of(touches["customer_id"], values["customer_id"]))
        found = found.assign(kind=kind[found.index], reacted=is_true(touches, column)[found.index])
        segment = values["rfm_segment"].to_numpy(dtype="object")
        return cls(segment, tuple(map(str, kinds)), orders, found[found["kind"] >= 0])

    def until(self, cut: pd.Timestamp) -> "HourEvents":
        """The events up to and including this time."""
        orders, touches = (part[part["at"] <= cut] for part in (self.orders, self.touches))
        return HourEvents(self.segment, self.kinds, orders, touches)

    def where(self, chosen: np.ndarray) -> "HourEvents":
        """The events of some of the customers, a mask `chosen` (n,)."""
        place = np.cumsum(chosen) - 1
        parts = (part[chosen[part["row"]]] for part in (self.orders, self.touches))
        orders, touches = (part.assign(row=place[part["row"]]) for part in parts)
        return HourEvents(self.segment[chosen], self.kinds, orders, touches)

    def by_hour(self) -> np.ndarray:
        """Orders by hour, (24,)."""
        return counts(self.orders["hour"].to_numpy(), HOURS)

    def counts(self) -> HourCounts:
        """The counts of all these customers together."""
        code, names = pd.factorize(self.segment)
        kind, hour = self.touches["kind"].to_numpy(), self.touches["hour"].to_numpy()
        reacted = self.touches["reacted"].to_numpy(dtype=bool)
        of_touch = code[self.touches["row"]]
        kinds, hours = self.kinds, range(HOURS)
        return HourCounts(
            counted({"kind": kinds, "hour": hours}, kind, hour),
            counted({"segment": names, "kind": kinds, "hour": hours}, of_touch[reacted], kind[reacted], hour[reacted]),
            counted({"segment": names, "hour": hours}, code[self.orders["row"]], self.orders["hour"].to_numpy()),
        )

    def own(self, weight: pd.DataFrame, whole: int) -> np.ndarray:
        """Events of each customer by hour, (n, 24) whole numbers.

        An order counts `whole`, a reaction the `weight` of its kind (row) at its hour (column).
        """
        n, reacted = len(self.segment), self.touches[self.touches["reacted"]]
        ordered = counts((self.orders["row"] * HOURS + self.orders["hour"]).to_numpy(), n * HOURS)
        of_kind = weight.reindex(list(self.kinds), fill_value=0).to_numpy()
        each = of_kind[reacted["kind"].to_numpy(), reacted["hour"].to_numpy()]
        weighed = counts((reacted["row"] * HOURS + reacted["hour"]).to_numpy(), n * HOURS, each)
        return (whole * ordered + weighed).reshape(n, HOURS)


def _timed(at: pd.Series, row: np.ndarray) -> pd.DataFrame:
    """The events of these customers that have an hour of the day; the index is their position among all events."""
    hour = hour_of(at)
    return pd.DataFrame({"row": row, "at": at.to_numpy(), "hour": hour})[(row >= 0) & (hour >= 0)]
