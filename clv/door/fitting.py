"""Fit a shop in memory: clean, featurize and train as the pipeline does, without DVC."""

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

    With the same tables and parameters and `tune.trials: 0` the model has the same bytes as the pipeline's
    models/today; nothing is tuned here. The fit runs in this process, with snapshots in a temporary folder, and in one
    thread unless the environment variable CLV_THREADS allows more; no number depends on it.

    Parameters
    ----------
    transactions: one row per order line or return, in any order, with `customer_id`, `order_ts` (a time, a date, or
    text of one) and `amount` (net of discount, negative for a return), or `quantity` and `unit_price`; order_id,
    product_id, category, quantity, unit_price, discount, is_eco, is_return and status are used if present, other
    columns are ignored. customers: one row each, with `customer_id` and any of channel, campaign, acquisition_cost,
    country, age_band. touches: e-mails and ads that customers received, with `customer_id`, `touch_ts` and any of kind,
    opened, clicked. columns: maps your column names to ours, in every table that has them, such as {"InvoiceDate":
    "order_ts"}. params: other parameters by their dotted names in params.yaml, such as {"time.last_day": "2025-06-30",
    "preprocess.grain": "orders", "train.learners": ["btyd", "ridge"]}.

    Warns about findings in the input that may make the numbers wrong. Raises `InputError`, one line with the remedy,
    for a table, column, value or parameter that cannot be used, and if there is too little data to learn from.
    """
    if transactions is None:  # for the other tables None means that there is none
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
