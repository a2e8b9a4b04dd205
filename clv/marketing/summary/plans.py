"""The plans of the other stages in a few numbers: the budget, fallen customers, the next campaign, test and lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from clv.marketing.budget.cells import NOT_SPENT
from clv.marketing.experiments.decisions import WORKS
from clv.marketing.tiers import TIERS


def budget(metrics: Mapping[str, Any], cells: pd.DataFrame) -> dict[str, Any]:
    """The budget and its split by tier and channel, its expected margin, and where the next money would go.

    `metrics` and `cells` are those of the stage budget. The margin is that of `window_days`. `split` has the cells that
    get money, the most first; margins are None where the response to spending is not known. `warning` is that of a
    total above the forecast margin, or "".
    """
    spent = cells[(cells["tier"] != NOT_SPENT) & (cells["budget"] > 0)]
    spent = spent.sort_values(["budget", "tier", "channel"], ascending=[False, True, True], kind="stable")
    following = metrics["next"]
    return {
        name: metrics[name]
        for name in ("mode", "source", "total", "not_spent", "expected_margin", "lower_95", "upper_95", "window_days")
    } | {
        "spent": metrics["allocated"],
        "forecast_margin": metrics["forecast_margin"],
        "warning": metrics["warning"],
        "split": spent[["tier", "channel", "budget"]].to_dict("records"),
        "next": {
            "amount": following["amount"],
            "margin": following["expected_margin"],
            "split": [
                {name: cell[name] for name in ("tier", "channel", "amount")}
                for cell in following["cells"]
                if cell["amount"] > 0
            ],
        },
    }


def evidence(metrics: Mapping[str, Any]) -> dict[str, int | None]:
    """How many tests are finished, their participants, and how many arms are proven better than the control.

    `metrics` is metrics/experiments.json, whose participants may be None.
    """
    arms = [arm for test in metrics["tests"].values() for arm in test["arms"].values()]
    return {
        "tests": len(metrics["tests"]),
        "participants": metrics["participants"],
        "proven": sum(arm["decision"] == WORKS for arm in arms),
    }


def at_risk(
    migration: Mapping[str, Any], tiers: pd.Series, split: Sequence[Mapping[str, Any]], minimum: int
) -> dict[str, Any] | None:
    """Customers who fell to a lower tier or segment; None where nobody fell, or nobody was known a horizon ago.

    How many they are, what their forecasts lost (money), the reason with the largest loss, and how many of them are in
    `paid_tiers`, which get money. `migration` is that of metrics/segments.json, `tiers` are those of fallen customers
    today, `split` is that of the budget. `paid` is None if it, or the rest, is fewer than `minimum`.
    """
    fell = migration["fallen"]
    if not fell["customers"]:
        return None
    main = max(fell["reasons"], key=lambda reason: reason["lost_value"], default=None)
    paid_tiers = [tier for tier in TIERS if any(cell["tier"] == tier for cell in split)]
    paid = int(tiers.isin(paid_tiers).sum())
    return {
        "paid": paid if min(paid, len(tiers) - paid) >= minimum else None,
        "paid_tiers": paid_tiers,
        "customers": fell["customers"],
        "lost_value": fell["lost_value"],
        "main": None
        if main is None
        else {
            "reason": main["reason_kind"],
            "customers": main["customers"],
            "lost_value": main["lost_value"],
        },
    }


def campaign(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Customers to contact and in the holdout, and those to contact by channel.

    `metrics` is metrics/campaigns.json; small numbers, and those that would reveal one, are None.
    """
    return {name: metrics[name] for name in ("treated", "holdout")} | {
        "channels": {channel["channel"]: channel["treated"] for channel in metrics["channels"]}
    }


def next_test(rows: pd.DataFrame, metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    """The smallest next test that finds the rise worth finding; None where none can be planned.

    `rows` is tables/next_test.csv, `metrics` metrics/experiments.json. `rise_8_weeks` is the smallest rise that can be
    found with 8 weeks of customers, None where unknown.
    """
    known = rows.dropna(subset=["participants"]).sort_values("participants", kind="stable")
    if known.empty:
        return None
    best = known.iloc[0]
    within_8_weeks = best["rise_8_weeks"]
    return {
        "outcome": str(best["outcome"]),
        "rise": float(best["rise"]),
        "participants": int(best["participants"]),
        "duration_days": int(best["duration_days"]),
        "enough_customers": bool(best["enough_customers"]),
        "customers": int(metrics["next"]["customers"]),
        "rise_8_weeks": None if pd.isna(within_8_weeks) else float(within_8_weeks),
        "window_days": metrics["window_days"],
        "finished": len(metrics["tests"]),
    }


def uploads(metrics: Mapping[str, Any]) -> dict[str, int]:
    """The larger number of rows of the lists for Meta and Google, by tier, for tiers with any row.

    `metrics` is metrics/audiences.json.
    """
    rows: dict[str, Sequence[int | None]] = {
        found["tier"]: (found["meta"]["rows"], found["google"]["rows"]) for found in metrics["lists"].values()
    }
    return {tier: max(n or 0 for n in both) for tier, both in rows.items() if any(both)}
