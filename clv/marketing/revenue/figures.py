"""reports/metrics/revenue.json: the revenue to come in a few numbers, and how accurate such forecasts were."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from clv.evaluation.months_interval import Uncertainty
from clv.evaluation.months_judged import FORECAST, KINDS, KNOWN, NEW
from clv.features.timeline import Plan
from clv.models.btyd.basis import Gap


def revenue_figures(
    months: pd.DataFrame,
    judged: pd.DataFrame,
    uncertain: Mapping[str, Uncertainty],
    plan: Plan,
    gaps: Sequence[Gap],
) -> dict[str, Any]:
    """The figures as plain values for JSON; None where not known.

    `next_months` has by kind the sum of all months with its bounds; `judged` has by kind and reach (horizon, beyond)
    the weighted absolute error of the forecasts and of the simpler ones, on the months for which the latter exist.
    """
    return {
        "as_of": str(plan.last_day),
        "horizon_days": plan.horizon_days,
        "not_known": [asdict(gap) for gap in gaps],
        "next_months": {kind: _whole(months[months["kind"] == kind]) for kind in KINDS},
        "uncertainty": {kind: asdict(found) for kind, found in uncertain.items()},
        "judged": {
            kind: {reach: _judged(judged, kind, beyond) for reach, beyond in (("horizon", False), ("beyond", True))}
            for kind in KINDS
        },
    }


def figures_in_words(metrics: dict[str, Any], currency: str) -> str:
    """The sum of the months to come, and the errors for past ones."""
    whole, past = metrics["next_months"], metrics["judged"][KNOWN]["horizon"]
    sums = {kind: whole[kind]["cumulative"] for kind in (KNOWN, NEW)}
    amounts = {kind: "not known" if total is None else f"{total:,.0f} {currency}" for kind, total in sums.items()}
    text = f"until {whole[KNOWN]['until']} {amounts[KNOWN]} of customers known, {amounts[NEW]} of those to come"
    if past is None:
        return f"{text}; no past month is judged"
    errors = ", ".join(f"{name} {error:.1%}" for name, error in past["wape"].items())
    return f"{text}; {past['months']} past months off by {errors}"


def _whole(months: pd.DataFrame) -> dict[str, Any]:
    last = months.iloc[-1]
    names = ("cumulative", "cumulative_lower_90", "cumulative_upper_90", "cumulative_lower_95", "cumulative_upper_95")
    return {"until": last["last_day"]} | {name: None if pd.isna(last[name]) else float(last[name]) for name in names}


def _judged(judged: pd.DataFrame, kind: str, beyond: bool) -> dict[str, Any] | None:
    rows = judged[(judged["as_of"] == "all") & (judged["kind"] == kind) & (judged["is_extrapolated"] == beyond)]
    if rows.empty:
        return None
    own = rows[rows["forecast"] == FORECAST].iloc[0]
    return {
        "months": int(own["months"]),
        "bias": float(own["bias"]),
        "wape": dict(zip(rows["forecast"], rows["wape"].tolist(), strict=True)),
        "wape_of_forecast": dict(zip(rows["forecast"], rows["wape_of_forecast"].tolist(), strict=True)),
    }
