"""The buy-till-you-die models against published numbers.

Fader and Hardie published the numbers, or lifetimes 0.11.3 and pymc-marketing 0.19.2 compute them and agree. CDNOW's
data: purchases of one day count as one, calibration to 1997-09-30, time in weeks, log-likelihoods without the x! term.
The models are used through `import clv`, as by a user.
"""

import numpy as np
import pandas as pd
import pytest

import clv
from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.gamma_gamma import GammaGamma
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchase_model import PurchaseModel
from tests.conftest import SHARED
from tests.models.processes import BG, MBG, PARETO

GG = GammaGamma(p=6.25, q=3.74, v=15.44)


def weeks(purchases: pd.DataFrame) -> pd.DataFrame:
    """x, t_x, T and the mean repeat purchase of every customer."""
    return clv.rfm_summary(purchases, as_of="1997-09-30", unit="weeks", order_ts="day")


def real_data(path: str) -> pd.DataFrame:
    """A table of the real data; the test skips where it is absent."""
    if not (SHARED / path).exists():
        pytest.skip(f"real data not here: {SHARED / path}")
    return pd.read_parquet(SHARED / path)


@pytest.mark.parametrize(
    ("name", "params", "log_likelihood"),
    [
        ("BgNbd", [0.2426, 4.4135, 0.7929, 2.4258], -9582.43),  # Fader, Hardie and Lee (2005), table 2
        ("MbgNbd", [0.5248, 6.1830, 0.8914, 1.6140], -9582.13),  # lifetimes, pymc-marketing
        ("ParetoNbd", [0.5533, 10.5776, 0.6062, 11.6679], -9594.97),  # Fader, Hardie and Lee (2005), table 2
    ],
)
def test_models_fit_the_sample(
    cdnow_sample: pd.DataFrame, name: str, params: list[float], log_likelihood: float
) -> None:
    histories = weeks(cdnow_sample)[["x", "t_x", "T"]]
    x = histories["x"]
    assert (len(x), x.sum(), (x == 0).sum()) == (2357, 2457, 1411)
    model = getattr(clv, name).fit(**histories)
    assert list(vars(model).values()) == pytest.approx(params, abs=1e-2)
    assert model.log_likelihood(**histories).sum() == pytest.approx(log_likelihood, abs=0.05)


def test_bg_nbd_fits_the_full_cohort() -> None:
    """Computed with lifetimes and pymc-marketing, which agree."""
    lines = real_data("cdnow/transactions.parquet")
    histories = weeks(lines.rename(columns={"order_ts": "day"}))[["x", "t_x", "T"]]
    model = clv.BgNbd.fit(**histories)
    assert list(vars(model).values()) == pytest.approx([0.252, 4.789, 0.723, 2.161], abs=1e-2)
    assert model.log_likelihood(**histories).sum() == pytest.approx(-95368.4, abs=0.05)


@pytest.mark.parametrize(("x", "t_x", "expected"), [(0, 0, -0.59947), (200, 38, 100.7957)])
def test_the_bg_nbd_likelihood_of_extremes(x: float, t_x: float, expected: float) -> None:
    """Computed with lifetimes."""
    value = BgNbd(r=0.25, alpha=4, a=0.8, b=2.5).log_likelihood(np.array([x]), np.array([t_x]), np.array([40.0]))
    assert value[0] == pytest.approx(expected, abs=1e-4)


def test_p_alive_of_pareto_stays_finite() -> None:
    """Here the published term (alpha + T) ** (r + x) exceeds the largest float."""
    model = ParetoNbd(r=0.5143, alpha=2.8845, s=0.2856, beta=14.1087)
    (alive,) = model.p_alive(np.array([254.0]), np.array([97.143]), np.array([97.286]))
    assert 0.99 < alive <= 1


@pytest.mark.parametrize(
    ("model", "x", "t_x", "T", "t", "purchases", "alive"),
    [
        (BG, 2, 30.43, 38.86, 39, 1.226028, 0.726579),
        (BG, 7, 29.43, 38.86, 39, 3.337053, 0.641756),
        (BG, 26, 30.86, 31, 52, 25.758196, 0.968916),
        (BG, 0, 0, 38.86, 39, 0.195098, 1),
        (PARETO, 2, 30.43, 38.86, 39, 1.455123, 0.869168),
        (PARETO, 7, 29.43, 38.86, 39, 3.712251, 0.749501),
        (PARETO, 26, 30.86, 31, 52, 25.458473, 0.997919),
        (PARETO, 0, 0, 38.86, 39, 0.107081, 0.295287),
        (MBG, 2, 30.43, 38.86, 39, 1.262961, 0.706202),
        (MBG, 7, 29.43, 38.86, 39, 3.167572, 0.622724),
        (MBG, 26, 30.86, 31, 52, 24.003923, 0.965566),
        (MBG, 0, 0, 38.86, 39, 0.154013, 0.389735),
    ],
)
def test_expectations(
    model: PurchaseModel, x: float, t_x: float, T: float, t: float, purchases: float, alive: float
) -> None:
    """Computed with lifetimes and pymc-marketing, which agree."""
    history = np.array([x], float), np.array([t_x], float), np.array([T], float)
    assert model.expected_purchases(*history, t)[0] == pytest.approx(purchases, abs=1e-4)
    assert model.p_alive(*history)[0] == pytest.approx(alive, abs=1e-4)


def test_a_new_customer_of_bg_nbd() -> None:
    """Fader, Hardie and Lee (2005), eq. 8 and 9, computed with lifetimes."""
    assert BG.p_purchases_of_new(0, 39.0) == pytest.approx(0.573786, abs=1e-4)
    assert BG.expected_purchases_of_new(np.array([39.0, 78])) == pytest.approx([1.196723, 1.860519], abs=1e-4)


def test_gamma_gamma_fits_cdnow(cdnow_sample: pd.DataFrame) -> None:
    """Computed with lifetimes and pymc-marketing, which agree."""
    summary = weeks(cdnow_sample)
    repeat = summary.loc[summary["mean"] > 0, ["x", "mean"]]
    assert len(repeat) == 946
    model = clv.GammaGamma.fit(**repeat)
    assert [model.p, model.q, model.v] == pytest.approx([6.249, 3.745, 15.448], abs=1e-2)
    assert model.log_likelihood(**repeat).sum() == pytest.approx(-4055.92, abs=0.05)


@pytest.mark.parametrize(
    ("x", "mean", "spend"),
    [(2, 22.35, 24.6637), (1, 11.77, 18.9169), (7, 73.74, 71.4697), (0, 0, 35.2190)],
)
def test_gamma_gamma_expectations(x: float, mean: float, spend: float) -> None:
    """Computed with lifetimes and pymc-marketing; the last is the mean of all customers."""
    assert GG.expected_spend(np.array([x], float), np.array([mean], float))[0] == pytest.approx(spend, abs=1e-4)


def test_bg_bb_fits_donations() -> None:
    """Fader, Hardie and Shang (2010)."""
    cells = real_data("bgbb_donations/rf_matrix.parquet")
    *rows, weight = (cells[name].to_numpy(float) for name in ("frequency", "recency", "periods", "weights"))
    assert weight.sum() == 11_104
    model = clv.BgBb.fit(*rows, weight=weight)
    assert list(vars(model).values()) == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], abs=1e-2)
    assert weight @ model.log_likelihood(*rows) == pytest.approx(-33225.58, abs=0.05)
