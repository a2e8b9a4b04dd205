"""The decision that follows from a finished test, in words."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.experiments.analysis import MONEY
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.experiments.power import Aim, Measure
from clv.marketing.experiments.randomisation import Randomisation

WORKS, HARMS, NOT_YET, CANNOT_SAY = "works", "harms", "not yet", "cannot say"
NO_CONTROL = (
    "the test has no control arm: name one 'control', or let exactly one arm cost nothing, so that there is something "
    "to compare with"
)


@dataclass(frozen=True)
class Decision:
    """The decision on one arm: WORKS, HARMS, NOT_YET or CANNOT_SAY, and why, in words.

    `profit` is money per participant.
    """

    arm: str
    verdict: str
    why: str
    profit: float = float("nan")


def decisive(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table of `analyse` that decide: revenue, with the forecast as covariate where there is one.

    They are chosen before any result is seen: money is what counts, and the forecast can only make it more precise.
    """
    money = table[table["outcome"] == MONEY]
    with_forecast = set(money.loc[money["with_forecast"].astype("bool"), "experiment"])
    return money[money["with_forecast"].astype("bool") == money["experiment"].isin(with_forecast)]


def decide(
    rows: pd.DataFrame, checked: Randomisation, params: ExperimentParams, margin_rate: float, least: int
) -> list[Decision]:
    """One decision per arm of one test, from its decisive rows, in their order, including arms that cannot be compared.

    An arm works or harms if its difference is not 0 at `params.confidence`, corrected for all arms of the test (Holm).
    Whether it also pays is another question, which the reason answers by the interval of the return.
    """
    if rows.empty:
        why = NO_CONTROL if len(checked.sizes) > 1 else "the test has only one arm"
        return [Decision(arm, CANNOT_SAY, why) for arm in checked.sizes]
    if checked.alarm:
        return [Decision(arm, CANNOT_SAY, checked.alarm) for arm in rows["arm"]]
    return [_of_arm(row, params, margin_rate, least) for row in rows.to_dict("records")]


def winner(decisions: list[Decision]) -> tuple[str, str]:
    """The arm to continue with, or "", and the reason.

    It is the arm with the highest profit per participant among those that work, if that profit is above 0; an arm with
    unknown cost cannot win.
    """
    works = [decision for decision in decisions if decision.verdict == WORKS]
    paying = [decision for decision in works if decision.profit > 0]
    if paying:
        best = max(paying, key=lambda decision: decision.profit)
        rest = " of those that work; that it beats these was not tested" if len(works) > 1 else ""
        return best.arm, f"the highest estimated profit{rest}"
    if works:
        return "", "what works does not pay back its cost by the estimate, or its cost is unknown"
    if decisions and all(decision.verdict == CANNOT_SAY for decision in decisions):
        return "", decisions[0].why
    return "", "no arm is proven better than the control"


def _of_arm(row: Mapping[Hashable, Any], params: ExperimentParams, margin_rate: float, least: int) -> Decision:
    arm, n, m = str(row["arm"]), int(row["participants"]), int(row["control_participants"])
    if min(n, m) < max(least, 2):
        return Decision(arm, CANNOT_SAY, f"fewer than {max(least, 2)} participants in the arm or in the control")
    if np.isnan(row["p_holm"]):
        return Decision(arm, CANNOT_SAY, "all participants spent the same, so nothing distinguishes the arms")
    profit = margin_rate * row["difference"] - row["cost"] / n
    if row["p_holm"] <= 1 - params.confidence:
        if row["difference"] > 0:
            return Decision(arm, WORKS, f"revenue rose{_relative(row)}; {_pays(row)}", profit)
        return Decision(arm, HARMS, f"revenue fell{_relative(row)}", profit)
    return Decision(arm, NOT_YET, f"{_uncertain(row)}{_more(row, params)}", profit)


def _relative(row: Mapping[Hashable, Any]) -> str:
    return "" if np.isnan(row["relative"]) else f" by {abs(row['relative']):.0%} against the control"


def _pays(row: Mapping[Hashable, Any]) -> str:
    """Whether an arm pays, by the interval of its return."""
    if np.isnan(row["roi"]):
        return "whether it pays is not known, as its cost is 0 or unknown"
    if row["roi_lower"] > 0:
        return "it yields more than its cost"
    return "it costs more than it yields" if row["roi_upper"] < 0 else "whether it pays back its cost is open"


def _uncertain(row: Mapping[Hashable, Any]) -> str:
    if row["lower"] <= 0 <= row["upper"]:
        return "the interval of the difference holds 0"
    return "the interval of this arm alone leaves out 0, but with so many arms one does so by chance"


def _more(row: Mapping[Hashable, Any], params: ExperimentParams) -> str:
    """How many more participants would show the rise that is worth finding, at the observed standard deviation."""
    measure = Measure(float(row["control_mean"]), float(row["sd"]), is_share=False)
    needed, _ = measure.participants(params.next.lift, Aim(params.confidence, params.next.power))
    have = int(min(row["participants"], row["control_participants"]))
    if np.isnan(needed):
        return ""
    chance = f"a rise of {params.next.lift:.0%} with a chance of {params.next.power:.0%}"
    if needed <= have:
        return f"; there were enough participants to see {chance}"
    more = needed - have
    return f"; {round(more, 2 - len(str(int(more)))):,.0f} more participants per arm would show {chance}"
