"""Requests of the API to the forecasting process, which parses bodies and writes responses for it."""

from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from clv.door.raw_history import OPTIONS, AbsentError
from clv.errors import InputError
from clv.extras import needing
from clv.serving import tasks
from clv.serving.bodies import PredictBody
from clv.serving.http_refusals import read
from clv.serving.refused import RefusedError


def predict(body: bytes, most_rows: int, stamp: dict[str, Any]) -> bytes:
    """The response to a body of `/v1/predict`: the stamp of the release, `customers` and `set_aside`.

    Raises `RefusedError`, which names the field, if the body is invalid or has more than `most_rows` rows.
    """
    tables = read(PredictBody, body).tables()
    rows = sum(map(len, tables.values()))
    if rows > most_rows:
        raise RefusedError(
            f"a request may have {most_rows:,} rows at most (serve.max_rows), got {rows:,}; send fewer customers at "
            f"a time, each with all of their rows",
            field="orders",
        )
    try:
        return orjson.dumps(stamp | tasks.forecast(tables))
    except AbsentError as error:
        field = OPTIONS[error.table]
        remedy = (
            f"give {field} in the request, [] if there are none"
            if error.is_whole
            else f"add it to the rows of {field}, null where it is not known"
        )
        raise RefusedError(f"{error.problem}; {remedy}", field=field) from None
    except InputError as error:
        raise RefusedError(str(error), field="orders") from None


def split_budget(total: float) -> tuple[dict[str, Any], dict[Path, pd.DataFrame]]:
    """The budget of the release at another total; `clv.serving.budget_split` computes it, and is loaded on first use.

    Raises `InputError` if the solver is not installed, which nothing else in the service needs.
    """
    with needing("pipeline", "a budget of another total"):
        from clv.serving import budget_split
    return budget_split.split_budget(total)
