"""Buy-till-you-die models of a snapshot: they fit odd shops, survive JSON, and give correct figures."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.params import BtydParams
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchases import PURCHASE_MODELS
from clv.models.btyd.season import NO_SEASON, Season
from clv.models.btyd.value import Btyd
from clv.params import Params
from tests.models.processes import MBG
from tests.models.rows import PLENTY

CUTOFF = date(2024, 1, 1)
GG = GammaGamma(p=6.25, q=3.74, v=15.44)
PARETO_NBD = ParetoNbd(r=0.8, alpha=50.0, s=0.6, beta=300.0)  # in days


@pytest.mark.parametrize("purchases", PURCHASE_MODELS)
@pytest.mark.parametrize(("n", "frequency"), [(50, 0), (50, 3), (1, 0)])
def test_degenerate_shops_still_fit(project_params: Params, purchases: Any, n: int, frequency: int) -> None:
    """No customer came back; all bought the same; there is one customer."""
    features = pd.DataFrame(
        {
            "frequency": [frequency] * n,
            "tenure_days": [100.0] * n,
            "recency_days": [100.0 if frequency == 0 else 10.0] * n,
            "monetary_value": [20.0] * n,
            "net_revenue": [20.0 * (frequency + 1)] * n,
        }
    )
    model = Btyd.fit(features, CUTOFF, 90, NO_SEASON, replace(project_params.train.btyd, purchases=purchases))
    outputs = model.outputs(features)
    assert np.isfinite(outputs.to_numpy()).all()
    assert (outputs.to_numpy() >= 0).all()
    assert outputs["btyd_spend"].iloc[0] == pytest.approx(20, rel=0.2)
    days = model.days_to_next_order(features)
    assert np.isfinite(days).all()
    assert (days > 0).all()


def test_the_models_survive_json() -> None:
    for season in (NO_SEASON, Season((0.1, -0.2))):
        model = Btyd(MBG, GG, 0.95, season, CUTOFF, 90, BtydParams("mbg_nbd", 0.1, "yearly", ()), PLENTY)
        assert Btyd.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_half_of_the_active_order_again_by_the_median() -> None:
    model = Btyd(PARETO_NBD, GG, 1.0, NO_SEASON, CUTOFF, 90, BtydParams("pareto_nbd", 0.1, "yearly", ()), PLENTY)
    customers = pd.DataFrame({"frequency": [0.0, 3.0], "tenure_days": [30.0, 30.0], "recency_days": [30.0, 2.0]})
    rng, days = np.random.default_rng(0), model.days_to_next_order(customers)
    for x, median in zip((0, 3), days, strict=True):
        rate = rng.gamma(PARETO_NBD.r + x, 1 / (PARETO_NBD.alpha + 30), 200_000)
        assert (rng.exponential(1, 200_000) < rate * median).mean() == pytest.approx(0.5, abs=0.005)


def test_quantiles_hold_the_share_of_returns() -> None:
    customers = pd.DataFrame(
        {"frequency": [5.0], "tenure_days": [30.0], "recency_days": [2.0], "monetary_value": [20.0]}
    )
    whole, net = (
        Btyd(
            PARETO_NBD, GG, share, NO_SEASON, CUTOFF, 90, BtydParams("pareto_nbd", 0.1, "yearly", ()), PLENTY
        ).quantiles(customers, [0.5, 0.9], 1)
        for share in (1.0, 0.8)
    )
    assert whole.shape == (2, 1)
    assert (whole[1] > whole[0]).all()
    assert net == pytest.approx(0.8 * whole)
