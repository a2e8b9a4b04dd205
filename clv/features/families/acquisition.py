"""Where a customer came from, what that cost and how the relationship began; also the customer's profile."""

import numpy as np

from clv.features.feature import Feature, money
from clv.features.history import History
from clv.features.past import ratio
from clv.features.sources import MIN_CUSTOMERS, WINDOW_DAYS, in_first_window

WHOSE = f"of customers whose first {WINDOW_DAYS} days were over by the cutoff, {MIN_CUSTOMERS} or more"


def first_order(h: History) -> np.ndarray:
    """Revenue of the first purchase day in minor units."""
    return h.days.first("amount_minor")


def first_discount_share(h: History) -> np.ndarray:
    """Discount on the first purchase day over its price before discount."""
    off = h.days.first("discount_minor")
    return ratio(off, off + first_order(h))


def over_campaign(h: History) -> np.ndarray:
    """Revenue in the customer's first window over the mean of the campaign; NaN until that window is over."""
    over = h.days.first_age() >= WINDOW_DAYS - 1
    value = np.where(over, h.days.sum("amount_minor", in_first_window), np.nan)
    return ratio(value, h.source_mean("campaign"))


FEATURES: tuple[Feature, ...] = (
    Feature(
        "channel",
        "text",
        "acquisition",
        "Channel that acquired the customer",
        lambda h: h.profile("channel"),
        ("customers.channel",),
    ),
    Feature(
        "campaign",
        "text",
        "acquisition",
        "Campaign that acquired the customer",
        lambda h: h.profile("campaign"),
        ("customers.campaign",),
    ),
    Feature(
        "acquisition_cost",
        "money",
        "acquisition",
        "What acquiring the customer cost (CAC)",
        lambda h: money(h.number("acquisition_cost_minor")),
        ("customers.acquisition_cost_minor",),
    ),
    Feature(
        "cac_over_first_order",
        "ratio",
        "acquisition",
        "CAC over the revenue of the first purchase day",
        lambda h: ratio(h.number("acquisition_cost_minor"), first_order(h)),
        ("customers.acquisition_cost_minor",),
    ),
    Feature(
        "net_revenue_over_cac",
        "ratio",
        "acquisition",
        "Net revenue so far over CAC",
        lambda h: ratio(h.lines.sum("amount_minor"), h.number("acquisition_cost_minor")),
        ("customers.acquisition_cost_minor",),
    ),
    Feature(
        "first_order_value",
        "money",
        "acquisition",
        "Revenue of the first purchase day",
        lambda h: money(first_order(h)),
    ),
    Feature(
        "first_order_lines", "count", "acquisition", "Lines of the first purchase day", lambda h: h.days.first("lines")
    ),
    Feature(
        "first_discount_share",
        "share",
        "acquisition",
        "Money off the first purchase day over its full price",
        first_discount_share,
        ("transactions.discount_minor",),
    ),
    Feature(
        "channel_quality",
        "money",
        "acquisition",
        f"Mean revenue in the first {WINDOW_DAYS} days {WHOSE}, from the same channel",
        lambda h: money(h.source_mean("channel")),
        ("customers.channel",),
    ),
    Feature(
        "campaign_quality",
        "money",
        "acquisition",
        f"Mean revenue in the first {WINDOW_DAYS} days {WHOSE}, from the same campaign",
        lambda h: money(h.source_mean("campaign")),
        ("customers.campaign",),
    ),
    Feature(
        "channel_category_quality",
        "money",
        "interactions",
        f"Mean revenue in the first {WINDOW_DAYS} days {WHOSE}, from the same channel, with the same first "
        "category on the first purchase day",
        lambda h: money(h.source_mean("channel and category")),
        ("customers.channel", "transactions.category"),
    ),
    Feature(
        "value_over_campaign",
        "ratio",
        "interactions",
        f"Revenue of the customer's first {WINDOW_DAYS} days over the campaign's mean; null before they are over",
        over_campaign,
        ("customers.campaign",),
    ),
    Feature("country", "text", "profile", "Country", lambda h: h.profile("country"), ("customers.country",)),
    Feature("age_band", "text", "profile", "Age band", lambda h: h.profile("age_band"), ("customers.age_band",)),
    Feature(
        "email_consent",
        "flag",
        "profile",
        "1 if the customer agreed to e-mail",
        lambda h: h.number("email_consent"),
        ("customers.email_consent",),
    ),
)
