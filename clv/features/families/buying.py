"""How often, how recently and for how much a customer buys: RFM, gaps between purchases, windows, momentum."""

import numpy as np

from clv.features.events import Events
from clv.features.feature import Feature, money
from clv.features.history import History
from clv.features.past import ratio

WINDOWS_DAYS = (7, 30, 90, 180, 365)
YEAR_DAYS = 365


def is_repeat(days: Events) -> np.ndarray:
    """Whether a purchase day follows an earlier one, and so has a gap."""
    return days["gap"] > 0


def shortness(days: Events) -> np.ndarray:
    """Negated gaps, so that the highest is the shortest; far below all others where there is no gap."""
    return np.where(days["gap"] > 0, -days["gap"], -(2**30))


def per_purchase_day(h: History) -> np.ndarray:
    """Mean revenue per purchase day."""
    return money(h.days.mean("amount_minor"))


def revenue_spread(h: History) -> np.ndarray:
    """Standard deviation of the revenue of purchase days, NaN for fewer than two."""
    return np.where(h.days.count() > 1, np.sqrt(money(money(h.days.variance("amount_minor")))), np.nan)


def mean_gap(h: History) -> np.ndarray:
    """Mean days between purchase days, NaN with fewer than two purchase days."""
    return h.days.mean("gap", is_repeat)


def gap_spread(h: History) -> np.ndarray:
    """Standard deviation of the gaps, NaN for fewer than two gaps."""
    return np.where(h.days.count() > 2, np.sqrt(h.days.variance("gap", is_repeat)), np.nan)


def if_repeat(h: History, values: np.ndarray) -> np.ndarray:
    """Values for customers with at least two purchase days, NaN for others."""
    return np.where(h.days.count() > 1, values, np.nan)


def tenure(h: History) -> np.ndarray:
    """Days since the first purchase."""
    return h.days.first_age()


def activity(h: History, days: int) -> np.ndarray:
    """Purchase days per day, over the last `days` days or over the tenure if shorter, with the first day included."""
    return h.days.last(days).count() / np.minimum(tenure(h) + 1, days)


def same_season(h: History) -> np.ndarray:
    """Net revenue on the days of the coming horizon one year earlier; NaN for those who were not customers then."""
    newest = max(YEAR_DAYS - h.horizon_days, 0)
    spend = money(h.lines.ages(newest, YEAR_DAYS).sum("amount_minor"))
    return np.where(tenure(h) >= newest, spend, np.nan)


def window(days: int) -> list[Feature]:
    """Features of the last `days` days."""
    return [
        Feature(
            f"orders_{days}d",
            "count",
            "windows",
            f"Orders placed in the last {days} days, by order id",
            lambda h: h.lines.last(days).count("starts_order"),
            ("transactions.order_id",),
        ),
        Feature(
            f"active_days_{days}d",
            "count",
            "windows",
            f"Purchase days in the last {days} days",
            lambda h: h.days.last(days).count(),
        ),
        Feature(
            f"spend_{days}d",
            "money",
            "windows",
            f"Net revenue in the last {days} days",
            lambda h: money(h.lines.last(days).sum("amount_minor")),
        ),
    ]


def momentum(days: int) -> list[Feature]:
    """Changes between the last `days` days and the same number of days before."""
    return [
        Feature(
            f"active_days_momentum_{days}d",
            "count",
            "momentum",
            f"Purchase days of the last {days} days less those of the {days} before",
            lambda h: h.days.last(days).count() - h.days.ages(days, 2 * days).count(),
        ),
        Feature(
            f"spend_momentum_{days}d",
            "money",
            "momentum",
            f"Net revenue of the last {days} days less that of the {days} before",
            lambda h: money(h.lines.last(days).sum("amount_minor") - h.lines.ages(days, 2 * days).sum("amount_minor")),
        ),
    ]


