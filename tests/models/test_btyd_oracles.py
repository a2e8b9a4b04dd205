"""The buy-till-you-die models against published numbers and against themselves by another route.

Numbers for CDNOW's 1/10 sample (calibration to 1997-09-30, time in weeks): Fader, Hardie and Lee (2005), Batislam,
Denizel and Filiztekin (2007) and Fader and Hardie (2013), reproduced with lifetimes 0.11.3 and pymc-marketing
0.19.2, which agree.
"""

import numpy as np
import pandas as pd
import pytest

from clv.models.bg_nbd import BgNbd
from clv.models.btyd import Btyd
from clv.models.gamma_gamma import GammaGamma
from clv.models.likelihood import LogLikelihood
from clv.models.mbg_nbd import MbgNbd

MBG = MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614)
GG = GammaGamma(p=6.25, q=3.74, v=15.44)


def weeks(purchases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of every customer."""
    end = pd.Timestamp("1997-09-30")
    days = purchases[purchases["day"] <= end].groupby("customer_id")["day"]
    first, last, n = days.min(), days.max(), days.size()
    return (n - 1).to_numpy(float), (last - first).dt.days.to_numpy() / 7, (end - first).dt.days.to_numpy() / 7


def test_mbg_nbd_fits_cdnow(cdnow_sample: pd.DataFrame) -> None:
    x, t_x, T = weeks(cdnow_sample)
    assert (len(x), x.sum(), (x == 0).sum()) == (2357, 2457, 1411)
    model = MbgNbd.fit(x, t_x, T)
    assert [model.r, model.alpha, model.a, model.b] == pytest.approx([0.5248, 6.1830, 0.8914, 1.6140], abs=1e-2)
    assert model.log_likelihood(x, t_x, T).sum() == pytest.approx(-9582.13, abs=0.05)


def test_bg_nbd_fits_cdnow(cdnow_sample: pd.DataFrame) -> None:
    """Fader, Hardie and Lee (2005), table 2."""
    x, t_x, T = weeks(cdnow_sample)
    model = BgNbd.fit(x, t_x, T)
    assert [model.r, model.alpha, model.a, model.b] == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=1e-2)
    assert model.log_likelihood(x, t_x, T).sum() == pytest.approx(-9582.43, abs=0.05)


@pytest.mark.parametrize(("x", "t_x", "expected"), [(0, 0, -0.59947), (200, 38, 100.7957)])
def test_the_bg_nbd_likelihood_of_extremes(x: float, t_x: float, expected: float) -> None:
    value = BgNbd(r=0.25, alpha=4, a=0.8, b=2.5).log_likelihood(np.array([x]), np.array([t_x]), np.array([40.0]))
    assert value[0] == pytest.approx(expected, abs=1e-4)


def test_gamma_gamma_fits_cdnow(cdnow_sample: pd.DataFrame) -> None:
    within = cdnow_sample[cdnow_sample["day"] <= "1997-09-30"]
    first = within.groupby("customer_id")["day"].transform("min")
    repeat = within[within["day"] > first].groupby("customer_id")["amount"].agg(["size", "mean"])
    repeat = repeat[repeat["mean"] > 0]
    assert len(repeat) == 946
    x, mean = repeat["size"].to_numpy(float), repeat["mean"].to_numpy()
    model = GammaGamma.fit(x, mean)
    assert [model.p, model.q, model.v] == pytest.approx([6.249, 3.745, 15.448], abs=1e-2)
    assert model.log_likelihood(x, mean).sum() == pytest.approx(-4055.92, abs=0.05)


@pytest.mark.parametrize(
    ("x", "t_x", "T", "t", "purchases", "alive"),
    [
        (2, 30.43, 38.86, 39, 1.262961, 0.706202),
        (7, 29.43, 38.86, 39, 3.167572, 0.622724),
        (26, 30.86, 31, 52, 24.003923, 0.965566),
        (0, 0, 38.86, 39, 0.154013, 0.389735),
    ],
)
def test_mbg_nbd_expectations(x: float, t_x: float, T: float, t: float, purchases: float, alive: float) -> None:
    history = np.array([x], float), np.array([t_x], float), np.array([T], float)
    assert MBG.expected_purchases(*history, t)[0] == pytest.approx(purchases, abs=1e-4)
    assert MBG.p_alive(*history)[0] == pytest.approx(alive, abs=1e-4)


@pytest.mark.parametrize(
    ("x", "mean", "spend"),
    [(2, 22.35, 24.6637), (1, 11.77, 18.9169), (7, 73.74, 71.4697), (0, 0, 35.2190)],
)
def test_gamma_gamma_expectations(x: float, mean: float, spend: float) -> None:
    assert GG.expected_spend(np.array([x], float), np.array([mean], float))[0] == pytest.approx(spend, abs=1e-4)


@pytest.mark.parametrize("log_likelihood", [MbgNbd.likelihood, BgNbd.likelihood])
def test_the_gradient_is_that_of_the_likelihood(log_likelihood: LogLikelihood) -> None:
    params = np.array([0.5, 6.0, 0.9, 1.6])
    x, t_x, T = np.array([0.0, 3, 20]), np.array([0.0, 10, 29]), np.array([30.0, 30, 30])
    _, gradient = log_likelihood(params, x, t_x, T)
    for i in range(4):
        step = np.eye(4)[i] * 1e-6
        slope = (log_likelihood(params + step, x, t_x, T)[0] - log_likelihood(params - step, x, t_x, T)[0]) / 2e-6
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-5, atol=1e-7)


def simulate(n: int, T: float, t: float, rng: np.random.Generator) -> pd.DataFrame:
    """Customers of the MBG/NBD process itself, event by event: what they did up to T, and their purchases after."""
    rows = []
    for rate, dropout in zip(rng.gamma(MBG.r, 1 / MBG.alpha, n), rng.beta(MBG.a, MBG.b, n), strict=True):
        now, x, t_x, later = 0.0, 0, 0.0, 0
        alive = rng.random() > dropout
        alive_at_T = alive
        while alive:
            now += rng.exponential(1 / rate)
            if now > T + t:
                break
            if now <= T:
                x, t_x = x + 1, now
            else:
                later += 1
            alive = rng.random() > dropout
            if now <= T:
                alive_at_T = alive
        rows.append((x, t_x, later, alive_at_T))
    return pd.DataFrame(rows, columns=["x", "t_x", "later", "alive"])


def test_closed_form_and_simulation_agree() -> None:
    T, t = 40.0, 30.0
    world = simulate(40_000, T, t, np.random.default_rng(3))
    history = world["x"].to_numpy(float), world["t_x"].to_numpy(), np.full(len(world), T)
    for x, rows in world.groupby(world["x"].clip(upper=4)):
        picked = tuple(column[rows.index] for column in history)
        for expected, seen in (
            (MBG.expected_purchases(*picked, t), rows["later"]),
            (MBG.p_alive(*picked), rows["alive"].astype(float)),
            (MBG.p_purchase(*picked, t), (rows["later"] > 0).astype(float)),
        ):
            tolerance = 4 * (seen.std() / np.sqrt(len(seen)) + 1e-9)
            assert abs(expected.mean() - seen.mean()) < tolerance, f"x = {x}"


def test_parameters_are_recovered() -> None:
    world = simulate(20_000, 60.0, 0.0, np.random.default_rng(4))
    model = MbgNbd.fit(world["x"].to_numpy(float), world["t_x"].to_numpy(), np.full(len(world), 60.0))
    # Standard errors at this size, from the inverse Hessian, are about .01, .2, .03 and .09.
    assert model.r == pytest.approx(MBG.r, abs=0.04)
    assert model.alpha == pytest.approx(MBG.alpha, abs=0.7)
    assert model.a / (model.a + model.b) == pytest.approx(MBG.a / (MBG.a + MBG.b), abs=0.02)


def test_extreme_histories_stay_finite() -> None:
    x = np.array([0.0, 0, 2000, 5, 1])
    t_x = np.array([0.0, 0, 3650, 1, 0.001])
    T = np.array([0.0, 20_000, 3650, 20_000, 0.002])
    for values in (MBG.p_alive(x, t_x, T), MBG.expected_purchases(x, t_x, T, 365.0), MBG.p_purchase(x, t_x, T, 365.0)):
        assert np.isfinite(values).all()
        assert (values >= 0).all()


def test_degenerate_shops_still_fit() -> None:
    """Nobody came back; everybody bought the same; one customer."""
    for n, frequency in ((50, 0), (50, 3), (1, 0)):
        features = pd.DataFrame(
            {
                "frequency": [frequency] * n,
                "tenure_days": [100.0] * n,
                "recency_days": [100.0 if frequency == 0 else 10.0] * n,
                "monetary_value": [20.0] * n,
                "net_revenue": [20.0 * (frequency + 1)] * n,
            }
        )
        outputs = Btyd.fit(features, horizon_days=90).outputs(features)
        assert np.isfinite(outputs.to_numpy()).all()
        assert (outputs.to_numpy() >= 0).all()
        assert outputs["btyd_spend"].iloc[0] == pytest.approx(20, rel=0.2)


def test_the_models_survive_json() -> None:
    model = Btyd(MBG, GG, 0.95, 90)
    assert Btyd.from_dict(model.to_dict()) == model
