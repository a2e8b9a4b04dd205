"""Buy-till-you-die forecast of a snapshot: MBG/NBD purchases times Gamma-Gamma spend, fitted to that snapshot alone.

It uses no label, so it can be refitted at every cutoff, today's included; its outputs join the other features.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from clv.models.gamma_gamma import GammaGamma
from clv.models.mbg_nbd import MbgNbd
from clv.models.rounding import significant

OUTPUTS = ("btyd_p_alive", "btyd_p_purchase", "btyd_orders", "btyd_spend", "btyd_value")


@dataclass(frozen=True)
class Btyd:
    """A fitted pair of models and the horizon they forecast; `net_share` is net revenue over that before returns."""

    purchases: MbgNbd
    spend: GammaGamma
    net_share: float
    horizon_days: int

    @classmethod
    def fit(cls, features: pd.DataFrame, horizon_days: int) -> "Btyd":
        """Fit to the rows of one snapshot, whose columns of the group `rfm` it reads."""
        x, t_x, T = _counts(features)
        mean = features["monetary_value"].to_numpy()
        # All orders, the first included: with few repeat buyers the first order is most of what is known.
        spend = GammaGamma.fit(x + 1, mean)
        gross = float(((x + 1) * mean).sum())
        net_share = min(max(float(features["net_revenue"].sum()) / gross, 0.0), 1.0)
        return cls(MbgNbd.fit(x, t_x, T), spend, significant(net_share, 6), horizon_days)

    def outputs(self, features: pd.DataFrame) -> pd.DataFrame:
        """One row per row of `features`, same index: the columns OUTPUTS.

        btyd_p_alive and btyd_p_purchase are probabilities, btyd_orders expected purchase days in the horizon,
        btyd_spend the expected net revenue of one, btyd_value their product in money.
        """
        x, t_x, T = _counts(features)
        orders = np.round(self.purchases.expected_purchases(x, t_x, T, self.horizon_days), 6)
        spend = np.round(self.spend.expected_spend(x + 1, features["monetary_value"].to_numpy()) * self.net_share, 4)
        columns = {
            "btyd_p_alive": np.round(self.purchases.p_alive(x, t_x, T), 6),
            "btyd_p_purchase": np.round(self.purchases.p_purchase(x, t_x, T, self.horizon_days), 6),
            "btyd_orders": orders,
            "btyd_spend": spend,
            "btyd_value": np.round(orders * spend, 4),
        }
        return pd.DataFrame(columns, index=features.index)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Btyd":
        """The models that `to_dict` wrote."""
        return cls(
            MbgNbd(**content["purchases"]),
            GammaGamma(**content["spend"]),
            content["net_share"],
            content["horizon_days"],
        )


def _counts(features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = features["frequency"].to_numpy(dtype="float64")
    T = features["tenure_days"].to_numpy(dtype="float64")
    return x, T - features["recency_days"].to_numpy(dtype="float64"), T
