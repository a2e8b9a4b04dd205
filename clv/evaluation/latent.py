"""What is achievable on a synthetic shop, whose truth is known."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from clv.data.schema import expected_column
from clv.data.world.params import SyntheticParams
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH


def latent_forecast(truth: pd.DataFrame, customer_ids: pd.Series, cutoff: date) -> np.ndarray | None:
    """Net revenue expected in the horizon after a cutoff by who knows the latents, (n,) money in the order of the ids.

    `truth` has one row per customer. None where it does not speak of this cutoff or, by their ids, of all of these
    customers.
    """
    column = expected_column(cutoff)
    if column not in truth.columns or not customer_ids.isin(truth["customer_id"]).all():
        return None
    expected = truth.set_index("customer_id")[column]
    return expected.reindex(pd.Index(customer_ids)).to_numpy(dtype="float64")


def ceilings(
    shop: SyntheticParams,
    seed: int,
    truth: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    customer_ids: pd.Series,
    cutoff: date,
    horizon_days: int,
) -> dict[str, np.ndarray]:
    """What could be known of customers, (n,) money in the order of the ids: by who knows the latents, and from history.

    `tables` are the clean ones, by name. Empty where `truth` does not speak of them, see `latent_forecast`.
    """
    known = latent_forecast(truth, customer_ids, cutoff)
    if known is None:
        return {}
    return {LATENT_TRUTH: known, BAYES: bayes_forecast(shop, seed, tables, customer_ids, cutoff, horizon_days)}
