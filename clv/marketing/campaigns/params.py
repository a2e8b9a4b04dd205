"""Parameters of the next campaign."""

from dataclasses import dataclass
from typing import Annotated

from clv.strict import Between, Name


@dataclass(frozen=True)
class Offer:
    """What an RFM segment is offered; `discount` is the share of the next purchase that is taken off."""

    name: Name
    discount: Annotated[float, Between(0, 0.9)]


@dataclass(frozen=True)
class Offers:
    """The offer of each RFM segment, by its name in lower case with underscores; a test compares the two lists."""

    champions: Offer
    loyal: Offer
    potential_loyalist: Offer
    new: Offer
    promising: Offer
    need_attention: Offer
    about_to_sleep: Offer
    cannot_lose_them: Offer
    at_risk: Offer
    hibernating: Offer
    lost: Offer

    def of(self, segment: str) -> Offer | None:
        """The offer of a segment, None where it is no RFM segment."""
        return vars(self).get(segment.lower().replace(" ", "_"))


@dataclass(frozen=True)
class CampaignParams:
    name: Name
    holdout_share: Annotated[float, Between(0, 0.9)]
    prior_touches: Annotated[float, Between(0.01, 1_000_000)]
    offers: Offers
