"""The budget under other circumstances: other splits, other totals, other assumptions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.marketing.budget.outcome import expected, interval
from clv.marketing.budget.setting import Setting
from clv.marketing.tiers import TIERS

STEPS = np.round(np.linspace(0, 2, 11), 1)  # totals of the return curve, as multiples of the budget
POINTS = 21  # of a response curve


@dataclass(frozen=True)
class Scenario:
    """How a scenario differs from the decision: factors on the total and on the response, and the risk aversion."""

    name: str
    total: float = 1.0
    response: float = 1.0
    risk_aversion: float | None = None


SCENARIOS = (
    Scenario("as decided"),
    Scenario("total -50%", total=0.5),
    Scenario("total -25%", total=0.75),
    Scenario("total +25%", total=1.25),
    Scenario("total +50%", total=1.5),
    Scenario("margin rate -25%", response=0.75),
    Scenario("margin rate +25%", response=1.25),
    Scenario("only the mean counts (risk_aversion 0)", risk_aversion=0.0),
    Scenario("only the worst cases count (risk_aversion 1)", risk_aversion=1.0),
    Scenario("half the response", response=0.5),
)


def sensitivity(setting: Setting, total: float) -> pd.DataFrame:
    """One row per scenario, decided anew: scenario, total, budget by tier, not_spent, expected_margin, expected_profit.

    Amounts are money, NaN where the bounds cannot be met under the scenario.
    """
    rows = []
    for scenario in SCENARIOS:
        other = setting.responding(scenario.response)
        if scenario.risk_aversion is not None:
            other = other.cautious(scenario.risk_aversion)
        money = round(total * scenario.total, 2)
        row: dict[str, object] = {"scenario": scenario.name, "total": money}
        try:
            budgets = other.allocate(money).budgets
        except InputError:  # bounds that the decision itself meets
            budgets = np.full(len(setting.cells), np.nan)
        for tier in TIERS:
            row[tier] = round(float(budgets[(setting.cells["tier"] == tier).to_numpy()].sum()), 2)
        row["not_spent"] = round(money - float(budgets.sum()), 2)
        brings = expected(other, budgets)
        rows.append(row | {name: brings[name] for name in ("expected_margin", "expected_profit")})
    return pd.DataFrame(rows)


def regret(setting: Setting, total: float) -> pd.DataFrame:
    """One row per way to split the total: ours, rule, equal, and best_expected, which has the highest expected profit.

    Columns: allocation, spent, expected_margin, lower_95, upper_95, expected_profit, cvar and regret (how much lower
    the expected profit is than the best), money.
    """
    ways = {"ours": setting.allocate(total), "rule": setting.by_rule(total), "equal": setting.equally(total)}
    if setting.mode == "optimal":
        ways["best_expected"] = setting.cautious(0.0).allocate(total)
    rows = [
        {"allocation": name, "spent": round(float(way.budgets.sum()), 2), **expected(setting, way.budgets)}
        for name, way in ways.items()
    ]
    table = pd.DataFrame(rows)
    table["regret"] = table["expected_profit"].max() - table["expected_profit"]
    return table


def return_curve(setting: Setting, total: float) -> pd.DataFrame:
    """The yield of totals from nothing to twice the budget: one row per total and way to split it (ours, rule).

    Columns: allocation, total, spent, expected_margin, lower_95, upper_95, expected_profit, and marginal_return, the
    additional margin per unit of money since the previous total. Totals at which the bounds cannot be met are left out.
    """
    rows = []
    ways = ("ours", "rule") if setting.mode == "optimal" else ("rule",)
    for name in ways:
        before: tuple[float, float] | None = None
        for money in sorted({round(total * float(step), 2) for step in STEPS}):
            try:
                way = setting.allocate(money) if name == "ours" else setting.by_rule(money)
            except InputError:  # less than the minima
                continue
            brings = expected(setting, way.budgets)
            del brings["cvar"]
            margin = brings["expected_margin"]
            marginal = np.nan if before is None else round((margin - before[1]) / (money - before[0]), 3)
            rows.append(
                {
                    "allocation": name,
                    "total": money,
                    "spent": round(float(way.budgets.sum()), 2),
                    **brings,
                    "marginal_return": marginal,
                }
            )
            before = money, margin
    return pd.DataFrame(rows)


def response_curves(setting: Setting, total: float) -> pd.DataFrame:
    """Expected margin by budget of every cell that responds: tier, channel, budget, expected_margin and its interval.

    Amounts are money. Budgets range from nothing to the highest for which anything is known, or twice the total where
    nothing limits it.
    """
    columns = ["tier", "channel", "budget", "expected_margin", "lower_95", "upper_95"]
    if setting.response is None:
        return pd.DataFrame(columns=columns)
    ends = np.minimum(setting.known, max(2 * total, 1.0)) if setting.source == "elasticities" else setting.known
    tables = []
    margins = [setting.response.of_cells(ends * step) for step in np.linspace(0, 1, POINTS)]
    for i, (tier, channel) in enumerate(zip(setting.cells["tier"], setting.cells["channel"], strict=True)):
        if ends[i] > 0:
            drawn = np.array([margin[i] for margin in margins])
            lower, upper = interval(drawn)
            values = (tier, channel, ends[i] * np.linspace(0, 1, POINTS), drawn.mean(axis=1), lower, upper)
            tables.append(pd.DataFrame(dict(zip(columns, values, strict=True))))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
