"""Parameters of the marketing budget."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from clv.marketing.params import TierName
from clv.strict import Between, Line, Money, Share


@dataclass(frozen=True)
class CellBound:
    tier: TierName
    channel: Line
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
class BudgetParams:
    mode: Literal["auto", "rule", "optimal"]
    total: Money
    rule: Line
    margin_rate: Share
    cac_share: Share
    channel_caps: dict[Line, Money]
    bounds: tuple[CellBound, ...]
    elasticities: dict[Line, Elasticity]
    draws: Annotated[int, Between(50, 10_000)]
    worst_share: Annotated[float, Between(0.01, 1)]
    risk_aversion: Share

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?(:\d{1,9}(\.\d{1,9})?){2}", self.rule) or sum(self.ratio) == 0:
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
