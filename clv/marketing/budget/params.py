"""Parameters of the marketing budget."""

from dataclasses import dataclass
from typing import Annotated, Literal

from clv.marketing.params import TierName
from clv.strict import Between, Money, Name, Share


@dataclass(frozen=True)
class CellBound:
    tier: TierName
    channel: Name
    min: Money
    max: Money

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise ValueError(f"min must not exceed max, got {self.min:g} and {self.max:g}")


@dataclass(frozen=True)
class Elasticity:
    spend: Annotated[float, Between(0.01, 1e12)]
    new_customers: Annotated[float, Between(0.01, 1e9)]
    elasticity: Annotated[float, Between(0.01, 0.99)]


@dataclass(frozen=True)
class RuleShares:
    high_clv: Share
    growth_potential: Share
    low_clv: Share

    def __post_init__(self) -> None:
        total = self.high_clv + self.growth_potential + self.low_clv
        if abs(total - 1) > 1e-9:
            raise ValueError(f"shares must sum to 1, got {total:g}")


@dataclass(frozen=True)
class BudgetParams:
    mode: Literal["auto", "rule", "optimal"]
    total: Money
    rule: RuleShares
    cac_share: Share
    channel_caps: dict[Name, Money]
    bounds: tuple[CellBound, ...]
    elasticities: dict[Name, Elasticity]
    draws: Annotated[int, Between(50, 10_000)]
    worst_share: Annotated[float, Between(0.01, 1)]
    risk_aversion: Share

    def __post_init__(self) -> None:
        cells = [(bound.tier, bound.channel) for bound in self.bounds]
        for tier, channel in cells:
            if cells.count((tier, channel)) > 1:
                raise ValueError(f"bounds must name each cell once, got {tier} x {channel} again")
