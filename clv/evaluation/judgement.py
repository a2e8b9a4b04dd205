"""All that is said of a forecast on the test rows, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clv.evaluation.bootstrap import Bootstrapped, wins
from clv.evaluation.chart_tables import coverage_table, decile_table, gain_curve, pit_table, residual_table
from clv.evaluation.column_table import buying_groups, column_table
from clv.evaluation.distribution import Distribution
from clv.evaluation.fairness import fairness_table
from clv.evaluation.forecast_names import BAYES, ENSEMBLE
from clv.evaluation.judged import Judged
from clv.evaluation.params import EvaluateParams
from clv.evaluation.slices import groups_of, slice_table
from clv.features.columns import TARGET, TARGET_ORDERS
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster

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
class Holdout:
    """Test customers: realised values `y` (n,) in money and purchase days `orders` (n,), and what is forecast of them.

    `predictions` have one row per customer, `quantiles` (q, n) are those of `Distribution`, `groups` (n,) of text each
    tell customers apart, by name, as `buying` does by how they bought (`buying_groups`).
    """

    y: np.ndarray
    orders: np.ndarray
    predictions: pd.DataFrame
    quantiles: np.ndarray
    groups: Mapping[str, np.ndarray]
    buying: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, model: Forecaster, test: pd.DataFrame, features: pd.DataFrame, as_of: date) -> "Holdout":
        """What a forecaster says of the rows of a snapshot whose horizon is over, and of their complete features."""
        predictions = model.predict_from(features)
        f = predictions["predicted_clv"].to_numpy()
        quantiles = model.quantiles(features, f, Distribution.shares())
        y, orders, groups = test[TARGET].to_numpy(), test[TARGET_ORDERS].to_numpy(), groups_of(test, as_of, f)
        return cls(y, orders, predictions, quantiles, groups, buying_groups(test))

    @property
    def forecast(self) -> np.ndarray:
        """The forecast of the ensemble, (n,) money."""
        return self.predictions["predicted_clv"].to_numpy()


@dataclass(frozen=True)
class Judgement:
    """The tables of an evaluation.

    `metrics`: one row per forecast and metric, with confidence intervals. `wins`: the ensemble against the best
    baseline, by metric. `ceiling`: the ensemble's metrics as a share of what can be known. `slices` and `fairness`: by
    group, `columns` also by column of the forecast. The others are by decile (empty where these are too small to show),
    by share of customers (`gain`) and by bin (`pit`).
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
        """The few numbers that experiments are compared by."""
        shares = self.ceiling[self.ceiling["ceiling"] == BAYES]
        known = {f"{m}_of_ceiling": share for m, share in zip(shares["metric"], shares["share"], strict=True)}
        return {name: self.of_ensemble()[name] for name in HEADLINE} | known


def judge(
    holdout: Holdout,
    others: Mapping[str, np.ndarray],
    baselines: Sequence[str],
    ceilings: Mapping[str, np.ndarray],
    params: EvaluateParams,
    least: int,
    seed: int,
    threads: int,
) -> Judgement:
    """Judge the ensemble beside other forecasts of the same customers, (n,) money by name.

    Groups of fewer than `least` customers are not shown.

    `baselines` names those of the others that it must beat, `ceilings` are what could be known at best: `latent_truth`,
    `bayes`, or nothing where no truth is known.
    """
    y, f = holdout.y, holdout.forecast
    ensemble = Judged.of(y, f, Distribution.of(holdout.quantiles, holdout.predictions))
    assert ensemble.placed is not None
    rivals = {name: Judged.of(y, forecast) for name, forecast in {**others, **ceilings}.items()}
    bootstrapped = Bootstrapped.of({ENSEMBLE: ensemble, **rivals}, params.resamples, seed, threads)
    return Judgement(
        metrics=bootstrapped.table(params.confidence),
        wins=wins(bootstrapped, ENSEMBLE, baselines, params.confidence),
        ceiling=ceiling_table(bootstrapped, list(ceilings), params.confidence),
        slices=slice_table(y, holdout.predictions, holdout.groups, LEVELS, params.min_slice_customers, least),
        fairness=fairness_table(y, holdout.predictions, holdout.groups, params.min_slice_customers, least),
        columns=column_table(y, holdout.orders, holdout.predictions, holdout.buying, least),
        gain=gain_curve(y, {ENSEMBLE: f} | {name: others[name] for name in baselines}),
        deciles=unless_few_each(decile_table(y, f), least),
        residuals=unless_few_each(residual_table(y, f), least),
        coverage=unless_few_each(coverage_table(ensemble), least),
        pit=pit_table(ensemble.placed.pit),
    )


def unless_few_each(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """A table of equal parts of the customers, without rows where a part has fewer than `least` of them."""
    return table.head(0) if (table["customers"] < least).any() else table


def ceiling_table(bootstrapped: Bootstrapped, ceilings: list[str], confidence: float) -> pd.DataFrame:
    """One row per ceiling and metric: the ensemble's value, the ceiling's, and their quotient with its interval."""
    rows = []
    for ceiling in ceilings:
        for metric in CEILING_METRICS:
            values = bootstrapped.values[ENSEMBLE][metric], bootstrapped.values[ceiling][metric]
            rows.append((ceiling, metric, *values, *bootstrapped.ratio(metric, ENSEMBLE, ceiling, confidence)))
    return pd.DataFrame(rows, columns=["ceiling", "metric", "value", "ceiling_value", "share", "lower", "upper"])
