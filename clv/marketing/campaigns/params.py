"""Parameters of the next campaign."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Positive


@dataclass(frozen=True)
class CampaignParams:
    name: str
    holdout_share: Annotated[float, Between(0, 0.9)]
    prior_touches: Positive
