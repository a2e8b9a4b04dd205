"""Forecasts for CSV tables that were pasted or uploaded, read as `clv predict` reads files, in the worker."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from clv.data.params import FilesParams
from clv.data.schema import TABLES, clean_name, names
from clv.data.statuses import Statuses
from clv.door import raw_history
from clv.door.raw_history import OPTIONS, Given
from clv.errors import InputError
from clv.features.feature_table import FEATURES
from clv.serving.recorded import LOCK, Lock
from clv.serving.records import records
from clv.serving.worker_state import ModelOfRelease, held
from clv.strict import build

REMEDY = "correct the table: use these column names, one date format such as 2026-01-31, and amounts such as 1234.50"
STATE = "status"  # is detected under other names, and so is not filled in


def forecast_text(texts: Mapping[str, bytes]) -> dict[str, Any]:
    """Forecast the customers in CSV texts, by table; transactions must be one of them.

    A missing table or optional column counts as one without values. Returns `customers`, one row each by column;
    `set_aside` as text; `not_given`, the missing columns that features of the model use; and `findings` about the
    column of the order status. Raises `InputError` as `clv.door.raw_history.predict` does.
    """
    model = held()
    given = _read(model, texts)
    whole, absent = _filled(given)
    cleaned = raw_history.clean(model.forecaster, model.shop, whole, model.preprocess)
    return {
        "customers": records(raw_history.forecast(model.forecaster, model.shop, cleaned)),
        "set_aside": raw_history.set_aside(cleaned),
        "not_given": _looked_at(model, absent),
        "findings": [str(finding) for finding in given.findings],
    }


def _read(model: ModelOfRelease, texts: Mapping[str, bytes]) -> Given:
    """Read the tables by the rules of the release: names of columns, separators, dates, decimal marks."""
    recorded = Lock.read(model.folder / LOCK).parameters()["generate"]["files"]
    files = build(FilesParams, recorded, "generate.files", "dvc.lock")
    statuses = Statuses(model.preprocess.sale_statuses, model.preprocess.no_sale_statuses)
    with TemporaryDirectory() as folder:
        paths = {table: str(Path(folder) / f"{OPTIONS[table]}.csv") for table in texts}
        for table, text in texts.items():
            Path(paths[table]).write_bytes(text)
        try:
            given = raw_history.read_tables(files, paths, statuses)
        except InputError as error:
            raise InputError(_in_page_words(str(error), folder)) from None
    sources = {table: replace(source, name=OPTIONS[table]) for table, source in given.sources.items()}
    return Given(given.tables, sources, given.findings)


def _in_page_words(message: str, folder: str) -> str:
    """Rephrase a message about a file for a table on a page, where no parameter can be set."""
    for name in OPTIONS.values():
        message = message.replace(f"{folder}/{name}.csv", name)
    what, _, remedy = message.rpartition("; ")
    return f"{what}; {REMEDY}" if "generate.files" in remedy else message


def _filled(given: Given) -> tuple[Given, list[tuple[str, str]]]:
    """The tables with every optional column, and the columns that were missing: (table, column)."""
    tables, absent = dict(given.tables), list[tuple[str, str]]()
    for table in OPTIONS:
        frame = tables.get(table, pd.DataFrame(columns=["customer_id"], dtype="str"))
        missing = [name for name in names(TABLES[table]) if name not in frame and name != STATE]
        if "amount" in missing and table == "transactions":  # is computed from quantity and unit_price, which are there
            missing.remove("amount")
        tables[table] = frame.assign(**{name: pd.Series(index=frame.index, dtype="str") for name in missing})
        absent += [(table, name) for name in missing]
    return Given(tables, given.sources, given.findings), absent


def _looked_at(model: ModelOfRelease, absent: list[tuple[str, str]]) -> list[str]:
    """The missing columns that features of the model use."""
    used = set(model.forecaster.features)
    needed = {need for feature in FEATURES if feature.name in used for need in feature.needs}
    columns = {(table, column.name): column for table in OPTIONS for column in TABLES[table]}
    return [f"{table}.{name}" for table, name in absent if f"{table}.{clean_name(columns[table, name])}" in needed]
