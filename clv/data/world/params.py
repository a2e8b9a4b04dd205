"""Parameters of the synthetic shops."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from clv.strict import Between, Count, Factor, Positive, Share


@dataclass(frozen=True)
class ShopParams:
    n_customers: Annotated[int, Between(100)]
    start: date
    n_days: Annotated[int, Between(30)]
    orders_per_year: Positive
    rate_shape: Positive
    regularity: Annotated[float, Between(1, 4)]
    lifetime_days: Positive
    lifetime_shape: Annotated[float, Between(0.05)]
    order_value: Positive
    value_sigma: Annotated[float, Between(0, 3)]
    value_rate_correlation: Annotated[float, Between(-1, 1)]
    seasonality: Annotated[float, Between(0, 0.9)]
    weekend_factor: Factor
    holiday_factor: Factor
    promotions_per_year: Annotated[float, Between(0, 26)]
    promotion_factor: Factor
    price_growth_per_year: Annotated[float, Between(-0.5, 0.5)]
    channel_drift: Share
    return_share: Share
    discount_share: Share
    eco_share: Share
    emails_per_year: Annotated[float, Between(0)]
    ads_per_year: Annotated[float, Between(0)]
    experiment_share: Share
    experiment_start: date
    experiment_days: Count
    experiment_lift: Annotated[float, Between(0, 5)]


@dataclass(frozen=True)
class CdnowLikeParams:
    n_customers: Annotated[int, Between(100)]
    start: date
    n_days: Annotated[int, Between(30)]
    acquisition_days: Count
    r: Positive
    alpha_weeks: Positive
    a: Positive
    b: Positive
    p: Positive
    q: Annotated[float, Between(1.001)]
    v: Positive

    def __post_init__(self) -> None:
        if self.acquisition_days > self.n_days:
            raise ValueError(f"acquisition_days must not exceed n_days, got {self.acquisition_days} and {self.n_days}")


@dataclass(frozen=True)
class DriftParams:
    factor: Factor
    date: date


@dataclass(frozen=True)
class SyntheticParams:
    world: Literal["default", "cdnow_like", "drift"]
    default: ShopParams
    cdnow_like: CdnowLikeParams
    drift: DriftParams
