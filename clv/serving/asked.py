"""What the API asks of the process that forecasts: it reads bodies and writes answers, while the other one serves."""

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
    """The answer to a body of `/v1/predict`: the stamp of the release, `customers` and `set_aside`.

    Raises `RefusedError`, which names the field, where the body is none or has more rows than `most_rows`.
    """
    tables = read(PredictBody, body).tables()
    rows = sum(map(len, tables.values()))
    if rows > most_rows:
        raise RefusedError(
            f"a request may have {most_rows:,} rows at most (serve.max_rows), got {rows:,}; send some customers at a "
            f"time, each with all of their rows",
            field="orders",
        )
    try:
        return orjson.dumps(stamp | tasks.forecast(tables))
    except AbsentError as error:
        field = OPTIONS[error.table]
        remedy = (
            f"give {field} in the request, [] where there are none"
            if error.is_whole
            else f"name it in the rows of {field}, null where it is not known"
        )
        raise RefusedError(f"{error.problem}; {remedy}", field=field) from None
    except InputError as error:
        raise RefusedError(str(error), field="orders") from None


def split_budget(total: float) -> tuple[dict[str, Any], dict[Path, pd.DataFrame]]:
    """The budget of the release at another total: see `clv.serving.budget_split`, which is loaded when first asked for.

    Raises `InputError` where its solver is not installed, which nothing else here needs.
    """
    with needing("pipeline", "a budget of another total"):
        from clv.serving import budget_split
    return budget_split.split_budget(total)
