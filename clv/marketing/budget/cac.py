"""How much the acquisition of a customer of a tier may cost, and how to spend on the tier."""

import numpy as np
import pandas as pd

from clv.marketing.interval_of_mean import interval_of_mean
from clv.marketing.tiers import GROWTH, HIGH, LOW, TIERS
from clv.suppression import hidden

STRATEGY = {
    HIGH: "Bid for value (value optimisation), and look for the 1% most similar people (1% lookalikes)",
    GROWTH: "Bid for purchases (conversion optimisation)",
    LOW: "Cap the cost per customer, and spend on tests only",
}


def cac_table(
    values: pd.DataFrame, cac_share: float, margin_rate: float, spread: float, horizon_days: int, least: int
) -> pd.DataFrame:
    """One row per tier, from the top: the value of a customer within the horizon, and what acquiring one may cost.

    Columns: tier, customers, margin_clv (mean margin of a customer, money), margin_clv_lower and margin_clv_upper (95%
    interval), cac_target (`cac_share` of the lower bound), bid_ceiling (the lower bound, at which a customer just
    breaks even), payback_days (until the mean margin, evenly spread over the horizon, has covered the CAC target),
    strategy. Figures of tiers that `hidden` suppresses at `least` are NaN. A tier without customers has only their
    number, 0, and no strategy, because there is nobody to find lookalikes for.

    `values` has tier, predicted_clv, lower_95 and upper_95, one row per customer; `spread` is the relative standard
    deviation of the level of all forecasts.
    """
    rows = []
    counts = np.array([(values["tier"] == tier).sum() for tier in TIERS])
    for tier, n, unseen in zip(TIERS, counts, hidden(counts, least), strict=True):
        of_tier = values[values["tier"] == tier]
        shown = n > 0 and not unseen
        mean = float(of_tier["predicted_clv"].mean()) * margin_rate if shown else np.nan
        lower, upper = interval_of_mean(of_tier, spread) if shown else (np.nan, np.nan)
        lower, upper = lower * margin_rate, upper * margin_rate
        target = round(lower * cac_share, 2)
        rows.append(
            {
                "tier": tier,
                "customers": np.nan if unseen else float(n),
                "margin_clv": mean,
                "margin_clv_lower": lower,
                "margin_clv_upper": upper,
                "cac_target": target,
                "bid_ceiling": round(lower, 2),
                "payback_days": target / mean * horizon_days if mean > 0 else np.nan,
                "strategy": STRATEGY[tier] if n else "",
            }
        )
    return pd.DataFrame(rows)
