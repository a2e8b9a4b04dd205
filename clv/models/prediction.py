"""Forecasts of many customers, part by part: memory stays bounded, and parts are worked on side by side."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from clv.models.forecaster import Forecaster

PART_ROWS = 50_000


def predict_in_parts(model: Forecaster, snapshot: pd.DataFrame, threads: int) -> pd.DataFrame:
    """What `model.predict` gives, byte by byte: a customer's forecast depends on no other customer.

    Load the model with one thread of its own, so that the threads of parts and of learners do not contend.
    """
    with ThreadPoolExecutor(threads) as pool:
        parts = [snapshot.iloc[start : start + PART_ROWS] for start in range(0, max(len(snapshot), 1), PART_ROWS)]
        return pd.concat(pool.map(model.predict, parts))
