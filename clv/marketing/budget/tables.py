"""The tables of a decided budget: by cell and by tier."""

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.budget.cells import NOT_SPENT
from clv.marketing.budget.limits import Limits
from clv.marketing.budget.outcome import expected, interval
from clv.marketing.budget.setting import Allocation, Setting

TOLERANCE = 1.0  # money: budgets are whole units
CELL_COLUMNS = [
    "tier",
    "channel",
    "customers",
    "budget",
    "share",
    "spend_per_customer",
    "expected_margin",
    "lower_95",
    "upper_95",
    "marginal_return",
    "cautious_return",
    "lowest",
    "highest",
    "bound_by",
    "cac_target",
    "bid_ceiling",
    "ltv_cac",
]
TIER_COLUMNS = [
    "tier",
    "customers",
    "budget",
    "share",
    "expected_margin",
    "lower_95",
    "upper_95",
    "margin_clv",
    "margin_clv_lower",
    "margin_clv_upper",
    "cac_target",
    "bid_ceiling",
    "ltv_cac",
    "payback_days",
    "strategy",
]


def cell_table(
    setting: Setting, allocation: Allocation, total: float, cac: pd.DataFrame, costs: np.ndarray
) -> pd.DataFrame:
    """One row per cell and, last, the money not spent; budgets sum to the total to the cent.

    In CELL_COLUMNS: customers (of the tier), budget, share (of the total), spend_per_customer, expected_margin with
    lower_95 and upper_95, marginal_return (expected margin of the next unit of money), cautious_return (the same with
    the draws weighted as in the optimum, which equalises it), lowest and highest (the limits), bound_by (the limit that
    binds, or nothing), cac_target, bid_ceiling, ltv_cac (margin of a customer over the mean acquisition cost). `costs`
    (cells,) are the acquisition costs; `cac` is that of `cac_table`, whose suppressed figures stay suppressed.
    """
    limits = setting.limits(total)
    budgets = allocation.budgets
    table = setting.cells[["tier", "channel"]].merge(
        cac[["tier", "customers", "margin_clv", "cac_target", "bid_ceiling"]], on="tier", how="left", validate="m:1"
    )
    per_customer = budgets / np.where(table["customers"] > 0, table["customers"], np.nan)
    table = table.assign(budget=budgets, share=budgets / total if total > 0 else 0.0, spend_per_customer=per_customer)
    table = table.assign(**_returns(setting, allocation), lowest=limits.lowest, highest=limits.highest)
    # The limits depend on the number of customers, and would reveal it where it is suppressed.
    table[["lowest", "highest"]] = table[["lowest", "highest"]].where(table["customers"].notna())
    table["bound_by"] = bound_by(setting, limits, budgets)
    table["ltv_cac"] = table["margin_clv"] / np.where(costs > 0, costs, np.nan)
    left = (round(total * MINOR_PER_UNIT) - round(float(budgets.sum()) * MINOR_PER_UNIT)) / MINOR_PER_UNIT
    share = left / total if total > 0 else 0.0
    rest = {"tier": NOT_SPENT, "channel": "", "budget": left, "share": share, "bound_by": ""}
    return pd.concat([table, pd.DataFrame([rest])], ignore_index=True)[CELL_COLUMNS]


def tier_table(
    setting: Setting, allocation: Allocation, total: float, cac: pd.DataFrame, costs: np.ndarray
) -> pd.DataFrame:
    """One row per tier, in TIER_COLUMNS: its budget, its expected margin, and the figures of `cac_table`.

    ltv_cac is the mean margin of a customer over `costs` (tiers,), the mean acquisition cost over all channels.
    """
    rows = []
    for tier in cac["tier"]:
        mine = (setting.cells["tier"] == tier).to_numpy()
        budgets = np.where(mine, allocation.budgets, 0.0)
        brings = expected(setting, budgets)
        rows.append({"tier": tier, "budget": round(float(budgets.sum()), 2), **brings})
    table = pd.DataFrame(rows).merge(cac, on="tier", validate="1:1")
    table["share"] = table["budget"] / total if total > 0 else 0.0
    table["ltv_cac"] = table["margin_clv"] / np.where(costs > 0, costs, np.nan)
    return table[TIER_COLUMNS]


def bound_by(setting: Setting, limits: Limits, budgets: np.ndarray) -> list[str]:
    """What keeps each cell from a lower or higher budget, in words; "" where nothing does."""
    own = {(bound.tier, bound.channel): bound for bound in setting.params.bounds}
    caps = np.array([setting.params.channel_caps.get(name, np.inf) for name in limits.names])
    capped = limits.members @ budgets >= caps - TOLERANCE
    found = []
    for i, cell in enumerate(zip(setting.cells["tier"], setting.cells["channel"], strict=True)):
        bound = own.get(cell)
        if setting.cells["customers"].iloc[i] == 0:
            found.append("no customers")
        elif setting.known[i] <= 0:
            found.append("not tested" if setting.source == "tests" else "no customers")
        elif not setting.cells["open"].iloc[i]:
            found.append("worth nothing")
        elif bound is not None and budgets[i] >= bound.max - TOLERANCE:
            found.append("its maximum")
        elif budgets[i] >= setting.known[i] - TOLERANCE:
            found.append("highest cost tested")
        elif bound is not None and 0 < budgets[i] <= bound.min + TOLERANCE:
            found.append("its minimum")
        else:
            found.append("cap of the channel" if capped[limits.channel[i]] else "")
    return found


def _returns(setting: Setting, allocation: Allocation) -> dict[str, np.ndarray]:
    names = ("expected_margin", "lower_95", "upper_95", "marginal_return", "cautious_return")
    if setting.response is None:
        return {name: np.full(len(setting.cells), np.nan) for name in names}
    margin = setting.response.of_cells(allocation.budgets)
    slope = setting.response.slope(allocation.budgets)
    cautious = np.full(len(slope), np.nan) if setting.response.is_sure else slope @ allocation.weights
    values = (margin.mean(axis=1), *interval(margin), slope.mean(axis=1), cautious)
    return dict(zip(names, values, strict=True))
