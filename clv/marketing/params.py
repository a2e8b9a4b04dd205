"""Parameters of the tiers, which segments, experiments, budget and lists share."""

from dataclasses import dataclass
from typing import Literal

from clv.strict import Money, Share

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
    high_clv: Money
    growth_potential: Money

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
