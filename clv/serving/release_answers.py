"""JSON bodies about customers and groups of them, each a plain dict with the stamp of its release.

They hold only what the pipeline published: suppressed figures stay null, and lists and campaigns are given as counts
and strategy, never as ids, hashes or contacts.
"""

from typing import Any

from clv import paths
from clv.serving.records import records
from clv.serving.release import Release
from clv.serving.selection import Selection

Body = dict[str, Any]


def customers(release: Release, chosen: Selection, cursor: str | None, limit: int) -> Body:
    """The `total` of the selection, the rows of a page as `customers`, and `next`, the cursor of the next page."""
    rows, total, after = release.customers.page(chosen, cursor, limit)
    return release.stamp() | {"total": total, "next": after, "customers": rows}


def customer(release: Release, customer_id: str) -> Body | None:
    """Everything known about a customer; None if nobody has this id.

    `customer` is the row of data/customer_values with every column; `reasons` explain the forecast, by rank, and exist
    for the customers with the highest forecasts; `campaign` is the row in the plan of the next campaign, or null.
    """
    row = release.customers.get(customer_id)
    if row is None:
        return None
    plan = release.campaign.get(customer_id)
    return release.stamp() | {
        "customer": row,
        "reasons": [_but_id(reason) for reason in release.reasons.get(customer_id)],
        "campaign": _but_id(plan[0]) if plan else None,
    }


def segments(release: Release) -> Body:
    """A row per segment of each dimension, as in reports/tables/segments.csv."""
    return release.stamp() | {"segments": records(release.csv(paths.PROFILES_CSV))}


def migration(release: Release) -> Body:
    """Customers by tier or segment at the backtest's date and today, as in reports/tables/migration.csv."""
    return release.stamp() | {"migration": records(release.csv(paths.MIGRATION))}


def audiences(release: Release) -> Body:
    """The lists for advertising platforms: how many customers are on them or left out, and why; and how to bid."""
    found = release.json(paths.AUDIENCE_JSON)
    strategy = {row["tier"]: row["strategy"] for row in records(release.csv(paths.TIER_BUDGET))}
    lists = [
        {
            "list": name,
            "tier": one["tier"],
            "customers": one["customers"],
            "left_out": one["left_out"],
            "meta": {"rows": one["meta"]["rows"], "value": one["meta"]["value"]},
            "google": {"rows": one["google"]["rows"], "customers": one["google"]["customers"]},
            "strategy": strategy.get(one["tier"]),
        }
        for name, one in found["lists"].items()
    ]
    counts = {name: found[name] for name in ("customers", "agreed", "with_contact", "without_tier", "consent_from")}
    return release.stamp() | counts | {"lists": lists}


CAMPAIGN = (
    "name",
    "customers",
    "treated",
    "holdout",
    "holdout_share",
    "value_at_stake",
    "offer_cost",
    "left_out",
    "segments",
    "channels",
    "segments_by_channel",
    "hours",
)


def campaigns(release: Release) -> Body:
    """The plan of the next campaign in counts and money: by segment with its offer, by channel, and by send hour."""
    found = release.json(paths.CAMPAIGN_JSON)
    return release.stamp() | {name: found[name] for name in CAMPAIGN}


def _but_id(row: Body) -> Body:
    return {name: value for name, value in row.items() if name != "customer_id"}
