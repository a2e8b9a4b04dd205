"""Fitting a shop in memory: clean, featurize and train as the pipeline does, without DVC."""

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd

from clv.door.featurized import clean, featurize
from clv.door.frames import in_python, read_frames, require_frames
from clv.door.model import Model
from clv.door.recipe_fit import fit_recipe
from clv.door.settings import settings
from clv.errors import InputError


def fit(
    transactions: pd.DataFrame,
    horizon_days: int = 180,
    customers: pd.DataFrame | None = None,
    touches: pd.DataFrame | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Model:
    """Fit a forecaster of what each customer will spend, net of returns, in the `horizon_days` after the last day.

    The rows become the bytes of the pipeline's models/today, given the same tables and parameters and `tune.trials: 0`:
    nothing is tuned here. It is worked out in this process, with snapshots in a temporary folder, and in one thread,
    unless the environment variable CLV_THREADS allows more, on which no number depends.

    Parameters
    ----------
    transactions: a row per order line or return, in any order, with `customer_id`, `order_ts` (a time, a date, or text
    of one) and `amount` (net of discount, below 0 of a return), or `quantity` and `unit_price`; order_id, product_id,
    category, quantity, unit_price, discount, is_eco, is_return and status help where they are there, other columns are
    left alone. customers: a row each, with `customer_id` and any of channel, campaign, acquisition_cost, country,
    age_band. touches: e-mails and ads to them, with `customer_id`, `touch_ts` and any of kind, opened, clicked.
    columns: names of your columns to ours, in whichever tables have them, as {"InvoiceDate": "order_ts"}. params:
    further parameters by their dotted names in params.yaml, as {"time.last_day": "2025-06-30", "preprocess.grain":
    "orders", "train.learners": ["btyd", "ridge"]}.

    Warns of what was found in the input that may make the numbers wrong. Raises `InputError`, one line with the remedy,
    for a table, column, value or parameter that cannot be used, and where there is too little to learn from.
    """
    if transactions is None:  # of the others None says that there is no such table
        raise InputError("transactions must be a pandas.DataFrame, got None")
    frames = require_frames({"transactions": transactions, "customers": customers, "touches": touches})
    present = {table: list(map(str, frame.columns)) for table, frame in frames.items()}
    how = settings(horizon_days, params, columns, present)
    shop = clean(read_frames(frames, how), how)
    for finding in shop.facts.findings[shop.facts.findings["flagged"]].itertuples():
        remedy = in_python(str(finding.remedy))
        warnings.warn(f"{finding.text}{'; ' if remedy else ''}{remedy}", UserWarning, stacklevel=2)
    made = featurize(shop, how)
    today = made.plan.today
    forecaster = fit_recipe(made, today, how)
    snapshot = made.snapshot(today.forecast)
    return Model(forecaster, made.shop(today.as_of), how, snapshot, made.fingerprints(), shop.facts.findings, made)
