"""The budget in a few figures and sentences."""

from typing import Any

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.budget.groups import Groups
from clv.marketing.budget.lifts import Lifts
from clv.marketing.budget.outcome import expected
from clv.marketing.budget.setting import WHY, Allocation, Setting
from clv.marketing.budget.tables import bound_by

NEXT = 1000.0  # money
WORTH_NAMING = 0.02  # smaller shares of the next 1,000 are due to the optimiser's precision and to rounding
LEAST = 1 / MINOR_PER_UNIT  # the smallest amount of money that can be spent
UNSURE = 1e-3  # a return within this of 1 counts as 1, for the same reason


def summary(
    setting: Setting, allocation: Allocation, total: float, groups: Groups, lifts: Lifts | None
) -> dict[str, Any]:
    """The figures of metrics/budget.json: mode, the curves' source, why, money, the next 1,000, what was left out."""
    spent = round(float(allocation.budgets.sum()), 2)
    found: dict[str, Any] = {
        "mode": setting.mode,
        "source": setting.source,
        "why": f"mode {setting.params.mode}: {WHY[setting.source]}",
        "total": total,
        "allocated": spent,
        "not_spent": round(total - spent, 2),
        **expected(setting, allocation.budgets),
        "shadow_price": allocation.shadow,
        "next": next_money(setting, allocation, total),
        "curves": [] if lifts is None else fitted(lifts),
        "assumed_half_cost": [] if lifts is None else list(lifts.assumed),
        "left_out": [*groups.left_out, *_unused(setting)],
        "dropped_bounds": list(setting.limits(total).dropped),
        "draws": 0 if setting.response is None or setting.response.is_sure else setting.response.top.shape[1],
    }
    return found | {"headline": headline(found)}


def _unused(setting: Setting) -> list[str]:
    """Parameters that the user gave but that are not used, a sentence each."""
    names = ", ".join(sorted(setting.params.elasticities))
    return [f"budget.elasticities of {names}, because tests show more"] if names and setting.source == "tests" else []


def next_money(setting: Setting, allocation: Allocation, total: float) -> dict[str, Any]:
    """Where the next 1,000 would go: amount, not_spent and expected_margin of it, and cells, the largest amount first.

    A cell has tier, channel, amount, marginal_return and cautious_return (margin of its next unit of money: expected
    and, where there are draws, with these weighted as in the optimum), and why_nothing, the reason why it gets no
    money, or "" where it does.
    """
    more = setting.allocate(round(total + NEXT, 2)).budgets
    change = more - allocation.budgets
    least = NEXT * WORTH_NAMING if setting.mode == "optimal" else LEAST  # the rule's own parts may be small
    limits = bound_by(setting, setting.limits(total), allocation.budgets)
    slope, cautious = np.full((2, len(change)), np.nan)
    if setting.response is not None:
        slopes = setting.response.slope(allocation.budgets)
        slope = slopes.mean(axis=1)
        cautious = cautious if setting.response.is_sure else slopes @ allocation.weights
    cells = []
    for i in np.argsort(-np.round(np.maximum(change, 0), 2), kind="stable"):
        gets = round(float(change[i]), 2) >= least
        why = "" if gets else limits[i] or _why_nothing(setting.mode, slope[i], cautious[i])
        cells.append(
            {
                "tier": setting.cells["tier"].iloc[i],
                "channel": setting.cells["channel"].iloc[i],
                "amount": round(float(change[i]), 2) if gets else 0.0,
                "marginal_return": float(slope[i]),
                "cautious_return": float(cautious[i]),
                "why_nothing": why,
            }
        )
    brings = expected(setting, more)["expected_margin"] - expected(setting, allocation.budgets)["expected_margin"]
    return {
        "amount": NEXT,
        "not_spent": round(NEXT - float(change.sum()), 2),
        "expected_margin": brings,
        "cells": cells,
    }


def _why_nothing(mode: str, slope: float, cautious: float) -> str:
    if mode == "rule":
        return "no share by the rule"
    if slope <= 1 + UNSURE:
        return "would yield less than it costs"
    return "too unsure" if cautious <= 1 + UNSURE else "others yield more"


def fitted(lifts: Lifts) -> list[dict[str, Any]]:
    """The curve of each tested cell: lift of revenue at the highest cost, and the cost at half the maximum.

    lift, lower_95 and upper_95 are relative; half_cost and highest_cost are money per customer.
    """
    highest = lifts.cells["highest"].to_numpy()
    at = lifts.top * (highest[:, None] / (highest[:, None] + lifts.half))
    point = lifts.point_top * highest / (highest + lifts.point_half)
    lower, upper = np.quantile(at, (0.025, 0.975), axis=1)
    table = pd.DataFrame(
        {
            "tier": lifts.cells["tier"],
            "channel": lifts.cells["channel"],
            "lift": point,
            "lower_95": lower,
            "upper_95": upper,
            "half_cost": lifts.point_half,
            "highest_cost": highest,
        }
    )
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False)]


def headline(found: dict[str, Any]) -> str:
    """The decision in one sentence."""
    money = f"{found['allocated']:,.0f} of {found['total']:,.0f} is spent"
    if not np.isfinite(found["expected_margin"]):
        return f"{money} by rule; nothing shows what it yields."
    gain = f"{money}, for an expected additional margin of {found['expected_margin']:,.0f}"
    if np.isfinite(found["lower_95"]):
        gain += f" (95% interval {found['lower_95']:,.0f} to {found['upper_95']:,.0f})"
    first = found["next"]["cells"][0]
    if found["next"]["not_spent"] > NEXT / 2 or not first["amount"]:
        return f"{gain}. The next {NEXT:,.0f} would stay unspent."
    return f"{gain}. The next {NEXT:,.0f} would go first to {first['tier']} by {first['channel']}."
