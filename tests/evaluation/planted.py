"""Customers whose value is known to rise with one feature above all."""

import numpy as np
import pandas as pd

from clv.models.samples import Sample
from tests.models.rows import sample

GROUPS = {
    "f": "planted",
    "noise": "noise",
    "kind": "kind",
    "constant": "noise",
    "btyd_value": "btyd",
    "btyd_p_purchase": "btyd",
    "btyd_orders": "btyd",
    "btyd_spend": "btyd",
}


def planted(n: int, seed: int) -> Sample:
    """Values rise with `f`, which some customers lack, and are 1.5 times as high for kind b; few are of kind c."""
    rng = np.random.default_rng(seed)
    value, f = rng.lognormal(2, 0.1, n), rng.lognormal(0, 0.8, n)
    kind = rng.choice(["a", "b", "c"], n, p=[0.6, 0.395, 0.005])
    buys = rng.random(n) < 0.5
    target = np.where(buys, value * f * np.where(kind == "b", 1.5, 1.0) * rng.gamma(6, 1 / 6, n) / 0.5, 0.0)
    features = pd.DataFrame(
        {
            "f": np.where(rng.random(n) < 0.03, np.nan, f),
            "noise": rng.normal(size=n),
            "kind": pd.Series(kind, dtype="str"),
            "constant": 1.0,
            "btyd_p_purchase": 0.5,
            "btyd_orders": 0.5,
            "btyd_spend": value / 0.5,
            "btyd_value": value,
        }
    )
    return sample(features, target, buys * 1.0)
