"""What a plan needs from all customers: counts that are summed over blocks, exact in any order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.campaigns.channels import KindCounts
from clv.marketing.campaigns.hour_events import HourCounts
from clv.marketing.campaigns.hours import Hours
from clv.marketing.campaigns.judged_hours import DAYS
from clv.marketing.campaigns.reactions import reaction
from clv.marketing.consent import NOBODY


@dataclass(frozen=True)
class Seen:
    """What must be known before anything is counted.

    `last_order` is the time of the last order, NaT where there is none; `reactions` are the flags of touches that have
    a value; `said_by` are the sources of consent to e-mail.
    """

    last_order: pd.Timestamp
    reactions: frozenset[str]
    said_by: frozenset[str]

    @classmethod
    def together(cls, blocks: Sequence["Seen"]) -> "Seen":
        """Combine all blocks."""
        last = pd.Series([block.last_order for block in blocks], dtype="datetime64[us]").max()
        flags, sources = ([getattr(block, name) for block in blocks] for name in ("reactions", "said_by"))
        return cls(last, frozenset().union(*flags), frozenset().union(*sources))

    @property
    def column(self) -> str | None:
        """The flag of touches that shows whether a customer reacted."""
        return reaction(self.reactions)

    @property
    def cut(self) -> pd.Timestamp:
        """The time up to which hours are learned that are judged by the orders after it."""
        return self.last_order - DAYS

    @property
    def consent_from(self) -> str:
        """The source of consent."""
        return max(self.said_by - {NOBODY}, default=NOBODY)


@dataclass(frozen=True)
class TouchTally:
    """Counts for customers in the plan: reactions by kind, and events by hour, of all time and up to the cut.

    `orders_before` (24,) counts the orders of all customers by hour up to the cut, `orders_later` (24,) those of
    customers in the plan after it. `left_out` counts customers who are not in the plan, by reason.
    """

    kinds: KindCounts
    hours: HourCounts
    hours_before: HourCounts
    orders_before: np.ndarray
    orders_later: np.ndarray
    left_out: dict[str, int]

    @classmethod
    def together(cls, blocks: Sequence["TouchTally"]) -> "TouchTally":
        """The sum over blocks."""
        left_out: Counter[str] = Counter()
        for block in blocks:
            left_out.update(block.left_out)
        return cls(
            KindCounts.together([block.kinds for block in blocks]),
            HourCounts.together([block.hours for block in blocks]),
            HourCounts.together([block.hours_before for block in blocks]),
            np.sum([block.orders_before for block in blocks], axis=0),
            np.sum([block.orders_later for block in blocks], axis=0),
            dict(sorted(left_out.items())),
        )


@dataclass(frozen=True)
class Everybody:
    """What the plan of a customer needs from all customers; `hours_before` are the hours as of the cut."""

    kinds: KindCounts
    hours: Hours
    hours_before: Hours

    @classmethod
    def of(cls, tally: TouchTally) -> "Everybody":
        """From the counts of all blocks."""
        return cls(tally.kinds, Hours.of(tally.hours), Hours.of(tally.hours_before))
