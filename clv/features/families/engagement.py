"""How a customer responds to touches, such as e-mails and ads."""

import numpy as np

from clv.features.events import Column, Events
from clv.features.feature import Feature
from clv.features.history import History
from clv.features.past import ratio

HALF_LIFE_DAYS = 30
HALVINGS = 6  # half-lives after which an event no longer counts
DECAYED = f"each counts half as much with every {HALF_LIFE_DAYS} days of age, and nothing after {HALVINGS} of them"


def is_email(touches: Events) -> np.ndarray:
    """Touches of kind email, in any case."""
    return _is_kind(touches, "email")


def is_ad(touches: Events) -> np.ndarray:
    """Touches of kind ad, in any case."""
    return _is_kind(touches, "ad")


def _is_kind(touches: Events, kind: str) -> np.ndarray:
    text = touches.text("kind")
    of_kind = np.array([label.lower() == kind for label in text.labels.to_pylist()] + [False])
    return of_kind[text.codes]


def decayed(h: History, where: Column | None = None) -> np.ndarray:
    """Number of touches, each weighted by its age in steps of a half-life: a sum of counts, and therefore exact."""
    edges = range(0, HALVINGS * HALF_LIFE_DAYS, HALF_LIFE_DAYS)
    counts = [h.touches.ages(newest, newest + HALF_LIFE_DAYS).count(where) for newest in edges]
    return np.asarray(sum(count / 2**halvings for halvings, count in enumerate(counts)))


FEATURES: tuple[Feature, ...] = (
    Feature(
        "touches_90d",
        "count",
        "engagement",
        "Touches (e-mails, ads and other kinds) in the last 90 days",
        lambda h: h.touches.last(90).count(),
        ("touches.touch_ts",),
    ),
    Feature(
        "emails_90d",
        "count",
        "engagement",
        "Touches of kind email in the last 90 days",
        lambda h: h.touches.last(90).count(is_email),
        ("touches.kind",),
    ),
    Feature(
        "ads_90d",
        "count",
        "engagement",
        "Touches of kind ad in the last 90 days",
        lambda h: h.touches.last(90).count(is_ad),
        ("touches.kind",),
    ),
    Feature(
        "open_share_90d",
        "share",
        "engagement",
        "Share of the touches of the last 90 days that were opened",
        lambda h: ratio(h.touches.last(90).count("opened"), h.touches.last(90).count("opened_known")),
        ("touches.opened",),
    ),
    Feature(
        "click_share_90d",
        "share",
        "engagement",
        "Share of the touches of the last 90 days that were clicked",
        lambda h: ratio(h.touches.last(90).count("clicked"), h.touches.last(90).count("clicked_known")),
        ("touches.clicked",),
    ),
    Feature(
        "open_recency_days",
        "days",
        "engagement",
        "Days since the last touch that was opened",
        lambda h: h.touches.last_age("opened"),
        ("touches.opened",),
    ),
    Feature(
        "click_recency_days",
        "days",
        "engagement",
        "Days since the last touch that was clicked",
        lambda h: h.touches.last_age("clicked"),
        ("touches.clicked",),
    ),
    Feature("touches_decayed", "ratio", "engagement", f"Touches, {DECAYED}", decayed, ("touches.touch_ts",)),
    Feature(
        "opens_decayed",
        "ratio",
        "engagement",
        f"Touches opened, {DECAYED}",
        lambda h: decayed(h, "opened"),
        ("touches.opened",),
    ),
    Feature(
        "clicks_decayed",
        "ratio",
        "engagement",
        f"Touches clicked, {DECAYED}",
        lambda h: decayed(h, "clicked"),
        ("touches.clicked",),
    ),
)
