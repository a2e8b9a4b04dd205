"""Parameters of the next campaign."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Line


@dataclass(frozen=True)
class CampaignParams:
    name: Line
    holdout_share: Annotated[float, Between(0, 0.9)]
    prior_touches: Annotated[float, Between(0.01, 1_000_000)]
