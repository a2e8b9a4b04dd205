"""Parameters of what is decided from the forecasts: segments, randomised tests, budget, audiences and campaigns."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from clv.strict import Between, Count, Positive, Share

TierName = Literal["High-CLV", "Growth-Potential", "Low-CLV"]


@dataclass(frozen=True)
class TierShares:
    high_clv: Share
    growth_potential: Share

    def __post_init__(self) -> None:
        if self.high_clv + self.growth_potential > 1:
            raise ValueError(f"shares must sum to at most 1, got {self.high_clv + self.growth_potential:g}")


@dataclass(frozen=True)
class TierThresholds:
    high_clv: Annotated[float, Between(0)]
    growth_potential: Annotated[float, Between(0)]

    def __post_init__(self) -> None:
        if self.growth_potential > self.high_clv:
            raise ValueError(
                f"growth_potential must not exceed high_clv, got {self.growth_potential:g} and {self.high_clv:g}"
            )


@dataclass(frozen=True)
class TierParams:
    by: Literal["shares", "thresholds"]
    shares: TierShares
    thresholds: TierThresholds
    elite: Share


@dataclass(frozen=True)
class ClusterParams:
    min: Annotated[int, Between(2)]
    max: Annotated[int, Between(2)]
    bootstraps: Count
    min_stability: Share
    previous: str

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise ValueError(f"min must not exceed max, got {self.min} and {self.max}")


@dataclass(frozen=True)
class SegmentParams:
    tiers: TierParams
    clusters: ClusterParams
    eco_share: Share
    min_group_customers: Count


@dataclass(frozen=True)
class NextTestParams:
    lift: Positive
    power: Annotated[float, Between(0.5, 0.999)]
    treated_share: Annotated[float, Between(0.01, 0.99)]
    customers_per_day: Positive


@dataclass(frozen=True)
class ExperimentParams:
    window_days: Count
    confidence: Annotated[float, Between(0.5, 0.999)]
    shares: dict[str, dict[str, Positive]]
    next: NextTestParams


@dataclass(frozen=True)
class CellBound:
    tier: TierName
    channel: str
    min: Annotated[float, Between(0)]
    max: Annotated[float, Between(0)]

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise ValueError(f"min must not exceed max, got {self.min:g} and {self.max:g}")


@dataclass(frozen=True)
class Elasticity:
    spend: Positive
    new_customers: Positive
    elasticity: Annotated[float, Between(0.01, 0.99)]


@dataclass(frozen=True)
class BudgetParams:
    mode: Literal["auto", "rule", "optimal"]
    total: Annotated[float, Between(0)]
    rule: str
    margin_rate: Share
    cac_share: Share
    channel_caps: dict[str, Annotated[float, Between(0)]]
    bounds: tuple[CellBound, ...]
    elasticities: dict[str, Elasticity]
    draws: Annotated[int, Between(50, 10_000)]
    worst_share: Annotated[float, Between(0.01, 1)]
    risk_aversion: Share

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d+(\.\d+)?(:\d+(\.\d+)?){2}", self.rule) or sum(self.ratio) == 0:
            raise ValueError(
                f"rule must be High-CLV:Growth-Potential:Low-CLV in numbers, such as '50:35:15' or '3:2:1', "
                f"not all 0, got {self.rule!r}"
            )
        cells = [(bound.tier, bound.channel) for bound in self.bounds]
        for tier, channel in cells:
            if cells.count((tier, channel)) > 1:
                raise ValueError(f"bounds must name each cell once, got {tier} x {channel} again")

    @property
    def ratio(self) -> tuple[float, ...]:
        """The three numbers of `rule`, highest tier first."""
        return tuple(float(part) for part in self.rule.split(":"))


@dataclass(frozen=True)
class AudienceParams:
    contacts: str
    key_variable: str
    country: str
    calling_code: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise ValueError(f"country must be two capital letters (ISO 3166), such as 'DE', got {self.country!r}")
        if not re.fullmatch(r"[1-9]\d{0,2}", self.calling_code):
            raise ValueError(f"calling_code must be one to three digits, such as '49', got {self.calling_code!r}")


@dataclass(frozen=True)
class CampaignParams:
    name: str
    holdout_share: Annotated[float, Between(0, 0.9)]
    prior_touches: Positive
