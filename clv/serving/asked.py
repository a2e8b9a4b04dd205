"""What the API asks of the process that forecasts: it reads bodies and writes answers, while the other one serves."""

import re
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from pydantic import ValidationError

from clv.door.raw_history import OPTIONS, AbsentError
from clv.errors import InputError
from clv.extras import needing
from clv.serving import tasks
from clv.serving.bodies import PredictBody
from clv.serving.http_refusals import first_of
from clv.serving.refused import Refused


def predict(body: bytes, most_rows: int, stamp: dict[str, Any]) -> bytes:
    """The answer to a body of `/v1/predict`: the stamp of the release, `customers` and `set_aside`.

    Raises `Refused`, which names the field, where the body is none or has more rows than `most_rows`.
    """
    try:
        given = PredictBody.model_validate_json(body)
    except ValidationError as error:
        raise first_of(error.errors(include_input=False, include_url=False)) from None
    tables = given.tables()
    rows = sum(map(len, tables.values()))
    if rows > most_rows:
        raise Refused(
            f"a request may have {most_rows:,} rows at most (serve.max_rows), got {rows:,}; send some customers at a "
            f"time, each with all of their rows",
            field="orders",
        )
    try:
        return orjson.dumps(stamp | tasks.forecast(tables))
    except AbsentError as error:
        raise Refused(_of_request(str(error)), field=OPTIONS[error.table]) from None
    except InputError as error:
        raise Refused(str(error), field="orders") from None


def _of_request(message: str) -> str:
    """A message about tables that are not there as one about a request, which has no files."""
    return re.sub(r"give --(\w+) .*", r"give \1 in the request, [] where there are none", message)


def split_budget(total: float) -> tuple[dict[str, Any], dict[Path, pd.DataFrame]]:
    """The budget of the release at another total: see `clv.serving.budget_split`, which is loaded when first asked for.

    Raises `InputError` where its solver is not installed, which nothing else here needs.
    """
    with needing("pipeline", "a budget of another total"):
        from clv.serving import budget_split
    return budget_split.split_budget(total)
