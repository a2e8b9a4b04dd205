"""The decision on a budget: from what is known of customers and tests to its tables and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clv.marketing.budget.all_tables import all_tables
from clv.marketing.budget.cac import cac_table
from clv.marketing.budget.figures import summary
from clv.marketing.budget.groups import make_groups
from clv.marketing.budget.lifts import fit_lifts
from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.reach import reach
from clv.marketing.budget.setting import make_setting
from clv.marketing.budget.window import window_revenue
from clv.models.btyd.value import Btyd

VALUES = ("customer_id", "tier", "predicted_clv", "lower_95", "upper_95", "frequency", "recency_days", "tenure_days")


@dataclass(frozen=True)
class Facts:
    """The inputs of a budget.

    `values` (VALUES) and `acquired` (`read_customers`) have one row per customer, `outcomes` (`groups.NEEDED`) one per
    customer and test. `alarms` describe, by the name of a test, what is wrong with it. `btyd` are the models of today,
    and `spread` is the relative standard deviation of the level of all forecasts.
    """

    values: pd.DataFrame
    acquired: pd.DataFrame
    outcomes: pd.DataFrame
    alarms: Mapping[str, str]
    btyd: Btyd
    spread: float


@dataclass(frozen=True)
class BudgetDecision:
    """`tables` of `all_tables`, and the `figures` of metrics/budget.json."""

    tables: dict[str, pd.DataFrame]
    figures: dict[str, Any]


def decide(
    facts: Facts, params: BudgetParams, margin_rate: float, window_days: int, min_customers: int, seed: int
) -> BudgetDecision:
    """Split `params.total`: by tests or elasticities where they show the response to spending, else by rule.

    `margin_rate` is the gross margin as a share of net revenue, `window_days` the window of a test. Figures of groups
    of fewer than `min_customers` are not shown. Raises `InputError` where no budget meets the bounds.
    """
    total = round(params.total, 2)
    groups = make_groups(facts.outcomes, facts.alarms, params.draws, seed)
    lifts = fit_lifts(groups, seed)
    values = facts.values.assign(window_revenue=window_revenue(facts.btyd, facts.values, window_days))
    setting = make_setting(params, margin_rate, lifts, values, facts.acquired)
    allocation = setting.allocate(total)
    horizon = facts.btyd.horizon_days
    cac = cac_table(values, params.cac_share, margin_rate, facts.spread, horizon, min_customers)
    tables = all_tables(setting, allocation, total, cac, values, facts.acquired, min_customers)
    figures = summary(setting, allocation, total, groups, lifts) | {"window_days": window_days}
    return BudgetDecision(tables, figures | reach(values, margin_rate, total, horizon, facts.btyd.gaps))
