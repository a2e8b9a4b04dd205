"""Customers who buy eco products: the affinity of each, and what distinguishes those of high value."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv.marketing.tiers import HIGH

CONSCIOUS_HIGH, CONSCIOUS, OTHER_HIGH, OTHER = f"Eco-conscious {HIGH}", "Eco-conscious others", f"Other {HIGH}", "Other"
MOST_PRIOR_DAYS = 100.0
SAME = 1e-12  # variance of 1 / days that is due to rounding
COMPARED = (
    "predicted_clv",
    "p_purchase",
    "recency_days",
    "frequency",
    "monetary_value",
    "tenure_days",
    "categories",
    "unit_price_mean",
    "discount_share",
    "return_share",
    "open_share_90d",
    "acquisition_cost",
)


@dataclass(frozen=True)
class EcoBase:
    """The base towards which eco shares are shrunk: `share`, that of all customers, weighted by purchase `days`."""

    share: float
    days: float

    @classmethod
    def fit(cls, eco_share: np.ndarray, days: np.ndarray) -> "EcoBase":
        """From the eco shares (n,), NaN where not known, of all customers, and their purchase days (n,).

        The weight of the base, in purchase days, is the variance within customers over that between them, both from how
        squared deviations fall with the days: an empirical Bayes estimate as in Efron and Morris (1973), JASA 68,
        117-130. Where no share is known, `share` is NaN.
        """
        known = ~np.isnan(eco_share)
        if not known.any():
            return cls(np.nan, 0.0)
        share, n = eco_share[known], days[known].astype("float64")
        base = float((share * n).sum() / n.sum())
        return cls(base, _prior_days((share - base) ** 2, 1 / n, base))

    def affinity(self, eco_share: np.ndarray, days: np.ndarray) -> np.ndarray:
        """The eco share (n,) of each customer, shrunk towards the base by the purchase days (n,) on which it is based.

        One eco order out of one is weaker evidence than nine out of ten. NaN, where nothing is known, becomes the base.
        """
        n = days.astype("float64")
        drawn = (eco_share * n + self.share * self.days) / (n + self.days)
        return np.round(np.where(np.isnan(eco_share), self.share, drawn), 6)


def _prior_days(squares: np.ndarray, per_day: np.ndarray, base: float) -> float:
    """Variance within customers over that between them: 0 to MOST_PRIOR_DAYS, two decimals.

    Slope over intercept of squared deviations on 1 / days, by least squares. Where all customers have equally many days
    there is no slope; each day is then assumed to be wholly eco or not at all, so that both sum to base (1 - base).
    """
    spread = float(((per_day - per_day.mean()) ** 2).mean())
    mean, each = float(squares.mean()), float(per_day.mean())
    if spread > SAME:
        covariance = float(((per_day - each) * (squares - mean)).mean())
        slope = max(covariance / spread, 0.0)
        between = mean - slope * each
    else:
        between = (mean - base * (1 - base) * each) / (1 - each) if each < 1 else 0.0
        slope = max(base * (1 - base) - between, 0.0)
    return round(min(slope / max(between, 1e-9), MOST_PRIOR_DAYS), 2)


def eco_segment(eco_share: np.ndarray, tier: np.ndarray, least: float) -> np.ndarray:
    """The eco segment of each customer, (n,) of text: by eco share, conscious at `least` or more, and by tier."""
    conscious, high = np.nan_to_num(eco_share) >= least, tier == HIGH
    kinds = [conscious & high, conscious, high]
    return np.select(kinds, [CONSCIOUS_HIGH, CONSCIOUS, OTHER_HIGH], OTHER).astype("object")


def what_sets_apart(customers: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Eco-conscious High-CLV customers beside other High-CLV customers: one row per column of COMPARED that exists.

    `customers` has `eco_segment`. Columns: feature, eco_mean, other_mean (in the unit of the feature), difference (of
    the means, in pooled standard deviations: Cohen's d), the largest first. A feature is left out if it is known for
    fewer than `minimum` customers (at least 2) of either group.
    """
    eco, other = (customers[customers["eco_segment"] == name] for name in (CONSCIOUS_HIGH, OTHER_HIGH))
    rows = []
    for name in COMPARED:
        if name not in customers or min(eco[name].count(), other[name].count()) < max(minimum, 2):
            continue
        pooled = np.sqrt(
            (eco[name].var() * (eco[name].count() - 1) + other[name].var() * (other[name].count() - 1))
            / (eco[name].count() + other[name].count() - 2)
        )
        means = float(eco[name].mean()), float(other[name].mean())
        difference = round((means[0] - means[1]) / pooled, 6) if pooled > 0 else 0.0
        rows.append((name, *means, difference))
    table = pd.DataFrame(rows, columns=["feature", "eco_mean", "other_mean", "difference"])
    return table.sort_values("difference", key=lambda d: -d.abs(), kind="stable", ignore_index=True)
