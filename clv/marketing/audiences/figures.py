"""What is said of the lists: sizes, who is left out and why, which fields are there; nothing of a few customers."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.audiences.audience import Audience
from clv.marketing.audiences.platforms import filled
from clv.marketing.tiers import ELITE
from clv.suppression import hidden, hidden_cells, unless_few

LISTED = ""  # beside the reasons why others are left out


def summary(audiences: Mapping[str, Audience], min_customers: int) -> dict[str, dict[str, Any]]:
    """Of each list by its name: tier, customers, left_out by reason, and rows, value (money) and fields of platforms.

    Counts are None where `hidden_cells` says so for `min_customers` of the table of tiers by reasons, whose totals are
    known; so is all that is said of a tier, or of its rows, where their number is. Elite, which lies across tiers, is a
    table of its own. How many rows have a field, or a place with Google, is None where those who have it or those who
    have not are fewer than `min_customers`.
    """
    found: dict[str, dict[str, Any]] = {}
    for across in (False, True):
        some = {name: audience for name, audience in audiences.items() if (audience.tier == ELITE) == across}
        counts = _counts(some)
        few = hidden(counts.sum(axis=1).to_numpy(), min_customers)
        unseen = hidden_cells(counts.to_numpy(), min_customers, np.tile(few[:, None], counts.shape[1]))
        shown = counts.astype("object").where(~unseen, None).to_dict("index")
        for (name, audience), nothing in zip(some.items(), few, strict=True):
            found[name] = _one(audience, None if nothing else audience.customers, shown[name], min_customers)
    return found


def _counts(audiences: Mapping[str, Audience]) -> pd.DataFrame:
    """Customers by list and what became of them: LISTED, or the reason why not."""
    rows = {name: {LISTED: len(audience.meta)} | audience.left_out for name, audience in audiences.items()}
    return pd.DataFrame.from_dict(rows, orient="index").fillna(0).astype("int64")


def _one(audience: Audience, customers: int | None, counts: dict[Hashable, int | None], minimum: int) -> dict[str, Any]:
    rows, google = counts[LISTED], len(audience.google)
    on_google = None if rows is None else unless_few(audience.google_customers, rows, minimum)
    return {
        "tier": audience.tier,
        "customers": customers,
        "left_out": {reason: counts[reason] for reason in audience.left_out},
        "meta": {
            "rows": rows,
            "value": audience.value if rows is not None and rows >= minimum else None,
            "filled": {
                field: None if rows is None else unless_few(n, rows, minimum)
                for field, n in filled(audience.meta).items()
            },
        },
        "google": {
            "rows": None if on_google is None else google,
            "customers": on_google,
            "filled": {
                field: None if on_google is None else unless_few(n, google, minimum)
                for field, n in filled(audience.google).items()
            },
        },
    }
