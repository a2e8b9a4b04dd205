"""The complete evaluation of a forecast on the test rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.evaluation.bootstrap import Bootstrapped, wins
from clv.evaluation.chart_tables import coverage_table, decile_table, gain_curve, pit_table, residual_table
from clv.evaluation.column_table import column_table
from clv.evaluation.fairness import fairness_table
from clv.evaluation.forecast_names import BAYES, ENSEMBLE
from clv.evaluation.holdout import Holdout
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import evaluate
from clv.evaluation.params import EvaluateParams
from clv.evaluation.slices import deciles_of, slice_table
from clv.features.drawn import drawn
from clv.models.calibration.intervals import LEVELS

CEILING_METRICS = ("gini", "r2")
# What `dvc metrics` shows of the ensemble; the rest is in the table of metrics.
HEADLINE = (
    "gini",
    "r2",
    "mae",
    "bias",
    "decile_mape",
    "auc",
    "crps",
    "coverage_90",
    "coverage_95",
    "coverage_99",
)


@dataclass(frozen=True)
class Judgement:
    """The tables of an evaluation.

    `metrics`: one row per forecast and metric, with confidence intervals. `wins`: the ensemble against the best
    baseline, by metric. `ceiling`: the ensemble's metrics as a share of the ceilings'. `slices` and `fairness`: by
    group; `columns`: also by column of the forecast. The others are by decile (empty where deciles are too small to
    show), by share of customers (`gain`) and by bin (`pit`).
    """

    metrics: pd.DataFrame
    wins: pd.DataFrame
    ceiling: pd.DataFrame
    slices: pd.DataFrame
    fairness: pd.DataFrame
    columns: pd.DataFrame
    gain: pd.DataFrame
    deciles: pd.DataFrame
    residuals: pd.DataFrame
    coverage: pd.DataFrame
    pit: pd.DataFrame

    def of_ensemble(self) -> dict[str, float]:
        """Every metric of the ensemble by name."""
        rows = self.metrics[self.metrics["forecast"] == ENSEMBLE]
        return dict(zip(rows["metric"], rows["value"], strict=True))

    def headline(self) -> dict[str, float]:
        """The few metrics by which experiments are compared."""
        shares = self.ceiling[self.ceiling["ceiling"] == BAYES]
        known = {f"{m}_of_ceiling": share for m, share in zip(shares["metric"], shares["share"], strict=True)}
        return {name: self.of_ensemble()[name] for name in HEADLINE} | known


def judge(
    holdout: Holdout,
    baselines: Sequence[str],
    ceilings: Sequence[str],
    params: EvaluateParams,
    least: int,
    seed: int,
    threads: int,
) -> Judgement:
    """Judge the ensemble beside the other forecasts for the same customers.

    Groups of fewer than `least` customers are not shown. `baselines` names the forecasts that the ensemble must beat,
    `ceilings` the best that are possible: `latent_truth`, `bayes`, or none where the truth is not known.
    """
    y, f, predictions = holdout.y, holdout.forecast(ENSEMBLE), holdout.predictions
    ensemble = Judged.of(y, f, holdout.placed(ENSEMBLE))
    assert ensemble.placed is not None
    bootstrapped = resampled(holdout, params, seed, threads)
    groups = {"decile": deciles_of(f), **holdout.groups}
    return Judgement(
        metrics=bootstrapped.table(params.confidence),
        wins=wins(bootstrapped, ENSEMBLE, baselines, params.confidence),
        ceiling=ceiling_table(bootstrapped, ceilings, params.confidence),
        slices=slice_table(y, predictions, groups, LEVELS, params.min_slice_customers, least),
        fairness=fairness_table(y, predictions, groups, params.min_slice_customers, least),
        columns=column_table(y, np.asarray(holdout.realised["orders"]), predictions, holdout.buying, least),
        gain=gain_curve(y, {name: holdout.forecast(name) for name in (ENSEMBLE, *baselines)}),
        deciles=unless_few_each(decile_table(y, f), least),
        residuals=unless_few_each(residual_table(y, f), least),
        coverage=unless_few_each(coverage_table(ensemble), least),
        pit=pit_table(ensemble.placed.pit),
    )


def resampled(holdout: Holdout, params: EvaluateParams, seed: int, threads: int) -> Bootstrapped:
    """Every metric of every forecast, of all customers; intervals resample a draw of them where there are many."""
    some = drawn(holdout.ids.to_numpy(dtype=object), "resampled", params.drawn_customers)
    sample = holdout if some.all() else holdout.where(some)
    judged = {name: Judged.of(sample.y, sample.forecast(name), sample.placed(name)) for name in sample.forecasts}
    found = Bootstrapped.of(judged, params.resamples, seed, threads)
    if some.all():
        return found
    values = {name: evaluate(holdout.y, holdout.forecast(name), holdout.placed(name)) for name in holdout.forecasts}
    return found.of_all(values, len(some))


def unless_few_each(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """A table by equal parts of the customers; without rows where a part has fewer than `least` of them."""
    return table.head(0) if (table["customers"] < least).any() else table


def ceiling_table(bootstrapped: Bootstrapped, ceilings: Sequence[str], confidence: float) -> pd.DataFrame:
    """One row per ceiling and metric: the ensemble's value, the ceiling's, and their quotient with its interval."""
    rows = []
    for ceiling in ceilings:
        for metric in CEILING_METRICS:
            values = bootstrapped.values[ENSEMBLE][metric], bootstrapped.values[ceiling][metric]
            rows.append((ceiling, metric, *values, *bootstrapped.ratio(metric, ENSEMBLE, ceiling, confidence)))
    return pd.DataFrame(rows, columns=["ceiling", "metric", "value", "ceiling_value", "share", "lower", "upper"])
