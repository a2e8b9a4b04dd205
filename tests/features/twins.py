"""The features of one customer, computed in the slow and obvious way.

All but the means of `source_mean` come from that customer's rows alone. Of `clv.features` only constants are used: each
value follows the description of the feature, in plain pandas.
"""

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clv.features import sources
from clv.features.block import Clean

Value = float | str | None
NAN = float("nan")


def over(numerator: float, denominator: float) -> float:
    """The quotient; NaN where the denominator is not positive."""
    return numerator / denominator if denominator > 0 else NAN


@dataclass(frozen=True)
class Seen:
    """What was known about one customer at the end of the cutoff day; ages are days before it."""

    clean: Clean
    customer: str
    cutoff: date
    horizon: int

    def _past(self, frame: pd.DataFrame, time: str) -> pd.DataFrame:
        day = frame[time].dt.normalize()
        aged = frame.assign(age=(pd.Timestamp(self.cutoff) - day).dt.days)
        return aged[(frame["customer_id"] == self.customer) & (aged["age"] >= 0)]

    @cached_property
    def lines(self) -> pd.DataFrame:
        return self._past(self.clean.transactions, "order_ts")

    @cached_property
    def touches(self) -> pd.DataFrame:
        return self._past(self.clean.touches, "touch_ts")

    @property
    def bought(self) -> pd.DataFrame:
        return self.lines[self.lines["amount_minor"] > 0]

    @property
    def returned(self) -> pd.DataFrame:
        return self.lines[self.lines["amount_minor"] < 0]

    @cached_property
    def days(self) -> pd.Series:
        """Revenue in money by purchase day, oldest first."""
        return self.bought.groupby(self.bought["order_ts"].dt.normalize())["amount_minor"].sum().sort_index() / 100

    @property
    def ages(self) -> np.ndarray:
        """Ages of the purchase days, oldest first."""
        return np.array([(pd.Timestamp(self.cutoff) - day).days for day in self.days.index])

    def profile(self, column: str) -> Any:
        known = self.clean.customers[self.clean.customers["customer_id"] == self.customer]
        return known[column].iloc[0] if len(known) and pd.notna(known[column].iloc[0]) else None


def spend(lines: pd.DataFrame, newest: int, oldest: float) -> float:
    """Net revenue at ages newest <= age < oldest."""
    return float(lines.loc[(lines["age"] >= newest) & (lines["age"] < oldest), "amount_minor"].sum()) / 100


def buying(s: Seen) -> dict[str, Value]:
    revenue, ages = s.days.to_numpy(), s.ages
    tenure, recency, net = float(ages.max()), float(ages.min()), spend(s.lines, 0, math.inf)
    gaps = [float(older - newer) for older, newer in itertools.pairwise(ages)]
    mean_gap = sum(gaps) / len(gaps) if gaps else NAN
    gap_sd = float(np.std(gaps)) if len(gaps) > 1 else NAN
    revenue_sd = float(np.std(revenue)) if len(revenue) > 1 else NAN
    old, new = revenue[ages >= 180], revenue[ages < 180]
    season_end = max(365 - s.horizon, 0)
    return {
        "tenure_days": tenure,
        "recency_days": recency,
        "frequency": len(revenue) - 1.0,
        "monetary_value": revenue.mean(),
        "net_revenue": net,
        "net_revenue_per_day": net / (tenure + 1),
        "net_revenue_last_horizon": spend(s.lines, 0, s.horizon),
        "last_order_value": revenue[-1],
        "highest_order_value": revenue.max(),
        "order_value_sd": revenue_sd,
        "order_value_cv": revenue_sd / revenue.mean(),
        "active_span_share": over(tenure - recency, tenure),
        "gap_mean_days": mean_gap,
        "gap_sd_days": gap_sd,
        "gap_cv": gap_sd / mean_gap,
        "regularity_k": over(mean_gap**2, gap_sd**2),
        "gap_longest_days": max(gaps, default=NAN),
        "gap_shortest_days": min(gaps, default=NAN),
        "gap_last_days": gaps[-1] if gaps else NAN,
        "gap_trend": gaps[-1] / mean_gap if gaps else NAN,
        "overdue_ratio": recency / mean_gap,
        "overdue_sd": over(recency - mean_gap, gap_sd),
        "spend_share_90d": revenue[ages < 90].sum() / revenue.sum(),
        "order_value_trend_180d": new.mean() / old.mean() if len(new) and len(old) else NAN,
        "activity_trend_90d": (sum(ages < 90) / min(90, tenure + 1)) / (len(ages) / (tenure + 1)),
        "spend_same_season": spend(s.lines, season_end, 365) if tenure >= season_end else NAN,
    }


