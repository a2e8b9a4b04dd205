"""Budgets of small shops, decided and tabulated as the stage does."""

from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.budget.all_tables import all_tables
from clv.marketing.budget.cac import cac_table
from clv.marketing.budget.figures import summary
from clv.marketing.budget.groups import Groups
from clv.marketing.budget.lifts import Lifts
from clv.marketing.budget.params import BudgetParams, Elasticity
from clv.marketing.budget.reach import reach
from clv.marketing.budget.setting import Setting, make_setting
from clv.marketing.experiments.outcomes import COLUMNS

NO_TESTS = pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})
NOBODY = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
ELASTIC = {"email": Elasticity(1000.0, 50.0, 0.5), "search": Elasticity(2000.0, 40.0, 0.3)}
MARGIN_RATE = 0.4
LEVEL_SPREAD = 0.1
HORIZON_DAYS = 180


def acquired(values: pd.DataFrame) -> pd.DataFrame:
    """Customers acquired by e-mail and by search in turn, for 10 and for 20."""
    email = np.arange(len(values)) % 2 == 0
    return values[["customer_id"]].assign(
        channel=np.where(email, "email", "search"), acquisition_cost_minor=np.where(email, 1000, 2000)
    )


def decide(
    params: BudgetParams, values: pd.DataFrame, lifts: Lifts | None = None, came: pd.DataFrame = NOBODY
) -> Setting:
    return make_setting(params, MARGIN_RATE, lifts, values, came)


def everything(
    case: Setting, values: pd.DataFrame, came: pd.DataFrame, tested: tuple[Groups, Lifts | None], least: int = 20
) -> dict[str, Any]:
    """All that the stage writes, by a short name."""
    total = case.params.total
    allocation = case.allocate(total)
    cac = cac_table(values, case.params.cac_share, MARGIN_RATE, LEVEL_SPREAD, HORIZON_DAYS, least)
    tables = all_tables(case, allocation, total, cac, values, came, least)
    metrics = summary(case, allocation, total, *tested) | reach(values, MARGIN_RATE, total, HORIZON_DAYS, [])
    return tables | {"metrics": metrics}
