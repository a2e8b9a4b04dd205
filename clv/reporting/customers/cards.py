"""The values of the cards of many customers, which the script of the page (page.js) shows one at a time."""

import json
from typing import Any

import pandas as pd

from clv.reporting.customers.one_customer import (
    bars,
    between,
    confidence,
    expected,
    fell,
    forecast_at,
    groups,
    so_far,
    why,
)
from clv.reporting.kit.not_known import knows_no_tier
from clv.reporting.kit.table import ELSEWHERE, Table


def cards(
    customers: pd.DataFrame, reasons: pd.DataFrame, fallen: pd.DataFrame, horizon_days: int, currency: str
) -> Table:
    """What the card shows of each of the customers, rows of data/described/customers.parquet, as data of the page.

    `reasons` are the rows of data/reasons.parquet, `fallen` those of data/described/fallen.parquet. Customers without a
    forecast have no card.
    """
    if customers.empty or knows_no_tier(customers["tier"]) or customers["upper_90"].isna().any():
        return ELSEWHERE
    of = dict(iter(reasons.groupby("customer_id")))
    none = reasons.head(0)
    made = [
        values(one, why(of.get(one["customer_id"], none)), fallen, horizon_days, currency)
        for _, one in customers.iterrows()
    ]
    data = json.dumps(made, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Table(f'<script type="application/json" class="customers">{data}</script>')


def values(
    one: pd.Series, reasons: list[str], fallen: pd.DataFrame, horizon_days: int, currency: str
) -> dict[str, Any]:
    """The texts of one card by the field that shows them, the places of its bars, and the reasons."""
    shown = [*expected(one, horizon_days, currency), *so_far(one, currency)]
    drawn = bars(one)
    return {
        "id": one["customer_id"],
        "texts": {
            "customer_id": one["customer_id"],
            "groups": groups(one),
            "fell": fell(one["customer_id"], fallen, currency),
            "confidence": confidence(one),
            **{fact.field: fact.value for fact in shown},
            **{f"interval_{level}": between(one, level) for level in drawn},
        },
        "bars": {str(level): place for level, place in drawn.items()},
        "forecast": forecast_at(one),
        "reasons": reasons,
    }
