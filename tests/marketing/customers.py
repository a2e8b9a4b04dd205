"""Customers for the tests of segments."""

import numpy as np
import pandas as pd

from clv.marketing.params import TierParams, TierShares, TierThresholds
from clv.marketing.tiers import assign_tiers
from clv.models.value_over_time import VALUES

SHARES = TierParams("shares", TierShares(0.2, 0.3), TierThresholds(100.0, 10.0), 0.05)


def customers(n: int, seed: int = 0) -> pd.DataFrame:
    """A table of customer values, with columns of their snapshots, for two kinds of customers."""
    rng = np.random.default_rng(seed)
    good = rng.random(n) < 0.4
    predicted = np.where(good, rng.lognormal(6, 0.3, n), rng.lognormal(1, 0.3, n)).round(2)
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:05d}" for i in range(n)],
            "predicted_clv": predicted,
            "lower_95": 0.0,
            "upper_95": predicted * 3,
            "p_purchase": np.where(good, 0.9, 0.1),
            "churn_risk": np.where(good, 0.1, 0.9),
            "p_alive": np.where(good, 0.95, 0.2) + rng.normal(0, 0.01, n),
            "recency_days": np.where(good, 10, 300) + rng.integers(0, 9, n),
            "frequency": np.where(good, 8, 0) + rng.integers(0, 2, n),
            "monetary_value": rng.lognormal(3, 0.2, n),
            "tier": assign_tiers(predicted, SHARES),
            "rfm_segment": np.where(good, "Champions", "Lost"),
            "cluster_name": np.where(good, "Frequent high spenders", "Lapsed buyers"),
            "elite": rng.random(n) < 0.1,
        }
    )


def described(n: int) -> pd.DataFrame:
    """Customers with all that pages show of them."""
    made = customers(n)
    for level, factor in ((90, 2.0), (99, 4.0)):
        made[f"lower_{level}"], made[f"upper_{level}"] = 0.0, made["predicted_clv"] * factor
    return made.assign(
        cluster=1,
        confidence="low",
        tenure_days=400,
        residual_value=1000.0,
        **dict.fromkeys(VALUES, 30.0),
        expected_orders=1.5,
        days_to_next_order=9.5,
        not_known="",
    )
