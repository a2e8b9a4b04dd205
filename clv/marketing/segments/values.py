"""The table of customer values: what each customer is forecast to spend, and the groups they belong to.

`customer_values.py` describes its columns.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clv.features.columns import CUSTOMER
from clv.marketing.params import TierParams
from clv.marketing.segments.clusters import FEATURES, Clusters
from clv.marketing.segments.customer_values import COLUMNS, names_of
from clv.marketing.segments.eco import EcoBase, eco_segment
from clv.marketing.segments.rfm import RfmCuts, name_segments
from clv.marketing.tiers import UNKNOWN, assign_tiers, tiers_by

HISTORY = names_of("history")
COUNTS = [name for name in HISTORY if name != "monetary_value"]
SORTED_BY = [feature.name for feature in FEATURES]
ECO = ("eco_share", "eco_momentum_180d")  # in the snapshot of a shop with eco products


@dataclass(frozen=True)
class Sorting:
    """The rules that sort customers into groups, each customer independently of the others.

    `tiers` are cut points and `elite` is the lowest forecast of Elite, money; both are None where it is not known who
    comes back. `names` are those of clusters by number. `eco` is None for shops without eco products; customers with an
    eco share of `eco_least` or more are eco-conscious.
    """

    tiers: np.ndarray | None
    elite: float | None
    clusters: Clusters
    names: dict[int, str]
    eco: EcoBase | None
    eco_least: float

    def sorted(self, forecasts: pd.DataFrame, snapshot: pd.DataFrame) -> pd.DataFrame:
        """The table of values: rows of `forecast_of`, with tier, cluster, elite, and the eco columns if there are any.

        `snapshot` has SORTED_BY and ECO, as far as the shop has them, for the same customers row by row.
        """
        predicted = forecasts["predicted_clv"].to_numpy()
        added = [name for name in SORTED_BY if name in snapshot and name not in forecasts]
        labels = self.clusters.labels_of(forecasts.join(snapshot[added]))
        values = forecasts.assign(
            tier=UNKNOWN if self.tiers is None else tiers_by(predicted, self.tiers),
            cluster=labels,
            elite=np.zeros(len(forecasts), dtype=bool) if self.elite is None else predicted >= self.elite,
            cluster_name=_named(labels, self.names, forecasts.index),
        )
        if self.eco is not None:
            values = values.assign(**self._eco(self.eco, values, snapshot))
        return values[[column.name for column in COLUMNS if column.name in values]]

    def _eco(self, base: EcoBase, values: pd.DataFrame, snapshot: pd.DataFrame) -> dict[str, Any]:
        share = snapshot["eco_share"].to_numpy(dtype="float64")
        segment = eco_segment(share, values["tier"].to_numpy(), self.eco_least)
        return {
            "eco_share": np.round(share, 6),
            "eco_momentum_180d": snapshot["eco_momentum_180d"].round(6),
            "eco_affinity": base.affinity(share, values["frequency"].to_numpy() + 1),
            "eco_segment": pd.Series(segment, index=values.index).astype("str"),
        }


def forecast_of(snapshot: pd.DataFrame, predictions: pd.DataFrame, cuts: RfmCuts) -> pd.DataFrame:
    """One row per row of the current snapshot: what the forecaster predicted, history and RFM segment."""
    found = snapshot[[CUSTOMER]].join(predictions[names_of("forecast")])
    found = found.join(snapshot[HISTORY]).astype(dict.fromkeys(COUNTS, "int64"))
    found["monetary_value"] = found["monetary_value"].round(2)
    found["rfm_segment"] = name_segments(cuts.scores(snapshot))
    return found


def valued_then(earlier: pd.DataFrame, test: pd.DataFrame, cuts: RfmCuts, tiers: TierParams) -> pd.DataFrame:
    """One row per customer of an earlier snapshot: RFM segment by the same cut points, forecast and tier.

    The last two are from the backtest, `test`, by its own ranks; they are missing for customers whom it did not
    forecast.
    """
    forecast = test[[CUSTOMER, "predicted_clv"]].assign(tier=assign_tiers(test["predicted_clv"].to_numpy(), tiers))
    then = earlier[[CUSTOMER]].assign(rfm_segment=name_segments(cuts.scores(earlier)))
    return then.merge(forecast, on=CUSTOMER, how="left", validate="one_to_one")


def _named(labels: np.ndarray, names: dict[int, str], index: pd.Index) -> pd.Series:
    return pd.Series(labels, index=index).map(names).astype("str")
