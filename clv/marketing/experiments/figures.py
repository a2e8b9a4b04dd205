"""The figures of every finished test beside its table: its randomisation, its dates, and the decision on it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from clv.marketing.experiments.decisions import decide, decisive, winner
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.experiments.randomisation import check
from clv.marketing.experiments.small_arms import Untold, untold


def summarise(
    participants: pd.DataFrame,
    table: pd.DataFrame,
    days: pd.DataFrame,
    params: ExperimentParams,
    margin_rate: float,
    least: int,
) -> dict[str, Any]:
    """By name of a test: first and last day of its assignments, its check, its winner, and a decision by arm.

    `participants` is the table of outcomes; `table` and `days` are the results of `analyse` and `over_days` for it.
    Sizes that are suppressed at `least` (`untold`) are None, and so is p_sizes, which would reveal them.
    """
    rows, few = decisive(table), untold(participants, least)
    return {
        str(name): _of_test(
            test,
            rows[rows["experiment"] == name],
            days[days["experiment"] == name],
            params.shares.get(str(name), {}),
            params,
            margin_rate,
            least,
            few,
        )
        for name, test in participants.groupby("experiment")
    }


def _of_test(
    test: pd.DataFrame,
    rows: pd.DataFrame,
    days: pd.DataFrame,
    shares: Mapping[str, float],
    params: ExperimentParams,
    margin_rate: float,
    least: int,
    few: Untold,
) -> dict[str, Any]:
    name = str(test["experiment"].iloc[0])
    unseen = few.of(name)
    checked = replace(check(test, shares), sizes_told=not unseen)
    decisions = decide(rows, checked, params, margin_rate, least)
    arm, why = winner(decisions)
    return {
        "first_day": str(test["assigned"].min().date()),
        "last_day": str(test["assigned"].max().date()),
        "participants": None if name in few.tests else len(test),
        "sizes": {arm: None if arm in unseen else n for arm, n in checked.sizes.items()},
        "control": sorted(test.loc[test["is_control"], "arm"].unique()),
        "p_sizes": checked.p_sizes if checked.sizes_told else None,
        "p_forecast": checked.p_forecast,
        "shares_given": checked.given,
        "alarm": checked.alarm,
        "winner": arm,
        "why": why,
        "arms": {
            found.arm: {
                "decision": found.verdict,
                "why": found.why,
                "profit": found.profit,
                "apart_from_day": _apart_from(days[days["arm"] == found.arm]),
            }
            for found in decisions
        },
    }


def _apart_from(days: pd.DataFrame) -> int | None:
    """The first day on which the always-valid interval excluded 0, for this arm; None if there is none."""
    apart = days[(days["always_lower"] > 0) | (days["always_upper"] < 0)]
    return int(apart["day"].iloc[0]) if len(apart) else None
