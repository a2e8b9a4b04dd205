"""Reading the truth of a synthetic shop, and writing the results of an evaluation."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.data.schema import expected_column
from clv.evaluation.forecast_parts import write_no_forecasts
from clv.evaluation.judgement import Judgement
from clv.evaluation.latent import latent_forecast
from clv.evaluation.params import CheckName
from clv.evaluation.recalibration import Factor
from clv.evaluation.verdict import Check
from clv.features.columns import CUSTOMER
from clv.table_shape import Columns


def read_latent(truth: Path, ids: pd.Series, as_of: date) -> np.ndarray | None:
    """The forecast given the latents of a synthetic shop (`latent_forecast`); None without a file of the truth."""
    if not truth.exists():
        return None
    column = expected_column(as_of)
    names = [CUSTOMER, *(name for name in storage.columns_of(truth) if name == column)]
    return latent_forecast(storage.read_table(truth, names, needed=Columns((CUSTOMER,), (), (column,))), ids, as_of)


def drawn(customers: int, most: int) -> dict[str, int]:
    """The number of customers drawn, to be written with figures of a draw of `most`; empty where all are used."""
    return {"drawn_customers": most} if customers > most else {}


def write_judgement(judgement: Judgement | None, **further: pd.DataFrame) -> None:
    """Write the tables of a judgement, and those of `further` by name; empty tables where there is no judgement."""
    tables = {} if judgement is None else {**vars(judgement), **further}
    for name, path in paths.JUDGEMENT.items():
        storage.write_csv(tables.get(name, pd.DataFrame(columns=["customers"])), path)


def write_unjudged(why: str, checks: Mapping[CheckName, Check]) -> None:
    """Write every output of an evaluation empty, with the reason why there is nothing to judge by, and the checks."""
    write_no_forecasts()
    write_judgement(None)
    storage.write_json({"customers": 0, "why": why}, paths.EVALUATE_METRICS)
    storage.write_json({"recommendation": f"There is no backtest, because {why}."}, paths.DRIFT_METRICS)
    write_verdict(checks)


def write_drift(drift: pd.DataFrame, factor: Factor, advice: str, drawn: Mapping[str, int]) -> None:
    """Write the columns by status, the factor on the level, the recommendation, and how many customers were drawn."""
    said = {"columns": drift["status"].value_counts().to_dict(), "factor": asdict(factor), "recommendation": advice}
    storage.write_json({**said, **drawn}, paths.DRIFT_METRICS)


def write_verdict(checks: Mapping[CheckName, Check]) -> None:
    """Write the checks: a list with name, value, threshold, status and message."""
    storage.write_json([{"name": name} | asdict(check) for name, check in checks.items()], paths.VERDICT)
