"""Forecasts for customers as of the day before their assignment, and the tiers that follow from them.

For tiers, models and cut points come from all customers, not from the participants, who may be a selection: a tier must
mean the same as in the whole shop.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.data.types import MINOR_PER_UNIT
from clv.marketing.params import TierParams
from clv.marketing.tiers import cut_points, tiers_by
from clv.models.btyd.basis import share_is_known
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.purchase_model import PurchaseModel
from clv.models.btyd.purchases import PURCHASE_MODELS

LEAST_BUYERS = 30  # customers who have bought, needed to fit models
SAMPLE = 50_000  # customers of a shop, evenly spread by id, from whom cut points are taken
NO_TIER = ""


@dataclass(frozen=True)
class Forecast:
    """Buy-till-you-die models, and the share of gross revenue that is not returned."""

    purchases: PurchaseModel
    spend: GammaGamma
    net_share: float

    def revenue(self, past: pd.DataFrame, days: int) -> np.ndarray:
        """Net revenue expected in `days` days for each row of `history`, (n,) money."""
        x, t_x, T, mean = (past[name].to_numpy() for name in ("x", "t_x", "T", "mean"))
        orders = self.purchases.expected_purchases(x, t_x, T, float(days))
        return np.round(orders * self.spend.expected_spend(x + 1, mean) * self.net_share, 4)


def history(before: pd.DataFrame) -> pd.DataFrame:
    """One row per customer who had bought, by `row`: x, t_x, T (days), mean (per purchase day), net (money).

    `before` are events (see `events_of`) from before the assignment: their age is below 0.
    """
    bought = before[before["amount_minor"] > 0]
    days = bought.groupby(["row", "age"], as_index=False)["amount_minor"].sum().groupby("row")
    first, last = days["age"].min().astype("float64"), days["age"].max()
    net = before.groupby("row")["amount_minor"].sum() / MINOR_PER_UNIT
    columns = {
        "x": days.size() - 1.0,
        "t_x": last - first,
        "T": -1.0 - first,
        "mean": days["amount_minor"].mean() / MINOR_PER_UNIT,
    }
    return pd.DataFrame(columns).assign(net=net)


def fit_forecast(past: pd.DataFrame, model: str) -> Forecast | None:
    """Fit to the rows of `history`; `model` is one of PURCHASE_MODELS. None with fewer than LEAST_BUYERS rows."""
    if len(past) < LEAST_BUYERS:
        return None
    x, t_x, T, mean = (past[name].to_numpy() for name in ("x", "t_x", "T", "mean"))
    net_share = min(max(float(past["net"].sum() / ((x + 1) * mean).sum()), 0.0), 1.0)
    return Forecast(PURCHASE_MODELS[model].fit(x, t_x, T), GammaGamma.fit(x + 1, mean), net_share)


def first_orders(transactions: pd.DataFrame) -> pd.Series:
    """The day of the first order of each customer who has one, by id."""
    bought = transactions[transactions["amount_minor"] > 0]
    return bought.groupby("customer_id")["order_ts"].min().dt.normalize()


def drawn_before(first: pd.Series, start: pd.Timestamp) -> pd.Index:
    """Customers who had ordered before a day, at most SAMPLE of them, by id; `first` is of all customers."""
    known = first.index[first < start]
    return known[np.linspace(0, max(len(known) - 1, 0), min(len(known), SAMPLE)).astype("int64")]


def tiers_before(
    rows: pd.DataFrame,
    past: pd.DataFrame,
    transactions: pd.DataFrame,
    first: pd.Series,
    horizon_days: int,
    tiers: TierParams,
    model: str,
) -> np.ndarray:
    """The tier of each participant the day before the assignment, (n,) of text; NO_TIER where nothing had been bought.

    `rows` has experiment and assigned (day), `past` is their `history`; `first` are the `first_orders` of all
    customers, and `transactions` has all lines of those `drawn_before` a test. Cut points are those of all customers
    known the day before the first assignment of the test; models fitted to these customers forecast the participants,
    too. Where too few customers were known, or too few of them had bought on a second day to show who comes back,
    nobody has a tier.
    """
    found = np.full(len(rows), NO_TIER, dtype="object")
    ids, day = pd.Index(transactions["customer_id"]), transactions["order_ts"].dt.normalize()
    amount = transactions["amount_minor"].to_numpy()
    first_day = rows["assigned"].groupby(rows["experiment"]).transform("min")
    for start, members in first_day.groupby(first_day):
        customer = drawn_before(first, start).get_indexer(ids)
        mine = (customer >= 0) & (day < start).to_numpy()
        age = (day[mine] - start) // pd.Timedelta(days=1)
        everyone = history(pd.DataFrame({"row": customer[mine], "age": age, "amount_minor": amount[mine]}))
        forecast = fit_forecast(everyone, model)
        those = past[past.index.isin(members.index)]
        knows_returns = share_is_known(int((everyone["x"] > 0).sum()), len(everyone))
        if forecast is not None and knows_returns and len(those):
            cuts = cut_points(forecast.revenue(everyone, horizon_days), tiers)
            found[those.index.to_numpy()] = tiers_by(forecast.revenue(those, horizon_days), cuts)
    return found
