"""Parameters of segments and clusters."""

from dataclasses import dataclass
from typing import Annotated

from clv.marketing.params import TierParams
from clv.strict import Between, Line, Share


@dataclass(frozen=True)
class ClusterParams:
    min: Annotated[int, Between(2, 50)]
    max: Annotated[int, Between(2, 50)]
    bootstraps: Annotated[int, Between(1, 10_000)]
    min_stability: Share
    previous: Line

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise ValueError(f"min must not exceed max, got {self.min} and {self.max}")


@dataclass(frozen=True)
class SegmentParams:
    tiers: TierParams
    clusters: ClusterParams
    eco_share: Share
