"""Every table of a decided budget."""

import pandas as pd

from clv.marketing.budget.cells import acquisition_costs, tier_costs
from clv.marketing.budget.groups import ANY_CHANNEL
from clv.marketing.budget.scenarios import regret, response_curves, return_curve, sensitivity
from clv.marketing.budget.setting import Allocation, Setting
from clv.marketing.budget.tables import cell_table, tier_table


def all_tables(
    setting: Setting,
    allocation: Allocation,
    total: float,
    cac: pd.DataFrame,
    values: pd.DataFrame,
    acquired: pd.DataFrame,
    least: int,
) -> dict[str, pd.DataFrame]:
    """By name: `cells` and `tiers`, the budget; `sensitivity`, `regret`, `return` and `response`, its alternatives.

    `cac` is that of `cac_table`; `values` and `acquired` have one row per customer and give acquisition costs, which
    are not shown for groups of fewer than `least` customers.
    """
    costs = acquisition_costs(setting.cells, values, acquired, least, ANY_CHANNEL)
    return {
        "cells": cell_table(setting, allocation, total, cac, costs),
        "tiers": tier_table(setting, allocation, total, cac, tier_costs(values, acquired, least, ANY_CHANNEL)),
        "sensitivity": sensitivity(setting, total),
        "regret": regret(setting, total),
        "return": return_curve(setting, total),
        "response": response_curves(setting, total),
    }