def windows(s: Seen) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for days in (7, 30, 90, 180, 365):
        found[f"active_days_{days}d"] = float((s.ages < days).sum())
        found[f"spend_{days}d"] = spend(s.lines, 0, days)
    for days in (30, 90, 180):
        before = (s.ages >= days) & (s.ages < 2 * days)
        found[f"active_days_momentum_{days}d"] = float((s.ages < days).sum() - before.sum())
        found[f"spend_momentum_{days}d"] = spend(s.lines, 0, days) - spend(s.lines, days, 2 * days)
    return found


def orders(s: Seen) -> dict[str, Value]:
    first_lines = s.bought.dropna(subset="order_id").sort_values("order_ts").drop_duplicates("order_id")
    return {f"orders_{days}d": float((first_lines["age"] < days).sum()) for days in (7, 30, 90, 180, 365)}


def most_frequent(labels: list[tuple[Any, str]]) -> tuple[str | None, float]:
    """The leading label and its count. Events are replayed one by one; those of a day in text order."""
    counts: dict[str, int] = {}
    leader = None
    for _, label in sorted(labels):
        counts[label] = counts.get(label, 0) + 1
        if leader is None or counts[label] >= counts[leader]:
            leader = label
    return leader, float(counts[leader]) if leader is not None else NAN


def variety(s: Seen, column: str) -> dict[str, Any]:
    """Statistics of the labels of the lines bought."""
    known = s.bought.dropna(subset=column)
    counts = known[column].value_counts()
    shares = counts / max(len(known), 1)
    oldest = known.groupby(column)["age"].max()
    leader, top = most_frequent(list(zip(known["order_ts"].dt.normalize(), known[column], strict=True)))
    return {
        "distinct": float(len(counts)),
        "new": float((oldest < 180).sum()),
        "entropy": float(-(shares * np.log(shares)).sum()) if len(known) else NAN,
        "leader": leader,
        "top_share": over(top, len(known)),
        "repeats": over(len(known) - len(counts), len(known)),
    }


def categories(s: Seen) -> dict[str, Value]:
    category = variety(s, "category")
    known = s.bought.dropna(subset="category")
    return {
        "categories": category["distinct"],
        "new_categories_180d": category["new"],
        "category_entropy": category["entropy"],
        "top_category_share": category["top_share"],
        "preferred_category": category["leader"],
        "first_category": min(known.loc[known["age"] == known["age"].max(), "category"], default=None),
    }


def products(s: Seen) -> dict[str, Value]:
    product = variety(s, "product_id")
    return {
        "products": product["distinct"],
        "new_products_180d": product["new"],
        "top_product_share": product["top_share"],
        "repeat_product_share": product["repeats"],
    }


def discounts(lines: pd.DataFrame) -> float:
    off = float(lines["discount_minor"].astype("float64").fillna(0).clip(lower=0).sum())
    return over(off, off + float(lines["amount_minor"].sum()))


def eco(lines: pd.DataFrame) -> float:
    lines = lines.dropna(subset="is_eco")
    is_eco = lines["is_eco"].astype(bool)
    return over(float(lines.loc[is_eco, "amount_minor"].sum()), float(lines["amount_minor"].sum()))


