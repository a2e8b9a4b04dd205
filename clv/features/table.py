"""The feature table: one row per feature, with its name, unit, meaning and the expression that computes it.

An expression gets the `History` as of a cutoff and gives one value per customer, NaN where the definition has none.
`needs` names the columns of the clean tables without which the feature is absent. To add a feature, add a row.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clv.data.types import MINOR_PER_UNIT
from clv.features.history import History

Expression = Callable[[History], np.ndarray]


@dataclass(frozen=True)
class Feature:
    """One column of a snapshot. `unit` is days, money, share, ratio, count, text or flag."""

    name: str
    unit: str
    group: str
    description: str
    compute: Expression
    needs: tuple[str, ...] = ()


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """NaN where the denominator is zero or missing."""
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)


def _money(minor: np.ndarray) -> np.ndarray:
    return minor / MINOR_PER_UNIT


def _spend(h: History, newest: int = 0, oldest: int | None = None) -> np.ndarray:
    """Net revenue at ages newest <= age < oldest, in money."""
    inside = h.lines.age >= newest
    if oldest is not None:
        inside &= h.lines.age < oldest
    return _money(h.total(h.lines, h.lines["amount_minor"], inside))


def _days_within(h: History, days: int, before: int = 0) -> np.ndarray:
    return h.count(h.days, (h.days.age >= before) & (h.days.age < before + days))


def _gap_moment(h: History, power: int) -> np.ndarray:
    """Mean of gap ** power per customer; gaps are whole days, so the sums are exact."""
    has_gap = ~np.isnan(h.days["gap"])
    return _ratio(h.total(h.days, h.days["gap"] ** power, has_gap), h.count(h.days, has_gap))


def _gap_spread(h: History) -> np.ndarray:
    """Population standard deviation of the gaps; NaN with fewer than two."""
    variance = np.maximum(_gap_moment(h, 2) - _gap_moment(h, 1) ** 2, 0)
    return np.where(h.count(h.days) > 2, np.sqrt(variance), np.nan)


def _first_day_spend(h: History) -> np.ndarray:
    first = h.days.age == h.oldest(h.days)[h.days.customer]
    return _money(h.total(h.days, h.days["amount_minor"], first))


def _eco_share(h: History) -> np.ndarray:
    amounts = h.purchases["amount_minor"]
    return _ratio(h.total(h.purchases, amounts, h.purchases["is_eco"]), h.total(h.purchases, amounts))


def _discount_share(h: History) -> np.ndarray:
    discount = np.maximum(np.nan_to_num(h.purchases["discount_minor"]), 0)
    off = h.total(h.purchases, discount)
    return _ratio(off, off + h.total(h.purchases, h.purchases["amount_minor"]))


def _touch_share(h: History, name: str, days: int) -> np.ndarray:
    recent = h.touches.age < days
    return _ratio(h.count(h.touches, recent & h.touches[name]), h.count(h.touches, recent))


def _profile(name: str) -> Expression:
    return lambda h: h.profile[name].to_numpy()


def _window(days: int) -> list[Feature]:
    return [
        Feature(
            f"orders_{days}d",
            "count",
            "windows",
            f"Purchase days in the last {days} days",
            lambda h: _days_within(h, days),
        ),
        Feature(
            f"spend_{days}d", "money", "windows", f"Net revenue in the last {days} days", lambda h: _spend(h, 0, days)
        ),
    ]


FEATURES: tuple[Feature, ...] = (
    Feature("tenure_days", "days", "rfm", "Days since the first purchase (T)", lambda h: h.oldest(h.days)),
    Feature("recency_days", "days", "rfm", "Days since the last purchase (T - t_x)", lambda h: h.newest(h.days)),
    Feature(
        "frequency",
        "count",
        "rfm",
        "Repeat purchase days: purchase days less the first (x)",
        lambda h: h.count(h.days) - 1,
    ),
    Feature(
        "monetary_value",
        "money",
        "rfm",
        "Mean revenue per purchase day, before returns",
        lambda h: _ratio(_money(h.total(h.days, h.days["amount_minor"])), h.count(h.days)),
    ),
    Feature("net_revenue", "money", "rfm", "Net revenue so far", lambda h: _spend(h)),
    Feature(
        "net_revenue_per_day",
        "money",
        "rfm",
        "Net revenue so far per day of tenure, the day of acquisition included",
        lambda h: _spend(h) / (h.oldest(h.days) + 1),
    ),
    Feature(
        "net_revenue_last_horizon",
        "money",
        "rfm",
        "Net revenue in the last H days, H the forecast horizon",
        lambda h: _spend(h, 0, h.horizon_days),
    ),
    Feature("first_order_value", "money", "rfm", "Revenue of the first purchase day", _first_day_spend),
    Feature("gap_mean_days", "days", "gaps", "Mean days between purchase days", lambda h: _gap_moment(h, 1)),
    Feature(
        "gap_sd_days", "days", "gaps", "Standard deviation of days between purchase days (three or more)", _gap_spread
    ),
    Feature(
        "overdue_ratio",
        "ratio",
        "gaps",
        "Days since the last purchase over the mean gap",
        lambda h: _ratio(h.newest(h.days), _gap_moment(h, 1)),
    ),
    *_window(30),
    *_window(90),
    *_window(180),
    *_window(365),
    Feature(
        "orders_momentum_90d",
        "count",
        "momentum",
        "Purchase days of the last 90 days less those of the 90 before",
        lambda h: _days_within(h, 90) - _days_within(h, 90, before=90),
    ),
    Feature(
        "spend_momentum_90d",
        "money",
        "momentum",
        "Net revenue of the last 90 days less that of the 90 before",
        lambda h: _spend(h, 0, 90) - _spend(h, 90, 180),
    ),
    Feature(
        "lines_per_day",
        "ratio",
        "basket",
        "Lines per purchase day",
        lambda h: _ratio(h.count(h.purchases), h.count(h.days)),
    ),
    Feature(
        "return_share",
        "share",
        "returns",
        "Value returned over value bought",
        lambda h: _ratio(
            -h.total(h.lines, h.lines["amount_minor"], h.lines["amount_minor"] < 0),
            h.total(h.purchases, h.purchases["amount_minor"]),
        ),
    ),
    Feature(
        "categories",
        "count",
        "category",
        "Distinct categories bought",
        lambda h: h.distinct(h.purchases, h.purchases["category"]),
        ("category",),
    ),
    Feature(
        "top_category_share",
        "share",
        "category",
        "Share of lines in the most frequent category",
        lambda h: _ratio(h.most_frequent(h.purchases, h.purchases["category"]), h.count(h.purchases)),
        ("category",),
    ),
    Feature(
        "discount_share",
        "share",
        "price",
        "Money off over the price before discount",
        _discount_share,
        ("discount_minor",),
    ),
    Feature("eco_share", "share", "eco", "Share of revenue from eco products", _eco_share, ("is_eco",)),
    Feature(
        "touches_90d",
        "count",
        "engagement",
        "E-mails and ads in the last 90 days",
        lambda h: h.count(h.touches, h.touches.age < 90),
        ("touch_ts",),
    ),
    Feature(
        "open_share_90d",
        "share",
        "engagement",
        "Share of them opened",
        lambda h: _touch_share(h, "opened", 90),
        ("opened",),
    ),
    Feature(
        "click_share_90d",
        "share",
        "engagement",
        "Share of them clicked",
        lambda h: _touch_share(h, "clicked", 90),
        ("clicked",),
    ),
    Feature(
        "acquisition_cost",
        "money",
        "acquisition",
        "What acquiring the customer cost",
        lambda h: _money(h.profile["acquisition_cost_minor"].to_numpy(dtype="float64", na_value=np.nan)),
        ("acquisition_cost_minor",),
    ),
    Feature("channel", "text", "acquisition", "Channel that acquired the customer", _profile("channel"), ("channel",)),
    Feature(
        "campaign", "text", "acquisition", "Campaign that acquired the customer", _profile("campaign"), ("campaign",)
    ),
    Feature("country", "text", "profile", "Country", _profile("country"), ("country",)),
    Feature("age_band", "text", "profile", "Age band", _profile("age_band"), ("age_band",)),
    Feature(
        "email_consent",
        "flag",
        "profile",
        "1 if the customer agreed to e-mail",
        lambda h: h.profile["email_consent"].to_numpy(dtype="float64", na_value=np.nan),
        ("email_consent",),
    ),
)
