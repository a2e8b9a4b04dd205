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

# The feature table describes them; a test compares.
OUTPUTS = (
    "btyd_p_alive", "btyd_p_purchase", "btyd_p_purchase_30d", "btyd_orders", "btyd_orders_30d", "btyd_orders_365d",
    "btyd_spend", "btyd_value",
)  # fmt: skip


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
        """One row per row of `features`, same index: the columns OUTPUTS, which the feature table describes."""
        x, t_x, T = _counts(features)
        spend = np.round(self.spend.expected_spend(x + 1, features["monetary_value"].to_numpy()) * self.net_share, 4)

        def orders(days: int) -> np.ndarray:
            return np.round(self.purchases.expected_purchases(x, t_x, T, days), 6)

        def p_purchase(days: int) -> np.ndarray:
            return np.round(self.purchases.p_purchase(x, t_x, T, days), 6)

        in_horizon = orders(self.horizon_days)
        columns = {
            "btyd_p_alive": np.round(self.purchases.p_alive(x, t_x, T), 6),
            "btyd_p_purchase": p_purchase(self.horizon_days),
            "btyd_p_purchase_30d": p_purchase(30),
            "btyd_orders": in_horizon,
            "btyd_orders_30d": orders(30),
            "btyd_orders_365d": orders(365),
            "btyd_spend": spend,
            "btyd_value": np.round(in_horizon * spend, 4),
        }
        return pd.DataFrame({name: columns[name] for name in OUTPUTS}, index=features.index)

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
