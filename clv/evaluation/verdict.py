"""The verdict on a forecast: checks that may fail, each with its value, its threshold and what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from clv.errors import InputError
from clv.evaluation.contradictions import contradictions
from clv.evaluation.drift import FORECAST_COLUMN, TARGET_COLUMN
from clv.evaluation.forecast_names import BAYES, ENSEMBLE
from clv.evaluation.judgement import Judgement
from clv.evaluation.metrics import BY_NAME
from clv.evaluation.params import CheckName, VerdictLimits
from clv.evaluation.recalibration import Factor
from clv.models.btyd.basis import Gap, in_words, knows_returns
from clv.models.calibration.intervals import LEVELS

Status = Literal["pass", "fail", "not judged"]
SURE = 3  # standard errors by which a group must fall short, so that the worst of many does not fail by chance
NOTHING = "there is nothing to judge by"
SHOWN = {"better": "is better", "worse": "is worse", "nothing": "is not shown to differ"}
BEATEN = ("gini", "mae", "rmse")  # the best baseline must be worse in at least one of these metrics, and better in none


@dataclass(frozen=True)
class Check:
    """The result of a check; value and threshold are in the unit of the metric, None where there is none."""

    value: float | None
    threshold: float | None
    status: Status
    message: str


def verdict(
    judgement: Judgement,
    predictions: pd.DataFrame,
    rolling: pd.DataFrame,
    drift: pd.DataFrame,
    factor: Factor,
    limits: VerdictLimits,
) -> dict[CheckName, Check]:
    """Every check by its name, from the forecasts of the test rows and the tables, any of which may be empty."""
    metrics = judgement.of_ensemble()
    return {
        "leak": leak(judgement.ceiling, limits.share_of_ceiling),
        "baseline": baseline(judgement.wins),
        "bias": bias(metrics, limits.bias),
        "coverage": coverage(metrics, limits.coverage),
        "group_coverage": group_coverage(judgement.slices, limits.group_coverage),
        "coherence": coherence(predictions),
        "rolling": stability(rolling, limits.rolling_gini),
        "drift": drifted(drift, factor, limits.bias),
    }


def without_backtest(gaps: Sequence[Gap]) -> dict[CheckName, Check]:
    """The one check that may fail without a backtest: whether the history shows at all which customers come back."""
    if knows_returns(gaps):
        return {}
    return {"evidence": Check(None, None, "fail", in_words(gaps))}


def stop_on(checks: Mapping[CheckName, Check], names: Sequence[CheckName]) -> None:
    """Raise `InputError` where one of the named checks fails."""
    failed = [f"{name}: {checks[name].message}" for name in checks if name in names and checks[name].status == "fail"]
    if failed:
        raise InputError(f"evaluate.fail_on stops the pipeline: {'; '.join(failed)}; see reports/metrics/verdict.json")


def leak(ceiling: pd.DataFrame, limit: float) -> Check:
    """No forecast can beat the Bayes forecast except by luck, so one that does has seen the answer."""
    rows = _records(ceiling[(ceiling["ceiling"] == BAYES) & ceiling["lower"].notna()]) if len(ceiling) else []
    if not rows:
        return Check(None, limit, "not judged", "the best possible forecast is known only for synthetic shops")
    worst = max(rows, key=lambda row: row["lower"])
    title = BY_NAME[worst["metric"]].title
    what = f"{title} is {worst['share']:.1%} of the Bayes forecast's, {worst['lower']:.1%} at least"
    if worst["lower"] > limit:
        what += ": no forecast can be that good; look for a feature that uses data from after its cutoff"
    return Check(worst["share"], limit, _passes(worst["lower"] <= limit), what)


def baseline(wins: pd.DataFrame) -> Check:
    """The ensemble must beat the best baseline in the metrics BEATEN, beyond chance."""
    rows = [row for row in _records(wins) if row["metric"] in BEATEN]
    if not rows:
        return Check(None, None, "not judged", NOTHING)
    shown = [row["shown"] for row in rows]
    words = [f"{BY_NAME[row['metric']].title} {SHOWN[row['shown']]} ({row['difference']:+.3g})" for row in rows]
    held = "better" in shown and "worse" not in shown
    what = f"against the best baseline {', '.join(words)}"
    return Check(float(shown.count("better")), 1.0, _passes(held), what)


def bias(metrics: Mapping[str, float], limit: float) -> Check:
    """The forecast total must match the realised total."""
    if "bias" not in metrics or np.isnan(metrics["bias"]):
        return Check(None, limit, "not judged", NOTHING)
    value = metrics["bias"]
    what = f"the total forecast differs from the realised total by {value:+.1%}, at most {limit:.1%} is allowed"
    return Check(value, limit, _passes(abs(value) <= limit), what)


def coverage(metrics: Mapping[str, float], limit: float) -> Check:
    """Intervals must cover at least their nominal share of all customers, up to the limit."""
    gaps = {level: metrics[f"coverage_{level}"] - level / 100 for level in LEVELS if f"coverage_{level}" in metrics}
    if not gaps:
        return Check(None, -limit, "not judged", NOTHING)
    level = min(gaps, key=lambda name: gaps[name])
    what = f"{level}% intervals cover {metrics[f'coverage_{level}']:.1%}, the level with the largest shortfall"
    return Check(gaps[level], -limit, _passes(gaps[level] >= -limit), what)


def group_coverage(slices: pd.DataFrame, limit: float) -> Check:
    """The same must hold in every group, as far as its size can show."""
    rows = slices[slices["coverage_95"].notna()] if len(slices) else slices
    if not len(rows):
        return Check(None, -limit, "not judged", NOTHING)
    gap = rows["coverage_95"] - 0.95
    failed = (gap < -limit) & (gap + SURE * np.sqrt(0.95 * 0.05 / rows["customers"]) < 0)
    told = gap[failed] if failed.any() else gap  # a small group may be further off by chance
    worst = _records(rows.loc[[told.idxmin()]])[0]
    what = (
        f"95% intervals cover least{' beyond chance' if failed.any() else ''} where {worst['by']} is {worst['group']}: "
        f"{worst['coverage_95']:.1%} of {worst['customers']:,.0f} customers; {100 * limit:g} points "
        "less are allowed, or what chance explains"
    )
    return Check(float(told.min()), -limit, _passes(not failed.any()), what)


def coherence(predictions: pd.DataFrame) -> Check:
    """The columns of one row must not contradict each other."""
    if not len(predictions):
        return Check(None, 0.0, "not judged", NOTHING)
    found = contradictions(predictions)
    said = [f"{rule} in {n:,} of {len(predictions):,} rows" for rule, n in found.items() if n]
    what = ", ".join(said or [f"in none of {len(predictions):,} rows {' or '.join(found)}"])
    return Check(float(sum(found.values())), 0.0, _passes(not said), what)


def stability(rolling: pd.DataFrame, limit: float) -> Check:
    """The Gini of the recipe must not vary too much between earlier dates."""
    rows = rolling[(rolling["forecast"] == ENSEMBLE) & rolling["gini"].notna()] if len(rolling) else rolling
    if len(rows) < 2:
        return Check(None, limit, "not judged", "fewer than two earlier dates were judged; backtest shows why")
    spread = float(rows["gini"].std())
    what = (
        f"Gini from {rows['gini'].min():.3f} to {rows['gini'].max():.3f} as of {len(rows)} earlier dates: standard "
        f"deviation {spread:.3f}, at most {limit:g} is allowed"
    )
    return Check(spread, limit, _passes(spread <= limit), what)


def drifted(drift: pd.DataFrame, factor: Factor, tolerance: float) -> Check:
    """Forecast, target and level must not have drifted; single features may."""
    if not len(drift) or drift["psi_equal_tenure"].isna().all():
        return Check(
            None,
            None,
            "not judged",
            "too few rows of equal tenure to separate drift from a customer base that grows older",
        )
    features = ~drift["column"].isin((FORECAST_COLUMN, TARGET_COLUMN))
    moved = [str(name) for name in drift.loc[~features & (drift["status"] == "drifted"), "column"]]
    if factor.off(tolerance):
        moved.append(f"the level by a factor of {factor.value:.2f} ({factor.low:.2f} to {factor.high:.2f})")
    n = int((features & (drift["status"] == "drifted")).sum())
    who = f"{', '.join(moved)} drifted" if moved else "neither forecast nor target nor level drifted"
    return Check(float(len(moved)), 0.0, _passes(not moved), f"{who}; of {int(features.sum())} features {n} did")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _passes(held: bool) -> Status:
    return "pass" if held else "fail"
