"""Tasks for the forecasting process: functions of plain values, which run there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from clv.data.schema import TABLES, names
from clv.door import raw_history
from clv.door.raw_history import Given
from clv.serving import aggregates, provisional
from clv.serving.aggregates import Aggregates
from clv.serving.order_event import OrderEvent
from clv.serving.records import records
from clv.serving.worker_state import held

Rows = Sequence[Mapping[str, Any]]


def forecast(tables: Mapping[str, Rows]) -> dict[str, Any]:
    """Forecast customers from raw rows by table, under our column names: transactions, customers and touches.

    Values are plain, with times as ISO 8601 text. A table without rows counts as one with all columns. Returns
    `customers`, one row each by `customer_id` with the forecast columns of customer values, for all who had bought by
    the date of the model; and `set_aside`, the number of rows that cleaning rejected, by rule. Raises `InputError` as
    `clv.door.raw_history.predict` does.
    """
    model = held()
    given = Given({table: _frame(table, rows) for table, rows in tables.items()})
    cleaned = raw_history.clean(model.forecaster, model.shop, given, model.preprocess)
    forecasts = raw_history.forecast(model.forecaster, model.shop, cleaned)
    return {"customers": records(forecasts), "set_aside": raw_history.rejected(cleaned)}


def estimate(given: Aggregates) -> dict[str, Any]:
    """The estimate of one customer from aggregates, as `clv.serving.aggregates.estimate` describes it."""
    return aggregates.estimate(held().forecaster, given)


def after_events(customer_id: str, events: Sequence[OrderEvent]) -> dict[str, Any]:
    """The effect of all events of a customer in the journal: `forecast`, `provisional` and `set_aside`.

    `clv.serving.provisional.WithEvents` describes them.
    """
    model = held()
    rows = model.rows.of(customer_id)
    return asdict(provisional.after_events(model.forecaster, model.shop, model.preprocess, rows, events))


def _frame(table: str, rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(list(rows)) if rows else pd.DataFrame(columns=names(TABLES[table]))
