"""Customers for the tests of segments."""

import numpy as np
import pandas as pd

from clv.marketing.params import TierParams, TierShares, TierThresholds
from clv.marketing.tiers import assign_tiers

SHARES = TierParams("shares", TierShares(0.2, 0.3), TierThresholds(100.0, 10.0), 0.05)


def customers(n: int, seed: int = 0) -> pd.DataFrame:
    """A table of customer values with two kinds of customers, and what snapshots say of them."""
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
