"""The samples that are compared for drift: training rows of a model, rows of a backtest, and today's customers."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from clv.evaluation.chosen_rows import drawn_ids, read_ids
from clv.evaluation.drift import FORECAST_COLUMN, TARGET_COLUMN
from clv.features.columns import NOT_FEATURES, TARGET
from clv.features.params import CustomerShares
from clv.features.store import n_customers
from clv.features.timeline import Recipe, Rows
from clv.models.forecaster import Forecaster

DRAWN_ROWS = 20_000  # of all training snapshots together: enough to compare distributions

Read = Callable[[Rows, pd.Series], pd.DataFrame]  # the complete rows of customers of a snapshot, by their ids


def drift_samples(model: Forecaster, samples: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Rows of snapshots by name, as `drift_table` takes them.

    Each has the features as of its cutoff, the forecast of the one `model`, and the target, in money.
    """
    return {name: _with_forecast(model, rows) for name, rows in samples.items()}


def read_samples(
    read: Read, today: Recipe, test: Rows, shares: CustomerShares, most: int, seed: int
) -> dict[str, pd.DataFrame]:
    """The samples for drift by name: training rows of today's model, test rows, and today's customers.

    About DRAWN_ROWS of the first are drawn at random, and at most `most` of each of the others by a hash.
    """
    taught = training_ids(today.training, shares, np.random.default_rng(seed))
    training = [read(rows, ids) for rows, ids in zip(today.training, taught, strict=True)]
    others = {
        name: read(rows, drawn_ids(read_ids(rows, shares), "drift", most))
        for name, rows in (("test", test), ("current", today.forecast))
    }
    return {"training": pd.concat(training, ignore_index=True), **others}


def training_ids(training: Sequence[Rows], shares: CustomerShares, rng: np.random.Generator) -> list[pd.Series]:
    """The ids of about DRAWN_ROWS rows of several snapshots together, drawn from each in proportion to its size."""
    share = min(1.0, DRAWN_ROWS / max(sum(n_customers(rows) for rows in training), 1))
    found = []
    for rows in training:
        ids = read_ids(rows, shares)
        found.append(ids.iloc[np.sort(rng.permutation(len(ids))[: round(len(ids) * share)])])
    return found


def _with_forecast(model: Forecaster, rows: pd.DataFrame) -> pd.DataFrame:
    columns = rows.drop(columns=list(NOT_FEATURES))
    columns[FORECAST_COLUMN] = model.forecast(model.features_of(rows))
    columns[TARGET_COLUMN] = rows[TARGET]
    return columns
