"""Customers whose horizon is over: the realised value of each, the forecasts for it, and the groups of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from clv.evaluation.column_table import buying_groups
from clv.evaluation.contradictions import AT_LEAST
from clv.evaluation.distribution import Distribution, Placed, scores_of
from clv.evaluation.forecast_names import ENSEMBLE
from clv.evaluation.slices import groups_of
from clv.features.columns import CUSTOMER, TARGET, TARGET_ORDERS
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster

ENDS = tuple(f"{end}_{level}" for level in LEVELS for end in ("lower", "upper"))
# The columns of predictions that a judgement uses.
PREDICTED = tuple(dict.fromkeys(("predicted_clv", *ENDS, *(name for rule in AT_LEAST for name in rule))))
TABLES = ("realised", "predicted", "scores", "beside", "groups", "buying")

Columns = dict[str, Any]  # one value per customer, by name: arrays, or categories


@dataclass(frozen=True)
class Holdout:
    """Test customers by their `ids` (n,): a few narrow columns of each, (n,), by name.

    `realised` has y, realised value in money, and orders, purchase days; `predicted` the columns PREDICTED of the
    ensemble; `scores` the position of y in its distribution (`clv.evaluation.distribution.SCORES`); `beside` other
    forecasts in money. `groups` are those of `groups_of`, and `buying` those by past purchases (`buying_groups`).
    """

    ids: pd.Series
    realised: Columns
    predicted: Columns
    scores: Columns
    beside: Columns
    groups: Columns
    buying: Columns

    @classmethod
    def of(
        cls,
        model: Forecaster,
        test: pd.DataFrame,
        features: pd.DataFrame,
        predictions: pd.DataFrame,
        beside: Mapping[str, np.ndarray],
        as_of: date,
    ) -> "Holdout":
        """From a forecaster and rows of a snapshot whose horizon is over, `test`.

        `features` are their complete features, `predictions` the forecaster's for them, `beside` other forecasts (n,)
        by name.
        """
        y, orders = test[TARGET].to_numpy(dtype="float64"), test[TARGET_ORDERS].to_numpy()
        quantiles = model.quantiles(features, predictions["predicted_clv"].to_numpy(), Distribution.shares())
        return cls(
            test[CUSTOMER],
            {"y": y, "orders": orders},
            {name: predictions[name].to_numpy() for name in PREDICTED},
            dict(scores_of(np.maximum(y, 0), quantiles)),
            dict(beside),
            _categories(groups_of(test, as_of)),
            _categories(buying_groups(test)),
        )

    @classmethod
    def together(cls, parts: Sequence["Holdout"]) -> "Holdout":
        """All customers of the parts, by id. The parts are emptied in the process, so that no column is held twice."""
        ids = pd.concat([part.ids for part in parts], ignore_index=True)
        order = ids.sort_values(kind="stable").index.to_numpy()
        tables = {
            table: {
                name: _joined([getattr(part, table).pop(name) for part in parts], order)
                for name in list(getattr(parts[0], table))
            }
            for table in TABLES
        }
        return cls(ids.iloc[order].reset_index(drop=True), **tables)

    def where(self, mask: np.ndarray) -> "Holdout":
        """The customers for whom the mask (n,) holds."""
        tables = {table: {name: values[mask] for name, values in getattr(self, table).items()} for table in TABLES}
        return Holdout(self.ids[mask].reset_index(drop=True), **tables)

    @property
    def y(self) -> np.ndarray:
        """Realised value, (n,) money."""
        return np.asarray(self.realised["y"])

    @property
    def predictions(self) -> pd.DataFrame:
        """The columns PREDICTED of the ensemble, one row per customer."""
        return pd.DataFrame(self.predicted, copy=False)

    @property
    def forecasts(self) -> list[str]:
        """The names of all forecasts, the ensemble's first."""
        return [ENSEMBLE, *self.beside]

    def forecast(self, name: str) -> np.ndarray:
        """The forecast with this name, (n,) money."""
        return np.asarray(self.predicted["predicted_clv"] if name == ENSEMBLE else self.beside[name])

    def placed(self, name: str) -> Placed | None:
        """Realised values in the distribution of the forecast with this name; None for a point forecast."""
        scores = {score: np.asarray(values) for score, values in self.scores.items()}
        return Placed.predicted(self.y, self.predictions, scores) if name == ENSEMBLE else None


def _categories(groups: Mapping[str, np.ndarray]) -> Columns:
    return {name: pd.Categorical(values) for name, values in groups.items()}


def _joined(parts: list[Any], order: np.ndarray) -> Any:
    if isinstance(parts[0], pd.Categorical):
        return union_categoricals(parts, sort_categories=True).take(order)
    return np.concatenate(parts)[order]
