"""What unseen rows teach about the forecasts of learners: weights, shape, orders, purchase probabilities and intervals.

These forecasts have the level of the rows; `AtLevel` transfers the correction to the level of other customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from clv.models.btyd.value import Btyd
from clv.models.calibration.chance import Chance
from clv.models.calibration.combination import HONEST_FOLDS, Combination, honest
from clv.models.calibration.curve import Curve
from clv.models.calibration.group_cells import Cells, cells_of
from clv.models.calibration.intervals import SHARES, Intervals, Spread
from clv.models.calibration.level import Level, scale_to
from clv.models.calibration.order_counts import Orders
from clv.models.learners.registry import BTYD
from clv.models.panel import Unseen
from clv.models.samples import Sample, fold_of

STRETCH = 20.0  # largest factor by which the predictive distribution is stretched to the forecast, and its inverse


@dataclass(frozen=True)
class Correction:
    """How learners are combined, how value, orders and purchase probabilities are calibrated, and intervals."""

    combination: Combination
    orders: Orders
    chance: Chance
    intervals: Intervals

    @classmethod
    def fit(
        cls, unseen: Unseen, given: tuple[float, ...], level_sd: float | None, bins: int, seed: int
    ) -> "Correction":
        """Learn from forecasts of labelled rows by learners that had not seen them.

        `given` (k,) are weights that are not learned from the rows. Intervals show how customers deviate from forecasts
        with the right total and, by `level_sd`, the standard deviation of its log, how uncertain a total is.
        """
        judged, raw = unseen.judged, unseen.forecasts
        realised, cells = float(np.maximum(judged.target, 0).sum()), cells_of(judged.features, judged.btyd.horizon_days)
        forecasts = np.column_stack([raw[name] * scale_to(raw[name].to_numpy(), realised) for name in raw.columns])
        combined = honest(forecasts, judged.target, given, cells, fold_of(judged.ids, HONEST_FOLDS, "weights"))
        combined *= scale_to(combined, realised)
        factor = _factor(judged.features, combined, realised / max(judged.btyd_total, 1e-6))
        spread = stretched(judged.btyd, judged.features, combined, seed)
        return cls(
            combination=Combination.fit(forecasts, judged.target, given, cells),
            orders=Orders.fit(judged.features["btyd_orders"].to_numpy(), factor, cells, judged.orders),
            chance=Chance.fit(unseen.chances, judged.orders > 0),
            intervals=Intervals.fit(np.round(combined, 2), spread, judged.target, bins, level_sd or 0.0),
        )

    @classmethod
    def none(cls) -> "Correction":
        """The unchanged buy-till-you-die forecast."""
        combination = Combination((1.0,), Curve(), (0.0,), Cells.unknown())
        return cls(combination, Orders.plain(), Chance.plain(1), Intervals.uncalibrated())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        parts = ("combination", "orders", "chance", "intervals")
        return {name: getattr(self, name).to_dict() for name in parts}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Correction":
        """Restore what `to_dict` returned."""
        return cls(
            Combination.from_dict(content["combination"]),
            Orders.from_dict(content["orders"]),
            Chance.from_dict(content["chance"]),
            Intervals.from_dict(content["intervals"]),
        )


@dataclass(frozen=True)
class AtLevel:
    """A correction scaled to a level by factors: on each learner by name, on the combined value, and on orders."""

    correction: Correction
    level: Level
    learner_scales: dict[str, float]
    value_scale: float = 1.0
    orders_scale: float = 1.0

    @classmethod
    def fit(cls, correction: Correction, level: Level, forecast: Sample, raw: pd.DataFrame) -> "AtLevel":
        """Scale forecasts of customers, one column of `raw` per learner, to their total at the level."""
        features, btyd = forecast.features, forecast.btyd
        total, orders = forecast.btyd_total * level.value, float(features["btyd_orders"].sum()) * level.orders
        made = cls(correction, level, {str(name): scale_to(raw[name].to_numpy(), total) for name in raw.columns})
        made = replace(made, value_scale=scale_to(made.forecast(raw, features, btyd), total))
        expected = made.expected_orders(made.forecast(raw, features, btyd), features, btyd)
        return replace(made, orders_scale=scale_to(expected, orders))

    @classmethod
    def none(cls) -> "AtLevel":
        """The unchanged buy-till-you-die forecast, whose level is unknown."""
        return cls(Correction.none(), Level(), {BTYD: 1.0})

    def forecast(self, raw: pd.DataFrame, features: pd.DataFrame, btyd: Btyd) -> np.ndarray:
        """The combined forecast, (n,) money, from rows of complete features and the learners' forecasts of them."""
        cells = cells_of(features, btyd.horizon_days)
        return self.correction.combination.apply((raw * self.learner_scales).to_numpy(), cells) * self.value_scale

    def expected_orders(self, forecast: np.ndarray, features: pd.DataFrame, btyd: Btyd) -> np.ndarray:
        """The number of orders, (n,), of customers with a forecast (n,)."""
        cells, factor = cells_of(features, btyd.horizon_days), _factor(features, forecast, self.level.value)
        return self.correction.orders.apply(features["btyd_orders"].to_numpy(), factor, cells) * self.orders_scale

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        scales = {name: getattr(self, name) for name in ("learner_scales", "value_scale", "orders_scale")}
        return {"correction": self.correction.to_dict(), "level": self.level.to_dict(), **scales}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "AtLevel":
        """Restore what `to_dict` returned."""
        correction, level = Correction.from_dict(content["correction"]), Level(**content["level"])
        return cls(correction, level, content["learner_scales"], content["value_scale"], content["orders_scale"])


def stretched(
    btyd: Btyd, features: pd.DataFrame, forecast: np.ndarray, seed: int, shares: Sequence[float] = SHARES
) -> Spread:
    """Quantiles of the buy-till-you-die predictive distribution, stretched to the forecast (n,), by their share."""
    expected = np.maximum(features["btyd_value"].to_numpy(), 1e-6)
    stretch = np.clip(forecast / expected, 1 / STRETCH, STRETCH)
    return dict(zip(shares, btyd.quantiles(features, shares, seed) * stretch, strict=True))


def _factor(features: pd.DataFrame, forecast: np.ndarray, level: float) -> np.ndarray:
    """The forecast (n,) over that of the buy-till-you-die models at a level, (n,)."""
    return forecast / np.maximum(features["btyd_value"].to_numpy() * level, 1e-6)
