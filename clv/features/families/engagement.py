"""How a customer responds to e-mails and ads."""

import numpy as np

from clv.features.events import Column, Events
from clv.features.feature import Feature
from clv.features.history import History
from clv.features.past import ratio

HALF_LIFE_DAYS = 30
HALVINGS = 6  # after which an event no longer counts
DECAYED = f"each counts half as much with every {HALF_LIFE_DAYS} days of age, and nothing after {HALVINGS} of them"


def is_email(touches: Events) -> np.ndarray:
    """E-mails."""
    return _is_kind(touches, "email")


def is_ad(touches: Events) -> np.ndarray:
    """Ads."""
    return _is_kind(touches, "ad")


def _is_kind(touches: Events, kind: str) -> np.ndarray:
    text = touches.text("kind")
    labels = text.labels.to_pylist()
    return text.codes == labels.index(kind) if kind in labels else np.zeros(len(touches), dtype=bool)


def decayed(h: History, where: Column | None = None) -> np.ndarray:
    """Number of touches, each weighted by its age in steps of a half-life: a sum of counts, so exact."""
    edges = range(0, HALVINGS * HALF_LIFE_DAYS, HALF_LIFE_DAYS)
    counts = [h.touches.ages(newest, newest + HALF_LIFE_DAYS).count(where) for newest in edges]
    return np.asarray(sum(count / 2**halvings for halvings, count in enumerate(counts)))


FEATURES: tuple[Feature, ...] = (
    Feature("touches_90d", "count", "engagement", "E-mails and ads in the last 90 days",
            lambda h: h.touches.last(90).count(), ("touch_ts",)),
    Feature("emails_90d", "count", "engagement", "E-mails in the last 90 days",
            lambda h: h.touches.last(90).count(is_email), ("kind",)),
    Feature("ads_90d", "count", "engagement", "Ads in the last 90 days",
            lambda h: h.touches.last(90).count(is_ad), ("kind",)),
    Feature("open_share_90d", "share", "engagement", "Share of the e-mails and ads of the last 90 days opened",
            lambda h: ratio(h.touches.last(90).count("opened"), h.touches.last(90).count()), ("opened",)),
    Feature("click_share_90d", "share", "engagement", "Share of the e-mails and ads of the last 90 days clicked",
            lambda h: ratio(h.touches.last(90).count("clicked"), h.touches.last(90).count()), ("clicked",)),
    Feature("open_recency_days", "days", "engagement", "Days since the last e-mail or ad that was opened",
            lambda h: h.touches.last_age("opened"), ("opened",)),
    Feature("click_recency_days", "days", "engagement", "Days since the last e-mail or ad that was clicked",
            lambda h: h.touches.last_age("clicked"), ("clicked",)),
    Feature("touches_decayed", "ratio", "engagement", f"E-mails and ads, {DECAYED}", decayed, ("touch_ts",)),
    Feature("opens_decayed", "ratio", "engagement", f"E-mails and ads opened, {DECAYED}",
            lambda h: decayed(h, "opened"), ("opened",)),
    Feature("clicks_decayed", "ratio", "engagement", f"E-mails and ads clicked, {DECAYED}",
            lambda h: decayed(h, "clicked"), ("clicked",)),
)  # fmt: skip
