"""The processes that the models describe, event by event: what customers do up to T, and after it."""

import numpy as np
import pandas as pd

from clv.models.btyd.bg_nbd import BgNbd
from clv.models.btyd.mbg_nbd import MbgNbd
from clv.models.btyd.pareto_nbd import ParetoNbd
from clv.models.btyd.purchase_model import PurchaseModel

# Fitted to CDNOW's 1/10 sample, in weeks.
BG = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
MBG = MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)
MODELS = (BG, MBG, PARETO)

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def simulate(
    model: PurchaseModel, T: np.ndarray, t: float, rng: np.random.Generator, discount: float = 0.0, until: float = 0.0
) -> pd.DataFrame:
    """Customers of a model observed over T (n,): x, t_x, T, alive at T, purchases `later` in (T, T + t].

    `discounted` sums exp(-discount * time since T) over the purchases in (T, T + until].
    """
    n = len(T)
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    life, dropout = np.full(n, np.inf), np.zeros(n)
    if isinstance(model, ParetoNbd):
        life = rng.exponential(1 / np.maximum(rng.gamma(model.s, 1 / model.beta, n), 1e-300))
    else:
        dropout = rng.beta(model.a, model.b, n)
    x, t_x, later, discounted, now = np.zeros((5, n))
    active = np.arange(n)
    if isinstance(model, MbgNbd):
        life[rng.random(n) < dropout] = 0.0
    while len(active):
        now[active] += rng.exponential(1, len(active)) / rate[active]
        active = active[(now[active] <= life[active]) & (now[active] <= T[active] + max(t, until))]
        early, late = active[now[active] <= T[active]], active[now[active] > T[active]]
        x[early] += 1
        t_x[early] = now[early]
        later[late] += now[late] <= T[late] + t
        discounted[late] += np.exp(-discount * (now[late] - T[late])) * (now[late] <= T[late] + until)
        dropped = active[rng.random(len(active)) < dropout[active]]
        life[dropped] = now[dropped]
    columns = {"x": x, "t_x": t_x, "T": T, "alive": life > T, "later": later, "discounted": discounted}
    return pd.DataFrame(columns).astype(float)


def history(world: pd.DataFrame) -> Columns:
    """x, t_x and T of simulated customers."""
    return world["x"].to_numpy(), world["t_x"].to_numpy(), world["T"].to_numpy()
