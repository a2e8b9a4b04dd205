"""An estimate from aggregates only: how often, how recently and for how much a customer bought.

It uses the buy-till-you-die models of the forecaster with its season, level and calibration of intervals. It differs
from the batch's forecast, which uses all features, and is therefore never called `predicted_clv`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from clv.data.types import LARGEST_AMOUNT
from clv.models.btyd.basis import RESIDUAL, knows_returns
from clv.models.correction import stretched
from clv.models.forecaster import Forecaster
from clv.serving.refused import wrong

LOOKED_AT = ("frequency", "recency_days", "tenure_days", "monetary_value")  # all that is used of a snapshot
METHOD = "aggregate"
EARLIEST = date(1990, 1, 1)  # cleaning rejects earlier lines (`clv.data.rules`)
CENT = 0.01


@dataclass(frozen=True)
class Aggregates:
    """The aggregates of one customer as of the model's date.

    Attributes
    ----------
    orders: days with a purchase. spend: money spent on them, before returns. days_since_first, days_since_last: whole
    days from the first and the last of them to the model's date. average_order: spend per order, optional.

    Raises `RefusedError`, which names the field, for values that are invalid or contradict each other.
    """

    orders: int
    spend: float
    days_since_first: int
    days_since_last: int
    average_order: float | None = None

    def __post_init__(self) -> None:
        for name in ("orders", "days_since_first", "days_since_last"):
            _require_whole(name, getattr(self, name))
        for name in ("spend", "average_order"):
            if name == "spend" or self.average_order is not None:
                _require_money(name, getattr(self, name))
        if self.orders < 1:
            raise wrong("orders", "must be 1 or more, as an estimate needs at least one order", self.orders)
        if self.days_since_last > self.days_since_first:
            raise wrong(
                "days_since_last",
                f"must be at most days_since_first, which is {self.days_since_first}",
                self.days_since_last,
            )
        between = self.days_since_first - self.days_since_last
        if self.orders == 1 and between:
            raise wrong(
                "days_since_last",
                f"must equal days_since_first, which is {self.days_since_first}, as there is only one order",
                self.days_since_last,
            )
        if self.orders > 1 and not between:
            raise wrong(
                "days_since_last",
                f"must be less than days_since_first, which is {self.days_since_first}, as there are several orders",
                self.days_since_last,
            )
        if self.orders > between + 1:
            raise wrong(
                "orders",
                f"counts days with a purchase, so it must be at most {between + 1}, the days from the first to the "
                f"last",
                self.orders,
            )
        if self.average_order is not None:
            self._require_product(self.average_order)

    def _require_product(self, average: float) -> None:
        """Check average times orders against spend, allowing for both to be rounded to cents."""
        if abs(self.orders * average - self.spend) > (self.orders + 1) * CENT / 2 + 1e-6:
            raise wrong("average_order", f"times orders must equal spend, {self.spend:g}", average)

    def require_after(self, earliest: date, as_of: date) -> None:
        """Raise `RefusedError` if the first purchase would be before a date."""
        most = (as_of - earliest).days
        if self.days_since_first > most:
            raise wrong(
                "days_since_first", f"must be at most {most}, as dates begin with {earliest}", self.days_since_first
            )

    def row(self) -> pd.DataFrame:
        """One row with the columns LOOKED_AT."""
        values = (self.orders - 1, self.days_since_last, self.days_since_first, self.spend / self.orders)
        return pd.DataFrame([dict(zip(LOOKED_AT, map(float, values), strict=True))])


def estimate(model: Forecaster, given: Aggregates) -> dict[str, Any]:
    """The columns of `estimates` for one customer, `method`, `not_used` (features) and `not_known` (sentences)."""
    given.require_after(EARLIEST, model.btyd.cutoff)
    return {"method": METHOD, **described(model), **estimate_of(model, given.row())}


def described(model: Forecaster) -> dict[str, Sequence[str]]:
    """What an estimate does not use: further features of the forecast, and what the models do not know."""
    unknown = [gap.says for gap in model.btyd.gaps if gap.columns != (RESIDUAL,)]
    return {"not_used": [name for name in model.features if name not in LOOKED_AT], "not_known": unknown}


def estimate_of(model: Forecaster, customer: pd.DataFrame) -> dict[str, float | None]:
    """The columns of `estimates` for one row; None for unknown values."""
    row = estimates(model, customer).iloc[0].to_dict()
    return {str(name): None if math.isnan(value) else float(value) for name, value in row.items()}


def estimates(model: Forecaster, customers: pd.DataFrame) -> pd.DataFrame:
    """Estimates for the horizon after the model's date: one row per row of `customers`, with the same index.

    `customers` has the columns LOOKED_AT. Columns returned: estimated_clv and its bounds estimated_lower_90 to
    estimated_upper_99 in money, without bounds if it is not known who comes back; the probabilities estimated_p_alive
    and estimated_p_purchase; estimated_orders.
    """
    features = pd.concat([customers[list(LOOKED_AT)], model.btyd.outputs(customers)], axis=1)
    value = model.predict_btyd(features)
    bounds = model.correction.intervals.apply(value, stretched(model.btyd, features, value, model.seed))
    known = 1.0 if knows_returns(model.btyd.gaps) else np.nan
    p_purchase = features["btyd_p_purchase"].to_numpy()
    orders = np.round(features["btyd_orders"].to_numpy() * model.level.orders, 6)
    columns = {
        "clv": value,
        **{name: np.round(bound, 2) * known for name, bound in bounds.items()},
        "p_alive": features["btyd_p_alive"].to_numpy(),
        "p_purchase": p_purchase,
        "orders": np.maximum(orders, p_purchase),  # a buyer orders at least once
    }
    return pd.DataFrame({f"estimated_{name}": values for name, values in columns.items()}, index=customers.index)


def _require_whole(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise wrong(name, "must be a whole number, 0 or more", value)


def _require_money(name: str, value: Any) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not CENT <= float(value) < LARGEST_AMOUNT:  # NaN fails both comparisons
        raise wrong(name, f"must be money from {CENT} to below {LARGEST_AMOUNT:,.0f}", value)
