"""Forecasts of many customers, part by part: memory stays bounded, and parts run in parallel."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from clv.models.forecaster import Forecaster

PART_ROWS = 50_000


def predict_in_parts(model: Forecaster, snapshot: pd.DataFrame, threads: int) -> pd.DataFrame:
    """The result of `model.predict`, byte for byte: a customer's forecast does not depend on other customers.

    Load the model with a single thread, so that the threads of parts and of learners do not compete.
    """
    with ThreadPoolExecutor(threads) as pool:
        parts = [snapshot.iloc[start : start + PART_ROWS] for start in range(0, max(len(snapshot), 1), PART_ROWS)]
        return pd.concat(pool.map(model.predict, parts))
