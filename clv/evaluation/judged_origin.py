"""One rolling origin: the tables by which a forecaster of an earlier date is judged."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from clv.evaluation import months_judged, spans_judged
from clv.evaluation.baselines import BASELINES, baselines
from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.rolling import judged, spread, together
from clv.features.columns import CUSTOMER, TARGET
from clv.features.timeline import Plan, Recipe, Rows
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.models.learners.registry import BTYD

FORECAST = ["predicted_clv", *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper"))]
HISTORY = [CUSTOMER, "tenure_days", "recency_days", "frequency", "net_revenue"]


@dataclass(frozen=True)
class JudgedOrigin:
    """The tables of one origin: one row per forecast, per month, and per span of days."""

    forecasts: pd.DataFrame
    months: pd.DataFrame
    spans: pd.DataFrame

    @classmethod
    def of(
        cls,
        model: Forecaster,
        recipe: Recipe,
        plan: Plan,
        customers: pd.DataFrame,
        base: pd.DataFrame,
        revenue: pd.DataFrame,
        read_snapshot: Callable[[Rows, list[str]], pd.DataFrame],
    ) -> "JudgedOrigin":
        """Judge the forecaster of a recipe on the customers of its snapshot, whose horizon is over.

        `customers` is the result of `forecast_beside` for all of them; `base` and `revenue` are as featurize wrote
        them; `read_snapshot` returns columns of later snapshots.
        """
        others = {name: customers[name].to_numpy() for name in (BTYD, *BASELINES)}
        return cls(
            judged(recipe.as_of, customers[TARGET].to_numpy(), customers, others),
            months_judged.months_of(model.btyd, customers, base, revenue, recipe.forecast, plan),
            spans_judged.judged_spans(model.btyd, customers, recipe.as_of, plan, read_snapshot),
        )

    @classmethod
    def unjudged(cls) -> "JudgedOrigin":
        """No rows, where there are too few customers to fit a forecaster."""
        return cls(together([]), together([], months_judged.COLUMNS), together([], spans_judged.COLUMNS))


def forecast_beside(model: Forecaster, snapshot: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """The columns by which an origin is judged, one row per row of a snapshot; money.

    HISTORY, the target, the forecast with its bounds, and the simpler forecasts by name. A row does not depend on the
    others.
    """
    features = model.features_of(snapshot)
    others = {BTYD: model.predict_btyd(features)} | baselines(features, horizon_days)
    return snapshot[[*HISTORY, TARGET]].join(model.predict_from(features)[FORECAST]).assign(**others)


def in_words(rolling: pd.DataFrame, plan: Plan) -> str:
    """The Gini over the origins of the table `rolling`, and the origins that are left out; or why there is none."""
    if not plan.rolling:
        return _why_none(plan)
    poor = sorted({str(recipe.as_of) for recipe in plan.rolling} - set(rolling["as_of"]))
    left_out = f"; too few customers to learn from as of {', '.join(poor)}" if poor else ""
    if rolling.empty:
        return f"no rolling origin{left_out}"
    gini = spread(rolling).set_index("forecast").loc[ENSEMBLE]
    return (
        f"{gini['origins']:.0f} earlier origins from {rolling['as_of'].min()} to {rolling['as_of'].max()}, "
        f"mean Gini {gini['gini_mean']:.3f} ({gini['gini_min']:.3f} to {gini['gini_max']:.3f}){left_out}"
    )


def _why_none(plan: Plan) -> str:
    if plan.split == "none":
        return f"no rolling origin: split {plan.split}, because {plan.why}"
    return "no rolling origin: time.rolling_origins is 0, or no date before the backtest has history enough"
