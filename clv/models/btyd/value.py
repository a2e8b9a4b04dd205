"""Buy-till-you-die forecast of a snapshot: purchases times Gamma-Gamma spend, fitted to that snapshot alone.

It uses no labels, so it can be refitted at every cutoff, including today's; its outputs are added to the features. Time
is operational (`clv.models.btyd.season`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from clv.models.btyd.basis import Basis, Gap
from clv.models.btyd.counts import once_per_row
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.params import BtydParams
from clv.models.btyd.predictive import Evidence, revenue_quantiles
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.season import Season, operational_history
from clv.models.rounding import significant
from clv.shape import Each, Maybe
from clv.strict import build

# Described in the feature table; a test compares the two.
OUTPUTS = (
    "btyd_p_alive",
    "btyd_p_purchase",
    "btyd_p_purchase_30d",
    "btyd_orders",
    "btyd_orders_30d",
    "btyd_orders_365d",
    "btyd_spend",
    "btyd_value",
    "btyd_residual_value",
)
N_DRAWS = 1000  # of the predictive distribution
LEAST_ORDERS = 1e-9  # expected from an active customer in the horizon; below this, ratios are noise
SHARE_DIGITS = 9
MOST_DAYS = 36_525.0  # a century; if hardly any customer returns, medians grow without limit

SHAPE = {  # of a saved `Btyd`
    "purchases": Each(float),
    "spend": Each(float),
    "net_share": float,
    "season": {"harmonics": [float], "closed": [{"first": date, "last": date}]},
    "cutoff": date,
    "horizon_days": int,
    "params": Each(Maybe(object)),
}


@dataclass(frozen=True)
class Btyd:
    """Models fitted to the snapshot at `cutoff`, and the horizon that they forecast.

    `net_share` is net revenue over revenue before returns; `basis` describes the data they were fitted to.
    """

    purchases: PurchaseModel
    spend: GammaGamma
    net_share: float
    season: Season
    cutoff: date
    horizon_days: int
    params: BtydParams
    basis: Basis

    @classmethod
    def fit(cls, snapshot: pd.DataFrame, cutoff: date, horizon_days: int, season: Season, params: BtydParams) -> "Btyd":
        """Fit to the rows of one snapshot, using its columns of the group `rfm`."""
        x, t_x, T = operational_history(snapshot, cutoff, season)
        mean = snapshot["monetary_value"].to_numpy()
        # All orders, including the first: with few repeat buyers, first orders are most of the data.
        spend = GammaGamma.fit(x + 1, mean)
        purchases = PURCHASE_MODELS[params.purchases].fit(x, t_x, T)
        days = int(snapshot["tenure_days"].max()) + 1
        value = spend.expected_spend(x + 1, mean)
        whole, later = (
            float((purchases.discounted_purchases(x, t_x, T, _daily_rate(params), after) * value).sum())
            for after in (0.0, float(days))
        )
        within = round(1 - later / whole, 4) if whole > 0 else 0.0
        basis = Basis(len(x), int((x > 0).sum()), days, within)
        return cls(purchases, spend, significant(net_share(snapshot), 6), season, cutoff, horizon_days, params, basis)

    def refitted(self, snapshot: pd.DataFrame, season: Season) -> "Btyd":
        """Models of the same kind fitted to the whole snapshot at the same cutoff, in another season."""
        return Btyd.fit(snapshot, self.cutoff, self.horizon_days, season, self.params)

    def outputs(self, snapshot: pd.DataFrame) -> pd.DataFrame:
        """One row per row of `snapshot`, with the same index: the columns OUTPUTS of the feature table."""
        x, t_x, T = operational_history(snapshot, self.cutoff, self.season)
        spend = np.round(self.spend.expected_spend(x + 1, snapshot["monetary_value"].to_numpy()) * self.net_share, 4)

        def orders(days: int) -> np.ndarray:
            return np.round(self.purchases.expected_purchases(x, t_x, T, self.season.span(self.cutoff, days)), 6)

        def p_purchase(days: int) -> np.ndarray:
            return np.round(self.purchases.p_purchase(x, t_x, T, self.season.span(self.cutoff, days)), 6)

        in_horizon = orders(self.horizon_days)
        daily_rate = _daily_rate(self.params)
        columns = {
            "btyd_p_alive": np.round(self.purchases.p_alive(x, t_x, T), 6),
            "btyd_p_purchase": p_purchase(self.horizon_days),
            "btyd_p_purchase_30d": p_purchase(30),
            "btyd_orders": in_horizon,
            "btyd_orders_30d": orders(30),
            "btyd_orders_365d": orders(365),
            "btyd_spend": spend,
            "btyd_value": np.round(in_horizon * spend, 4),
            "btyd_residual_value": np.round(self.purchases.discounted_purchases(x, t_x, T, daily_rate) * spend, 4),
        }
        return pd.DataFrame({name: columns[name] for name in OUTPUTS}, index=snapshot.index)

    def days_to_next_order(self, snapshot: pd.DataFrame) -> np.ndarray:
        """Median days until the next order of a customer who is still active, (n,).

        It is the median of a gamma mixture of exponentials, a (2 ** (1 / k) - 1) with shape k and rate a. A mean would
        be infinite for customers who bought once.
        """
        x, _, T = operational_history(snapshot, self.cutoff, self.season)
        active = self.purchases.active(x, T)
        doublings = np.minimum(1 / active.shape, 1000.0)
        return np.minimum(active.rate * np.expm1(np.log(2) * doublings), MOST_DAYS)

    def share_within(self, snapshot: pd.DataFrame, days: Sequence[int]) -> np.ndarray:
        """Expected orders within each number of days after the cutoff over those within the horizon, (n, k).

        It is 1 at the horizon and does not decrease with more days. Whether a customer is still active does not matter,
        because it changes both alike. If hardly any order is expected, orders are assumed to be evenly spread.
        """
        x, _, T = operational_history(snapshot, self.cutoff, self.season)

        def orders(t: float) -> np.ndarray:
            return once_per_row(lambda x, T, t: self.purchases.active(x, T).expected(t), x, T, t)

        horizon = self.season.span(self.cutoff, self.horizon_days)
        of_horizon = orders(horizon)
        shares = []
        for t in (self.season.span(self.cutoff, n) for n in days):
            even = np.full(len(x), t / horizon)
            shares.append(np.divide(orders(t), of_horizon, out=even, where=of_horizon > LEAST_ORDERS))
        return np.round(np.column_stack(shares), SHARE_DIGITS)

    def quantiles(self, snapshot: pd.DataFrame, shares: Sequence[float], seed: int) -> np.ndarray:
        """Quantiles of the predictive distribution of net revenue in the horizon, (shares, n) money."""
        x, t_x, T = operational_history(snapshot, self.cutoff, self.season)
        known = Evidence(x, t_x, T, x + 1, snapshot["monetary_value"].to_numpy())
        t = self.season.span(self.cutoff, self.horizon_days)
        drawn = revenue_quantiles(self.purchases, self.spend, known, t, shares, N_DRAWS, seed)
        return drawn * self.net_share

    @property
    def gaps(self) -> list[Gap]:
        """What the data to which the models were fitted leave unknown."""
        return self.basis.gaps(self.horizon_days)

    @property
    def season_index(self) -> float:
        """Business in the horizon over that of an average horizon."""
        return self.season.span(self.cutoff, self.horizon_days) / self.horizon_days

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, as described by `SHAPE`."""
        params = asdict(self.params) | {"closed": [span.to_dict() for span in self.params.closed]}
        return asdict(self) | {"cutoff": str(self.cutoff), "season": self.season.to_dict(), "params": params}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Btyd":
        """Restore what `to_dict` returned."""
        params = build(BtydParams, content["params"], "btyd.params")
        return cls(
            purchases=PURCHASE_MODELS[params.purchases](**content["purchases"]),
            spend=GammaGamma(**content["spend"]),
            net_share=content["net_share"],
            season=Season.from_dict(content["season"]),
            cutoff=date.fromisoformat(content["cutoff"]),
            horizon_days=content["horizon_days"],
            params=params,
            basis=Basis(**content["basis"]),
        )


def net_share(snapshot: pd.DataFrame) -> float:
    """Net revenue over revenue before returns, for all customers of a snapshot together, from 0 to 1."""
    gross = float(((snapshot["frequency"] + 1) * snapshot["monetary_value"]).sum())
    return min(max(float(snapshot["net_revenue"].sum()) / gross, 0.0), 1.0)


def _daily_rate(params: BtydParams) -> float:
    """The continuous discount rate per day."""
    return float(np.log1p(params.discount_rate) / 365)
