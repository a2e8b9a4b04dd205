"""Reading what a forecast is judged by."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.data.schema import TABLES
from clv.data.world.params import SyntheticParams
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.drift import FORECAST_COLUMN, TARGET_COLUMN
from clv.features.columns import CUSTOMER, NOT_FEATURES, TARGET
from clv.features.params import CustomerShares
from clv.features.store import read_rows
from clv.features.timeline import Recipe, Rows
from clv.models.forecaster import Forecaster

DRIFT_ROWS = 20_000  # of all training snapshots together, drawn: enough to compare distributions


def read_bayes(synthetic: SyntheticParams, seed: int, ids: pd.Series, recipe: Recipe, horizon_days: int) -> np.ndarray:
    """What can be known of customers of a synthetic shop from their history, (n,) money."""
    tables = {name: storage.read_table(paths.clean(name)) for name in TABLES}
    return bayes_forecast(synthetic, seed, tables, ids, recipe.as_of, horizon_days)


def read_drift_samples(
    today: Recipe, backtest: Recipe, shares: CustomerShares, model: Forecaster, seed: int
) -> Mapping[str, pd.DataFrame]:
    """What today's model learned from, the rows of the backtest and today's customers, by name, a row per customer.

    Features as of the cutoff of each, the forecast of today's model, and the target, in money.
    """
    samples = {
        "current": read_rows(today.forecast, shares),
        "training": _read_drawn(today.training, shares, np.random.default_rng(seed)),
        "test": read_rows(backtest.forecast, shares),
    }
    return {
        name: rows.drop(columns=list(NOT_FEATURES)).assign(
            **{FORECAST_COLUMN: model.predict(rows)["predicted_clv"], TARGET_COLUMN: rows[TARGET]}
        )
        for name, rows in samples.items()
    }


def _read_drawn(training: Sequence[Rows], shares: CustomerShares, rng: np.random.Generator) -> pd.DataFrame:
    """About DRIFT_ROWS rows of several snapshots, of each in proportion: no two of them are held whole at a time."""
    sizes = [len(storage.read_table(paths.snapshot(str(rows.cutoff)), [CUSTOMER])) for rows in training]
    share = min(1.0, DRIFT_ROWS / max(sum(sizes), 1))
    drawn = []
    for rows in training:
        snapshot = read_rows(rows, shares)
        kept = np.sort(rng.permutation(len(snapshot))[: round(len(snapshot) * share)])
        drawn.append(snapshot.iloc[kept])
    return pd.concat(drawn, ignore_index=True)