FEATURES: tuple[Feature, ...] = (
    Feature("tenure_days", "days", "rfm", "Days since the first purchase (T)", tenure),
    Feature("recency_days", "days", "rfm", "Days since the last purchase (T - t_x)", lambda h: h.days.last_age()),
    Feature(
        "frequency",
        "count",
        "rfm",
        "Repeat purchase days: purchase days less the first (x)",
        lambda h: h.days.count() - 1,
    ),
    Feature("monetary_value", "money", "rfm", "Mean revenue per purchase day, before returns", per_purchase_day),
    Feature("net_revenue", "money", "rfm", "Net revenue so far", lambda h: money(h.lines.sum("amount_minor"))),
    Feature(
        "net_revenue_per_day",
        "money",
        "rfm",
        "Net revenue so far per day of tenure, the day of acquisition included",
        lambda h: money(h.lines.sum("amount_minor")) / (tenure(h) + 1),
    ),
    Feature(
        "net_revenue_last_horizon",
        "money",
        "rfm",
        "Net revenue in the last H days, H the forecast horizon",
        lambda h: money(h.lines.last(h.horizon_days).sum("amount_minor")),
    ),
    Feature(
        "last_order_value",
        "money",
        "rfm",
        "Revenue of the last purchase day",
        lambda h: money(h.days.latest("amount_minor")),
    ),
    Feature(
        "highest_order_value",
        "money",
        "rfm",
        "Revenue of the best purchase day",
        lambda h: money(h.days.highest("amount_minor")),
    ),
    Feature(
        "order_value_sd",
        "money",
        "rfm",
        "Standard deviation of the revenue of purchase days (two or more)",
        revenue_spread,
    ),
    Feature(
        "order_value_cv",
        "ratio",
        "rfm",
        "Standard deviation of the revenue of purchase days over its mean",
        lambda h: ratio(revenue_spread(h), per_purchase_day(h)),
    ),
    Feature(
        "active_span_share",
        "share",
        "rfm",
        "Share of the tenure until the last purchase (t_x / T)",
        lambda h: ratio(tenure(h) - h.days.last_age(), tenure(h)),
    ),
    Feature("gap_mean_days", "days", "gaps", "Mean days between purchase days", mean_gap),
    Feature("gap_sd_days", "days", "gaps", "Standard deviation of the gaps (three purchase days or more)", gap_spread),
    Feature(
        "gap_cv",
        "ratio",
        "gaps",
        "Standard deviation of the gaps over their mean (three purchase days or more): 1 at random, 0 for a clock",
        lambda h: ratio(gap_spread(h), mean_gap(h)),
    ),
    Feature(
        "regularity_k",
        "ratio",
        "gaps",
        "Squared mean gap over the variance of the gaps (three purchase days or more): moment estimate of k in "
        "Erlang-k gaps; null if all gaps are equal",
        lambda h: ratio(mean_gap(h) ** 2, gap_spread(h) ** 2),
    ),
    Feature(
        "gap_longest_days",
        "days",
        "gaps",
        "Longest gap between purchase days",
        lambda h: if_repeat(h, h.days.highest("gap")),
    ),
    Feature(
        "gap_shortest_days",
        "days",
        "gaps",
        "Shortest gap between purchase days",
        lambda h: if_repeat(h, -h.days.highest(shortness)),
    ),
    Feature(
        "gap_last_days",
        "days",
        "gaps",
        "Gap before the last purchase day",
        lambda h: if_repeat(h, h.days.latest("gap")),
    ),
    Feature(
        "gap_trend",
        "ratio",
        "gaps",
        "Gap before the last purchase day over the mean gap",
        lambda h: ratio(if_repeat(h, h.days.latest("gap")), mean_gap(h)),
    ),
    Feature(
        "overdue_ratio",
        "ratio",
        "gaps",
        "Days since the last purchase over the mean gap",
        lambda h: ratio(h.days.last_age(), mean_gap(h)),
    ),
    Feature(
        "overdue_sd",
        "ratio",
        "gaps",
        "Days since the last purchase less the mean gap, in standard deviations of the gaps (three purchase days "
        "or more); null if all gaps are equal",
        lambda h: ratio(h.days.last_age() - mean_gap(h), gap_spread(h)),
    ),
    *(feature for days in WINDOWS_DAYS for feature in window(days)),
    *(feature for days in (30, 90, 180) for feature in momentum(days)),
    Feature(
        "spend_share_90d",
        "share",
        "momentum",
        "Share of all revenue before returns that is of the last 90 days",
        lambda h: ratio(h.days.last(90).sum("amount_minor"), h.days.sum("amount_minor")),
    ),
    Feature(
        "order_value_trend_180d",
        "ratio",
        "momentum",
        "Mean revenue per purchase day of the last 180 days over that before",
        lambda h: ratio(h.days.last(180).mean("amount_minor"), h.days.ages(180).mean("amount_minor")),
    ),
    Feature(
        "activity_trend_90d",
        "ratio",
        "momentum",
        "Purchase days per day in the last 90 days, or the tenure if shorter, over those per day of all the tenure",
        lambda h: activity(h, 90) / (h.days.count() / (tenure(h) + 1)),
    ),
    Feature(
        "spend_same_season",
        "money",
        "momentum",
        "Net revenue in the days of the coming horizon, a year earlier (of at most 365 days); "
        "null for those who were no customers yet",
        same_season,
    ),
)
