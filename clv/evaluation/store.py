"""What an evaluation reads beside forecasts, to look for drift and for what could be known, and what it writes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.data.schema import TABLES, expected_column
from clv.data.world.params import SyntheticParams
from clv.evaluation.drift_samples import drawn
from clv.evaluation.judgement import Judgement
from clv.evaluation.latent import ceilings
from clv.evaluation.params import CheckName
from clv.evaluation.recalibration import Factor
from clv.evaluation.verdict import Check
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.store import read_rows, read_snapshot
from clv.features.timeline import Recipe
from clv.table_shape import Columns


def read_samples(today: Recipe, test: pd.DataFrame, shares: CustomerShares, seed: int) -> dict[str, pd.DataFrame]:
    """What drift is between: some of the rows that today's model learned from, the test rows, today's customers."""
    customers = sum(len(read_snapshot(rows, [])) for rows in today.training)
    training = drawn((read_rows(rows, shares) for rows in today.training), customers, np.random.default_rng(seed))
    return {"training": training, "test": test, "current": read_rows(today.forecast, shares)}


def read_ceilings(
    truth: Path, shop: SyntheticParams, seed: int, ids: pd.Series, as_of: date, horizon_days: int
) -> dict[str, np.ndarray]:
    """What could be known of customers as of a date, by forecast: of a synthetic shop alone, whose truth is there."""
    if not truth.exists():
        return {}
    known = storage.read_table(truth, needed=Columns((CUSTOMER,), (), (expected_column(as_of),)))
    tables = {name: storage.read_table(paths.clean(name)) for name in TABLES}
    return ceilings(shop, seed, known, tables, ids, as_of, horizon_days)


def write_judgement(judgement: Judgement | None, **further: pd.DataFrame) -> None:
    """Write the tables of a judgement, and those of `further` by name; empty ones where there is none."""
    tables = {} if judgement is None else {**vars(judgement), **further}
    for name, path in paths.JUDGEMENT.items():
        storage.write_csv(tables.get(name, pd.DataFrame(columns=["customers"])), path)


def write_unjudged(why: str, checks: Mapping[CheckName, Check]) -> None:
    """Write every output of an evaluation empty, with the reason why there is nothing to judge by, and the checks."""
    storage.write_table(pd.DataFrame({CUSTOMER: [], "realised": []}), paths.TEST_FORECASTS)
    write_judgement(None)
    storage.write_json({"customers": 0, "why": why}, paths.EVALUATE_METRICS)
    storage.write_json({"recommendation": f"There is no backtest, because {why}."}, paths.DRIFT_METRICS)
    write_verdict(checks)


def write_drift(drift: pd.DataFrame, factor: Factor, advice: str) -> None:
    """Write how many columns have which status, how far the level was off, and what to do about it."""
    counts = drift["status"].value_counts().to_dict()
    storage.write_json({"columns": counts, "factor": asdict(factor), "recommendation": advice}, paths.DRIFT_METRICS)


def write_verdict(checks: Mapping[CheckName, Check]) -> None:
    """Write the checks, a list of name, value, threshold, status and message."""
    storage.write_json([{"name": name} | asdict(check) for name, check in checks.items()], paths.VERDICT)
