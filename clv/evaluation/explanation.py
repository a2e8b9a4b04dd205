"""What the boosters' forecast is made of: by feature, by group of features, and by customer.

XGBoost and LightGBM forecast the log of a ratio to the buy-till-you-die value. So the log of their forecast in money is
the sum of a base, the log of that value, and the TreeSHAP contribution of each feature; the exponential of a term is a
factor on the forecast. This explains these two learners, not the whole ensemble, and how they use a feature, not what
would happen if someone changed it.

Source: Lundberg et al. (2020), "From local explanations to global understanding with explainable AI for trees", Nature
Machine Intelligence 2, 56-67.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clv.models.learners.lightgbm import LightgbmLearner
from clv.models.learners.xgboost import XgboostLearner
from clv.models.panel import Panel

BOOSTERS = (XgboostLearner, LightgbmLearner)
VALUE = "btyd_value"  # includes the buy-till-you-die forecast itself, besides the contribution of this column
BASE = "(base)"
DECIMALS = 4  # of ranked figures: trees are summed in single precision


def booster_shares(panel: Panel, weights: Mapping[str, float]) -> dict[str, float]:
    """The share of each booster in their blend, by name, summing to 1; empty where the panel has no booster.

    Shares are proportional to the weights in the ensemble, and equal where neither has a weight there.
    """
    found = {learner.name: weights[learner.name] for learner in panel.learners if type(learner) in BOOSTERS}
    total = sum(found.values())
    return {name: weight / total if total > 0 else 1 / len(found) for name, weight in found.items()}


def usual_value(units: np.ndarray) -> float:
    """The geometric mean of the buy-till-you-die values of customers (n,), in money: the reference for each value."""
    return float(np.exp(np.log(np.maximum(units, 1e-6)).mean()))


def contributions(panel: Panel, shares: Mapping[str, float], features: pd.DataFrame, usual: float) -> pd.DataFrame:
    """The contribution of each feature to the log of the blend's forecast: one row per row of features, a column each.

    The last column, `BASE`, is the same for all rows. A row sums to the log of the geometric mean, weighted by
    `shares`, of the boosters' forecasts in money, before their level is corrected. Without boosters there are no
    columns.
    """
    names = [*panel.encoder.names, BASE] if shares else []
    if not shares or features.empty:
        return pd.DataFrame(index=features.index, columns=names, dtype="float64")
    X = panel.encoder.transform(features)
    boosters = [learner for learner in panel.learners if isinstance(learner, BOOSTERS) and learner.name in shares]
    parts = [shares[booster.name] * booster.contributions(X) for booster in boosters]
    found = pd.DataFrame(np.sum(parts, axis=0), index=features.index, columns=names)
    found[VALUE] += np.log(panel.unit(features) / usual)
    found[BASE] += np.log(usual)
    return found


def strengths(found: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """The strongest feature first: feature, its group, and the mean absolute contribution over customers."""
    mean = found.drop(columns=BASE, errors="ignore").abs().mean().round(DECIMALS)
    names = mean.index.astype("str")
    rows = pd.DataFrame(
        {"feature": names, "group": [groups[n] for n in names], "mean_contribution": mean.to_numpy(dtype="float64")}
    )
    return rows.sort_values(["mean_contribution", "feature"], ascending=[False, True], ignore_index=True)


def group_strengths(found: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """The same by group: for each customer, contributions are first summed over the group's features."""
    of_features = found.drop(columns=BASE, errors="ignore")
    names = sorted({groups[str(name)] for name in of_features})
    columns = {group: of_features.loc[:, [groups[str(name)] == group for name in of_features]] for group in names}
    mean = [round(float(columns[group].sum(axis=1).abs().mean()), DECIMALS) for group in names]
    rows = pd.DataFrame({"group": pd.Series(names, dtype="str"), "mean_contribution": pd.Series(mean, dtype="float64")})
    return rows.sort_values(["mean_contribution", "group"], ascending=[False, True], ignore_index=True)
