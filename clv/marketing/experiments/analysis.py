"""Every arm of every finished test against its control: purchases, revenue and return on cost."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from clv.marketing.experiments.comparison import Difference, adjust, of_means, of_shares

COLUMNS = (
    "experiment",
    "arm",
    "outcome",
    "with_forecast",
    "participants",
    "control_participants",
    "mean",
    "control_mean",
    "sd",
    "difference",
    "lower",
    "upper",
    "relative",
    "p_value",
    "p_holm",
    "variance_reduction",
    "cost",
    "roi",
    "roi_lower",
    "roi_upper",
)

Compare = Callable[[np.ndarray, np.ndarray, float], Difference]
Version = tuple[np.ndarray, Compare, dict[str, object]]


@dataclass(frozen=True)
class Outcome:
    """A metric that a test may change: a column of the participants, and how two arms are compared by it."""

    name: str
    compare: Compare


OUTCOMES = (Outcome("purchased", of_shares), Outcome("revenue", of_means))
MONEY = "revenue"


def analyse(participants: pd.DataFrame, confidence: float, margin_rate: float, least: int) -> pd.DataFrame:
    """One row per test, arm other than the control, outcome, and without and with the forecast as covariate.

    `participants` is the table of outcomes. purchased: whether anything was bought (share); revenue: net revenue (money
    per participant).
    - mean, control_mean, sd, difference: per participant; relative: difference over the control's mean.
    - lower, upper: interval of the difference, at `confidence` for each arm alone.
    - p_value: of no difference; p_holm: corrected for the arms of the test (Holm, 1979); only p_holm decides.
    - variance_reduction: share of the variance within arms that the forecast explains.
    - cost: spent on the arm, money, NaN where any of it is unknown. roi: margin of the difference times participants,
      minus cost, over cost; roi_lower and roi_upper from the ends of the interval. Only for revenue.
    Arms with fewer than `least` participants (at least 2), or with such a control, have only their sizes; tests without
    a control have no rows. Where forecasts are missing or all the same, there are no rows with the covariate.
    """
    rows = [
        row
        for name, test in participants.groupby("experiment")
        for row in _of_test(str(name), test, confidence, margin_rate, max(least, 2))
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["p_holm"] = table["p_holm"].astype("float64")
    for _, found in table.dropna(subset=["p_value"]).groupby(["experiment", "outcome", "with_forecast"]):
        table.loc[found.index, "p_holm"] = multipletests(found["p_value"], method="holm")[1]
    return table


def _of_test(
    name: str, test: pd.DataFrame, confidence: float, margin_rate: float, least: int
) -> list[dict[str, object]]:
    """The rows of one test, without the correction for several arms."""
    control = test["is_control"].to_numpy()
    codes, arms = pd.factorize(test["arm"].where(~test["is_control"]), sort=True)
    rows: list[dict[str, object]] = []
    for outcome in OUTCOMES if control.any() else ():
        for values, compare, how in _versions(test, outcome, codes + 1):
            for code, arm in enumerate(arms):
                member = codes == code
                n, m = int(member.sum()), int(control.sum())
                enough = min(n, m) >= least
                apart = compare(values[member], values[control], confidence) if enough else Difference()
                row: dict[str, object] = {"experiment": name, "arm": str(arm), "outcome": outcome.name}
                row |= how | {"participants": n, "control_participants": m} | asdict(apart)
                row["relative"] = _over(apart.difference, apart.control_mean)
                rows.append(row | (_returns(outcome, apart, test["cost"][member], margin_rate) if enough else {}))
    return rows


def _versions(test: pd.DataFrame, outcome: Outcome, arm: np.ndarray) -> list[Version]:
    """An outcome as observed and, where the forecasts differ, adjusted for them; and how each is compared."""
    values, expected = test[outcome.name].to_numpy(), test["expected"].to_numpy()
    plain: Version = (values, outcome.compare, {"with_forecast": False, "variance_reduction": float("nan")})
    if np.ptp(expected) == 0:
        return [plain]
    adjusted, reduction = adjust(values.astype("float64"), expected, arm)
    return [plain, (adjusted, of_means, {"with_forecast": True, "variance_reduction": reduction})]


def _returns(outcome: Outcome, apart: Difference, cost: pd.Series, margin_rate: float) -> dict[str, object]:
    """The cost of an arm, and its return on cost with the ends of the interval."""
    if outcome.name != MONEY:
        return {}
    spent = float(cost.sum(skipna=False))
    ends = {"roi": apart.difference, "roi_lower": apart.lower, "roi_upper": apart.upper}
    returns = {name: _over(margin_rate * end * len(cost) - spent, spent) for name, end in ends.items()}
    return {"cost": spent, **returns}


def _over(above: float, below: float) -> float:
    """The quotient, NaN where `below` is not above 0."""
    return above / below if below > 0 else float("nan")
