"""A shop in memory, and the forecaster of one of its recipes: what the stages do over files, in one process."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from clv.data.cleaning import clean_table, require_some_left
from clv.data.lines import Cleaning
from clv.data.schema import TABLES, names
from clv.data.source import TableSource
from clv.features.base import base_days, total_days
from clv.features.block import FEATURE_TABLES, Block, Clean
from clv.features.labelled_window import window_of
from clv.features.snapshot import make_snapshots
from clv.features.timeline import Plan, Recipe, Rows, cutoffs_of, make_plan
from clv.machine import Machine
from clv.models.forecaster import Forecaster
from clv.models.samples import samples_of
from clv.models.windows import windows_of
from clv.params import Params

Change = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Fitted:
    """A forecaster, the whole snapshot that its recipe forecasts, and the plan that the recipe is of."""

    plan: Plan
    snapshot: pd.DataFrame
    model: Forecaster


def as_they_are(snapshot: pd.DataFrame) -> pd.DataFrame:
    """A snapshot without a change."""
    return snapshot


def fit(p: Params, clean: Clean, plan: Plan, recipe: Recipe, change: Change = as_they_are) -> Fitted:
    """The forecaster of a recipe with the parameters as they are; `change` is made to every snapshot."""
    made = make_snapshots(clean, cutoffs_of([recipe]), plan.last_day, plan.horizon_days)
    snapshots = {cutoff: change(snapshot) for cutoff, snapshot in made.items()}
    block = Block.of_frames(clean)
    base = total_days([base_days(block)])

    def snapshot_of(rows: Rows) -> pd.DataFrame:
        return snapshots[rows.cutoff]

    samples = samples_of(recipe, plan, base, snapshot_of, p.time.customer_shares, p.train.btyd)
    windows = windows_of(
        recipe, plan, samples, lambda c: window_of(block, c, plan.last_day, plan.horizon_days).to_pandas()
    )
    model = Forecaster.fit(samples, windows, p.train, Machine.here(p.device), p.seed)
    return Fitted(plan, snapshot_of(recipe.forecast), model)


def fit_today(p: Params, transactions: pd.DataFrame, last_day: date, horizon_days: int) -> Fitted:
    """Today's forecaster of a shop that has nothing but transactions, as its own files would give it.

    `transactions` are raw lines under our column names, in types; columns that the project does not know are left out.
    """
    raw = {name: pd.DataFrame(columns=names(TABLES[name]), dtype="str") for name in FEATURE_TABLES}
    raw["transactions"] = transactions[[name for name in names(TABLES["transactions"]) if name in transactions]]
    cleaned = {
        name: clean_table(name, table, Cleaning.of(p.preprocess, last_day, TableSource(name, len(table))))
        for name, table in raw.items()
    }
    require_some_left(cleaned["transactions"], p.preprocess.max_rejected_share, "transactions")
    clean = Clean(**{name: table.clean for name, table in cleaned.items()})
    first_day = clean.transactions["order_ts"].min().date()
    plan = make_plan(first_day, last_day, replace(p.time, horizon_days=horizon_days, last_day=last_day))
    return fit(p, clean, plan, plan.today)
