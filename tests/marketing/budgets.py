"""Small shops and their randomised tests, for budgets to be split."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clv.marketing.budget.params import BudgetParams
from clv.marketing.budget.response import Response
from clv.marketing.budget.setting import Setting
from clv.marketing.tiers import GROWTH, HIGH, LOW, TIERS

CHANNELS = ("email", "search", "social")
MEAN = {HIGH: 150.0, GROWTH: 40.0, LOW: 8.0}
LIFT = {"email": 0.5, "search": 0.35, "social": 0.25}
HALF = {"email": 4.0, "search": 3.0, "social": 6.0}


def today(n: int = 1000) -> pd.DataFrame:
    """Customer values: a fifth is High-CLV, three tenths are Growth-Potential."""
    tier = np.repeat(TIERS, (n // 5, 3 * n // 10, n - n // 5 - 3 * n // 10))
    predicted = pd.Series(tier).map(MEAN).to_numpy() * 3
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(n)],
            "tier": tier,
            "predicted_clv": predicted,
            "lower_95": predicted * 0.5,
            "upper_95": predicted * 1.5,
            "window_revenue": predicted / 3,
        }
    )


def participants(n: int, seed: int, costs: Sequence[float] = (2.0, 5.0, 10.0), noise: float = 1.0) -> pd.DataFrame:
    """Outcomes of a test with a control and arms of CHANNELS x costs; n participants of each tier in each arm."""
    rng = np.random.default_rng(seed)
    tables = []
    for tier in TIERS:
        for channel, cost in [("", 0.0), *((c, x) for c in CHANNELS for x in costs)]:
            lift = LIFT[channel] * cost / (cost + HALF[channel]) if channel else 0.0
            expected = MEAN[tier] * rng.gamma(4.0, 0.25, n)
            orders = expected / 40 * (1 + lift)
            if noise:
                orders = rng.poisson(orders)
            paid = rng.gamma(4 / noise, noise / 4, n) if noise else 1.0
            tables.append(
                pd.DataFrame(
                    {
                        "experiment": "test",
                        "arm": f"{channel}-{cost:g}",
                        "channel": channel,
                        "cost": cost,
                        "is_control": not channel,
                        "revenue": orders * 40 * paid,
                        "orders": orders,
                        "expected": expected,
                        "tier": tier,
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def setting(response: Response, params: BudgetParams, channels: tuple[str, ...], customers: int = 100) -> Setting:
    """The setting of an optimal budget for TIERS x channels with given curves."""
    cells = pd.DataFrame([(tier, channel) for tier in TIERS for channel in channels], columns=["tier", "channel"])
    cells = cells.assign(customers=customers, mean_clv=100.0, window_revenue=1000.0, open=True)
    return Setting("optimal", "tests", cells, response, params)


def random_response(cells: int, draws: int, seed: int) -> Response:
    """Curves of which some yield more than they cost; K takes only a few values, as in a fit over a grid."""
    rng = np.random.default_rng(seed)
    top = rng.gamma(2.0, 1000.0, (cells, 1)) * rng.gamma(4.0, 0.25, (cells, draws))
    half = rng.choice([200.0, 500.0, 1500.0], (cells, draws))
    return Response(top, half, rng.uniform(500, 3000, cells))
