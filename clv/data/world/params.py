"""Parameters of the synthetic shops."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Day, Days, Factor, Share

Shape = Annotated[float, Between(0.05, 1000)]  # of a gamma distribution; below this, draws are 0
Customers = Annotated[int, Between(100, 10_000_000)]  # as many as ids of seven digits allow
Span = Annotated[int, Between(30, 36_525)]


@dataclass(frozen=True)
class ShopParams:
    n_customers: Customers
    start: Day
    n_days: Span
    orders_per_year: Annotated[float, Between(0.01, 1000)]
    rate_shape: Shape
    regularity: Annotated[float, Between(1, 4)]
    lifetime_days: Annotated[float, Between(1, 1_000_000)]
    lifetime_shape: Shape
    order_value: Annotated[float, Between(0.01, 1_000_000)]
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
    emails_per_year: Annotated[float, Between(0, 1000)]
    ads_per_year: Annotated[float, Between(0, 1000)]
    experiment_share: Share
    experiment_start: Day
    experiment_days: Days
    experiment_lift: Annotated[float, Between(0, 5)]


@dataclass(frozen=True)
class CdnowLikeParams:
    n_customers: Customers
    start: Day
    n_days: Span
    acquisition_days: Days
    r: Shape
    alpha_weeks: Annotated[float, Between(0.01, 10_000)]
    a: Shape
    b: Shape
    p: Shape
    q: Annotated[float, Between(1.001, 1000)]
    v: Annotated[float, Between(0.001, 1_000_000)]

    def __post_init__(self) -> None:
        if self.acquisition_days > self.n_days:
            raise ValueError(f"acquisition_days must not exceed n_days, got {self.acquisition_days} and {self.n_days}")


@dataclass(frozen=True)
class DriftParams:
    factor: Factor
    date: Day


@dataclass(frozen=True)
class ClosureParams:
    start: Day
    days: Days


@dataclass(frozen=True)
class BoomParams:
    factor: Factor
    start: Day
    days: Days


Event = DriftParams | ClosureParams | BoomParams  # a single event in the default shop


@dataclass(frozen=True)
class SyntheticParams:
    world: Literal["default", "cdnow_like", "drift", "closure", "boom"]
    default: ShopParams
    cdnow_like: CdnowLikeParams
    drift: DriftParams
    closure: ClosureParams
    boom: BoomParams

    @property
    def event(self) -> Event | None:
        """The event in the default shop of the chosen world, if any."""
        events: dict[str, Event] = {"drift": self.drift, "closure": self.closure, "boom": self.boom}
        return events.get(self.world)