def prices(s: Seen) -> dict[str, Value]:
    bought = s.bought
    recent, older = bought[bought["age"] < 180], bought[bought["age"] >= 180]
    discounted = bought["discount_minor"].astype("float64").fillna(0) > 0
    priced = bought[bought["unit_price_minor"].astype("float64") > 0]
    return {
        "lines_per_day": len(bought) / len(s.days),
        "line_value_mean": float(bought["amount_minor"].mean()) / 100,
        "units_per_line": float(bought.loc[bought["quantity"] > 0, "quantity"].mean()),
        "unit_price_mean": float(priced["unit_price_minor"].astype("float64").mean()) / 100,
        "unit_price_mean_180d": float(priced.loc[priced["age"] < 180, "unit_price_minor"].astype("float64").mean())
        / 100,
        "discount_share": discounts(bought),
        "discounted_line_share": float(discounted.mean()),
        "discount_momentum_180d": discounts(recent) - discounts(older),
    }


def returns(s: Seen) -> dict[str, Value]:
    bought, back = s.bought, s.returned
    return {
        "return_share": float(-back["amount_minor"].sum()) / float(bought["amount_minor"].sum()),
        "return_lines": float(len(back)),
        "return_line_ratio": len(back) / len(bought),
        "returned_180d": float(-back.loc[back["age"] < 180, "amount_minor"].sum()) / 100,
        "return_recency_days": float(back["age"].min()) if len(back) else NAN,
    }


def eco_products(s: Seen) -> dict[str, Value]:
    bought = s.bought.dropna(subset="is_eco")
    recent, older = bought[bought["age"] < 180], bought[bought["age"] >= 180]
    is_eco = bought["is_eco"].astype(bool)
    return {
        "eco_share": eco(bought),
        "eco_line_share": float(is_eco.mean()) if len(bought) else NAN,
        "eco_momentum_180d": eco(recent) - eco(older),
        "eco_premium": float(bought.loc[is_eco, "amount_minor"].mean() / bought.loc[~is_eco, "amount_minor"].mean()),
    }


def source_mean(s: Seen, key: tuple[str, ...]) -> float:
    """Mean revenue in the first days of earlier customers like this one whose first days are over; NaN if too few."""
    bought = s.clean.transactions[s.clean.transactions["amount_minor"] > 0].copy()
    bought["day"] = bought["order_ts"].dt.normalize()
    bought = bought[bought["day"] <= pd.Timestamp(s.cutoff)]
    first = bought.groupby("customer_id")["day"].min()
    window = bought[(bought["day"] - bought["customer_id"].map(first)).dt.days < sources.WINDOW_DAYS]
    customers = s.clean.customers.set_index("customer_id").reindex(first.index)
    customers["revenue"] = window.groupby("customer_id")["amount_minor"].sum() / 100
    if "category" in key:
        first_lines = bought[bought["day"] == bought["customer_id"].map(first)]
        customers["category"] = first_lines.groupby("customer_id")["category"].min()
    over_by = first + pd.Timedelta(days=sources.WINDOW_DAYS - 1)
    like = over_by <= pd.Timestamp(s.cutoff)
    for column in key:
        mine = customers.loc[s.customer, column]
        if pd.isna(mine):
            return NAN
        like &= (customers[column] == mine).fillna(False).astype(bool)
    return float(customers.loc[like, "revenue"].mean()) if like.sum() >= sources.MIN_CUSTOMERS else NAN


