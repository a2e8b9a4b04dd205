"""Which customers are on which list, which are left out, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.marketing.audiences.platforms import google_list, members, meta_list, rows_of_google
from clv.marketing.tiers import ELITE, GROWTH, HIGH, LOW

# Neutral names: a platform shows them to its own staff, and sometimes to the customer.
NAMES = {"list-a": HIGH, "list-b": GROWTH, "list-c": LOW, "list-d": ELITE}
NO_KEY, NO_CONSENT, NO_FORECAST = "no key for the uids", "no consent", "no forecast"


@dataclass(frozen=True)
class Audience:
    """The lists of one tier and their figures; `left_out` counts customers by the first reason that applies."""

    tier: str
    customers: int
    left_out: dict[str, int]
    meta: pd.DataFrame
    google: pd.DataFrame
    value: float
    google_customers: int


def make_audiences(
    values: pd.DataFrame, people: pd.DataFrame, agreed: np.ndarray, key: str | None, today: date
) -> dict[str, Audience]:
    """The audience of each tier by its neutral name; Elite only where `values` has the column elite.

    `values` has one row per customer: customer_id, tier, predicted_clv and, optionally, elite; `people` is the result
    of `normalise`; `agreed` (n,) is the consent. Without a key all lists are empty.
    """
    reason = np.select(
        [np.full(len(values), not key), ~agreed, ~np.isfinite(values["predicted_clv"].to_numpy(dtype="float64"))],
        [NO_KEY, NO_CONSENT, NO_FORECAST],
        "",
    )
    found = {}
    for name, tier in NAMES.items():
        if tier == ELITE and "elite" not in values:
            continue
        inside = (values["elite"] if tier == ELITE else values["tier"] == tier).to_numpy(dtype=bool)
        found[name] = _audience(tier, values[inside], reason[inside], people, key or "", today)
    return found


def _audience(
    tier: str, values: pd.DataFrame, reason: np.ndarray, people: pd.DataFrame, key: str, today: date
) -> Audience:
    rows = members(values[reason == ""], people, key)
    reasons, counts = np.unique(reason[reason != ""], return_counts=True)
    return Audience(
        tier=tier,
        customers=len(values),
        left_out=dict(zip(reasons.tolist(), counts.tolist(), strict=True)),
        meta=meta_list(rows, today),
        google=google_list(rows),
        value=round(float(rows["value"].sum()), 2),
        google_customers=int((rows_of_google(rows) > 0).sum()),
    )


def files(audiences: Mapping[str, Audience]) -> dict[str, pd.DataFrame]:
    """The lists by the name of their file, each with the header that its platform requires, with or without rows."""
    return {
        file: table
        for name, audience in audiences.items()
        for file, table in ((f"meta-{name}.csv", audience.meta), (f"google-{name}.csv", audience.google))
    }
