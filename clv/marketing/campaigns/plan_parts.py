"""The plan of a campaign block by block: a customer's row depends on their own events and on counts of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER
from clv.marketing.campaigns.channels import KindCounts, next_channels
from clv.marketing.campaigns.everybody import Everybody, Seen, TouchTally
from clv.marketing.campaigns.hour_events import HourEvents
from clv.marketing.campaigns.judged_hours import SEGMENT_ALONE, within_an_hour
from clv.marketing.campaigns.params import CampaignParams
from clv.marketing.campaigns.plan import REPEATED, in_running_test, make_plan, select, value_at_stake
from clv.marketing.campaigns.reactions import REACTIONS, reactions_in
from clv.marketing.consent import consent_of
from clv.marketing.store import read_clean_block, read_values_block

VALUES = ("predicted_clv", "churn_risk", "p_purchase", "monetary_value", "rfm_segment", "tier")
PLANNED_FROM = ("customers", "touches", "transactions", "experiments")  # clean tables
ORDERS, CONSENT = ("order_ts", "amount_minor"), ("email_consent",)


@dataclass(frozen=True)
class Planned:
    """A block's part of the plan, with the send hour by the customer's own events and by those of the segment alone.

    `own_hits` are the orders after the cut within an hour of the customer's own send hour as of the cut; None where no
    hour was known.
    """

    plan: pd.DataFrame
    own_hours: pd.Series
    segment_hours: pd.Series
    own_hits: int | None

    def send_hour(self, own: bool) -> pd.Series:
        """The hour of each customer, by their `own` events or by those of the segment."""
        return self.own_hours if own else self.segment_hours


@dataclass(frozen=True)
class PlanParts:
    """Folders (paths or URLs) of the clean tables and of customer values, and the parameters of the plan."""

    clean: str
    values: str
    params: CampaignParams
    margin_rate: float
    window_days: int
    last_day: date

    def see(self, block: int) -> Seen:
        """What a block contributes to `Seen`."""
        touches, lines = self._read("touches", block, REACTIONS), self._read("transactions", block, ORDERS)
        customers = self._read("customers", block, CONSENT)
        _, said_by = consent_of(customers[CUSTOMER].head(0), customers, "email_consent", "customers")
        last_order = lines.loc[lines["amount_minor"] > 0, "order_ts"].max()
        return Seen(last_order, frozenset(reactions_in(touches)), frozenset([said_by]))

    def tally(self, seen: Seen, block: int) -> TouchTally:
        """The counts of the customers of a block."""
        values, _, chosen, left_out = self._chosen(block)
        touches, events = self._events(seen, values, block)
        members = events.where(chosen)
        before = members.until(seen.cut)
        return TouchTally(
            KindCounts.of(touches, values[chosen], seen.column),
            members.counts(),
            before.counts(),
            events.until(seen.cut).by_hour(),
            members.by_hour() - before.by_hour(),
            left_out,
        )

    def plan(self, seen: Seen, everybody: Everybody, block: int) -> Planned:
        """A block's part of the plan."""
        values, at_stake, chosen, _ = self._chosen(block)
        touches, events = self._events(seen, values, block)
        members, values = events.where(chosen), values[chosen]
        customers = self._read("customers", block, CONSENT)
        agreed, _ = consent_of(values[CUSTOMER], customers, "email_consent", "customers")
        prior = self.params.prior_touches
        channels = next_channels(touches, values, agreed, prior, seen.column, everybody.kinds)
        plan = make_plan(values, at_stake[chosen], channels, self.params)
        before = everybody.hours_before.best(members.until(seen.cut), prior)
        return Planned(
            plan.astype(dict.fromkeys(REPEATED, "category")),
            everybody.hours.best(members, prior),
            everybody.hours.best(members, SEGMENT_ALONE),
            _hits(members.orders[members.orders["at"] > seen.cut], before),
        )

    def _chosen(self, block: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, dict[str, int]]:
        """Customers of a block, their value at stake, whether they are in the plan, and how many are not and why."""
        values = read_values_block(self.values, block, VALUES)
        at_stake = value_at_stake(values, self.margin_rate)
        tests, today = self._read("experiments", block, ("assigned_ts",)), pd.Timestamp(self.last_day)
        in_test = in_running_test(values[CUSTOMER], tests, self.window_days, today)
        return values, at_stake, *select(values, at_stake, in_test)

    def _events(self, seen: Seen, values: pd.DataFrame, block: int) -> tuple[pd.DataFrame, HourEvents]:
        flag = () if seen.column is None else (seen.column,)
        touches = self._read("touches", block, ("touch_ts", "kind", *flag))
        lines = self._read("transactions", block, ORDERS)
        return touches, HourEvents.of(touches, lines, values, seen.column)

    def _read(self, table: str, block: int, columns: Sequence[str]) -> pd.DataFrame:
        return read_clean_block(self.clean, table, block, columns)


def _hits(later: pd.DataFrame, sent: pd.Series) -> int | None:
    """How many orders came within an hour of the send hour (n,) of their customers; None where hours are not known."""
    if sent.isna().any():
        return None
    return within_an_hour(later["hour"].to_numpy(), sent.to_numpy(dtype="int64")[later["row"]])


def hits_of(parts: Sequence[Planned]) -> int | None:
    """The sum of `own_hits` over all blocks; None where one of them is None."""
    hits = [part.own_hits for part in parts]
    return None if None in hits else sum(n for n in hits if n is not None)
