"""The figures of the lists: sizes, customers left out by reason, and filled fields; small counts are suppressed."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.audiences.audience import Audience
from clv.marketing.audiences.platforms import filled
from clv.marketing.tiers import ELITE
from clv.suppression import hidden, hidden_cells, unless_few

LISTED = ""  # the outcome of customers who are on the list, beside the reasons why others are left out


def summary(audiences: Mapping[str, Audience], min_customers: int) -> dict[str, dict[str, Any]]:
    """By name of a list: tier, customers, left_out by reason, and by platform rows, value (money) and filled fields.

    Counts are None where `hidden_cells` suppresses them at `min_customers` in the table of tiers by reasons, whose
    totals are known. If the size of a tier, or of its list, is None, so are all its other figures. Elite, which lies
    across tiers, is a table of its own. The number of rows with a field, or of customers who can be matched by Google,
    is None where they, or the rest, are fewer than `min_customers`.
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
    """Customers by list and outcome: LISTED, or the reason why they are left out."""
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