def acquisition(s: Seen) -> dict[str, Value]:
    first_day = s.bought[s.bought["age"] == s.bought["age"].max()]
    first_value, net = float(first_day["amount_minor"].sum()) / 100, spend(s.lines, 0, math.inf)
    cost = s.profile("acquisition_cost_minor")
    cost = NAN if cost is None else float(cost) / 100
    consent = s.profile("email_consent")
    tenure = s.ages.max()
    begin = s.days[s.ages > tenure - sources.WINDOW_DAYS].sum()
    campaign = source_mean(s, ("campaign",))
    return {
        **{name: s.profile(name) for name in ("channel", "campaign", "country", "age_band")},
        "email_consent": NAN if consent is None else float(consent),
        "acquisition_cost": cost,
        "cac_over_first_order": over(cost, first_value),
        "net_revenue_over_cac": over(net, cost),
        "first_order_value": first_value,
        "first_order_lines": float(len(first_day)),
        "first_discount_share": discounts(first_day),
        "channel_quality": source_mean(s, ("channel",)),
        "campaign_quality": campaign,
        "channel_category_quality": source_mean(s, ("channel", "category")),
        "value_over_campaign": over(begin, campaign) if tenure >= sources.WINDOW_DAYS - 1 else NAN,
    }


def engagement(s: Seen) -> dict[str, Value]:
    recent = s.touches[s.touches["age"] < 90]
    opened = s.touches[s.touches["opened"].fillna(False).astype(bool)]
    clicked = s.touches[s.touches["clicked"].fillna(False).astype(bool)]

    def decayed(touches: pd.DataFrame) -> float:
        return sum(0.5 ** (age // 30) for age in touches["age"] if age < 180)

    return {
        "touches_90d": float(len(recent)),
        "emails_90d": float((recent["kind"].str.lower() == "email").sum()),
        "ads_90d": float((recent["kind"].str.lower() == "ad").sum()),
        "open_share_90d": over(float((opened["age"] < 90).sum()), recent["opened"].notna().sum()),
        "click_share_90d": over(float((clicked["age"] < 90).sum()), recent["clicked"].notna().sum()),
        "open_recency_days": float(opened["age"].min()) if len(opened) else NAN,
        "click_recency_days": float(clicked["age"].min()) if len(clicked) else NAN,
        "touches_decayed": decayed(s.touches),
        "opens_decayed": decayed(opened),
        "clicks_decayed": decayed(clicked),
    }


def calendar(s: Seen) -> dict[str, Value]:
    days = s.days.index
    quarters = [(day, f"Q{day.quarter}") for day in days]
    angle = [2 * math.pi * (((day - pd.Timestamp("1970-01-01")).days / 365.25) % 1) for day in days]
    x, y = np.mean(np.cos(angle)), np.mean(np.sin(angle))
    to_christmas = [
        min(abs((day - pd.Timestamp(year, 12, 25)).days) for year in (day.year - 1, day.year, day.year + 1))
        for day in days
    ]
    peak, top = most_frequent(quarters)
    coming = (pd.Timestamp(s.cutoff) + pd.Timedelta(days=1)).quarter
    return {
        "weekend_share": float(np.mean([day.day_name() in ("Saturday", "Sunday") for day in days])),
        "season_strength": math.hypot(x, y) if len(days) > 1 else NAN,
        "season_share": float(np.mean([(11, 20) <= (day.month, day.day) <= (12, 24) for day in days])),
        "christmas_distance_days": float(np.mean(to_christmas)),
        "first_quarter": quarters[0][1],
        "peak_quarter": peak,
        "peak_quarter_share": top / len(days),
        "coming_quarter_share": float(np.mean([day.quarter == coming for day in days])),
    }


Family = Callable[[Seen], dict[str, Value]]
# The families that need only times, amounts, categories and eco flags.
FEW: tuple[Family, ...] = (buying, windows, categories, returns, eco_products)
FAMILIES: tuple[Family, ...] = (*FEW, orders, products, prices, acquisition, engagement, calendar)


def obvious(
    clean: Clean, customer: str, cutoff: date, horizon: int, families: Iterable[Family] = FAMILIES
) -> dict[str, Value]:
    """Every feature of a customer who had bought by the cutoff, or those of some families."""
    seen = Seen(clean, customer, cutoff, horizon)
    return {name: value for family in families for name, value in family(seen).items()}
