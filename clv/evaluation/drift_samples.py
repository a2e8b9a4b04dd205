"""The samples in which drift is looked for: rows that taught a model, rows of a backtest, and today's customers."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from clv.evaluation.drift import FORECAST_COLUMN, TARGET_COLUMN
from clv.features.columns import NOT_FEATURES, TARGET
from clv.models.forecaster import Forecaster

DRAWN_ROWS = 20_000  # of all training snapshots together: enough to compare distributions


def drift_samples(model: Forecaster, samples: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Rows of snapshots by name, as `drift_table` takes them.

    Features as of the cutoff of each, the forecast of the one model, and the target, in money.
    """
    return {name: _with_forecast(model, rows) for name, rows in samples.items()}


def drawn(snapshots: Iterable[pd.DataFrame], customers: int, rng: np.random.Generator) -> pd.DataFrame:
    """About DRAWN_ROWS rows of several snapshots, which have so many customers together, of each in proportion.

    The snapshots are taken one by one: of a generator no two are held whole at a time.
    """
    share = min(1.0, DRAWN_ROWS / max(customers, 1))
    parts = []
    for snapshot in snapshots:
        kept = np.sort(rng.permutation(len(snapshot))[: round(len(snapshot) * share)])
        parts.append(snapshot.iloc[kept])
    return pd.concat(parts, ignore_index=True)


def _with_forecast(model: Forecaster, rows: pd.DataFrame) -> pd.DataFrame:
    columns = rows.drop(columns=list(NOT_FEATURES))
    columns[FORECAST_COLUMN] = model.forecast(model.features_of(rows))
    columns[TARGET_COLUMN] = rows[TARGET]
    return columns
