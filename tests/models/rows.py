"""Samples made of a few numbers, for the tests of the forecaster's parts."""

from datetime import date

import numpy as np
import pandas as pd

from clv.models.btyd.basis import Basis
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.mbg_nbd import MbgNbd
from clv.models.btyd.params import BtydParams
from clv.models.btyd.season import NO_SEASON
from clv.models.btyd.value import Btyd
from clv.models.samples import Sample

CUTOFF = date(2024, 1, 1)
HORIZON = 90
PLENTY = Basis(customers=1000, repeat_buyers=500, history_days=1000, residual_within=0.9)
BTYD = Btyd(
    MbgNbd(0.5, 6, 0.9, 1.6),
    GammaGamma(6, 4, 15),
    1.0,
    NO_SEASON,
    CUTOFF,
    HORIZON,
    BtydParams("mbg_nbd", 0.1, "yearly", ()),
    PLENTY,
)


def sample(features: pd.DataFrame, target: np.ndarray, orders: np.ndarray, cutoff: date = CUTOFF) -> Sample:
    """A sample of customers c0, c1 and so on."""
    return Sample(cutoff, np.array([f"c{i}" for i in range(len(target))]), features, target, orders, BTYD)


def learnable(n: int, seed: int, cutoff: date = CUTOFF) -> Sample:
    """Customers whose mean value is the BTYD forecast times a feature `f`; a third of them buy."""
    rng = np.random.default_rng(seed)
    value, f = rng.lognormal(2, 1, n), rng.lognormal(0, 0.7, n)
    buys = rng.random(n) < 0.35
    target = np.where(buys, value * f * rng.gamma(4, 0.25, n) / 0.35, 0.0)
    features = pd.DataFrame(
        {
            "f": f,
            "noise": rng.normal(size=n),
            "kind": rng.choice(["a", "b"], n),
            "btyd_p_purchase": np.full(n, 0.35),
            "btyd_orders": np.full(n, 0.5),
            "btyd_spend": value / 0.5,
            "btyd_value": value,
        }
    )
    return sample(features, target, buys * (1.0 + rng.integers(0, 2, n)), cutoff)


def zero_inflated(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Expected values, and realised ones, most of which are 0."""
    mean = rng.lognormal(2, 1, n)
    buys = rng.random(n) < 0.35
    return mean, np.where(buys, mean / 0.35 * rng.gamma(2, 0.5, n), 0.0)
