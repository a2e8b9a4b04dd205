"""The ceilings for forecasts of a synthetic shop, whose truth is known."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from clv.data.schema import expected_column
from clv.evaluation.forecast_names import BAYES, LATENT_TRUTH
from clv.evaluation.holdout import Holdout

CEILINGS = (LATENT_TRUTH, BAYES)


def latent_forecast(truth: pd.DataFrame, customer_ids: pd.Series, cutoff: date) -> np.ndarray | None:
    """Net revenue expected in the horizon after a cutoff given the latents, (n,) money in the order of the ids.

    `truth` has one row per customer. None where it lacks this cutoff or, by their ids, any of these customers.
    """
    column = expected_column(cutoff)
    if column not in truth.columns or not customer_ids.isin(truth["customer_id"]).all():
        return None
    expected = truth.set_index("customer_id")[column]
    return expected.reindex(pd.Index(customer_ids)).to_numpy(dtype="float64")


def with_ceilings(holdout: Holdout, latent: np.ndarray) -> Holdout:
    """The same customers, with the expectation given the latents beside the Bayes forecast, (n,) money."""
    others = {name: forecast for name, forecast in holdout.beside.items() if name != BAYES}
    return replace(holdout, beside={**others, LATENT_TRUTH: latent, BAYES: holdout.beside[BAYES]})
