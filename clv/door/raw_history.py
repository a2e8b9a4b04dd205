"""Forecasts from raw history, for one customer or all: the numbers of the batch, whichever customers are in the tables.

What the batch derives from other customers is stored in the folder of the model (`clv.features.shop`). Everything is as
of the date of the model: later events are ignored.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from clv.data.cleaning import Cleaned, clean_table
from clv.data.files import copy_files
from clv.data.formats import is_there
from clv.data.input_finding import InputFinding
from clv.data.lines import Cleaning
from clv.data.params import FilesParams, PreprocessParams
from clv.data.parquet import read_raw
from clv.data.schema import TABLES, InputColumn, Kind, clean_name
from clv.data.source import TableSource
from clv.data.status_column import recognise
from clv.data.statuses import USUAL, Statuses
from clv.data.types import as_text
from clv.errors import InputError, listed, shown
from clv.features.block import FEATURE_TABLES, Block, Clean
from clv.features.columns import CUSTOMER
from clv.features.feature import Feature
from clv.features.feature_table import FEATURES
from clv.features.shop import Shop
from clv.features.snapshot import snapshot_of
from clv.models.forecaster import Forecaster
from clv.stopping import undone

OPTIONS = {"transactions": "orders", "customers": "customers", "touches": "touches"}  # options of the command, by table
BLANK: dict[Kind, str] = {
    "text": "str",
    "time": "datetime64[us]",
    "money": "Int64",
    "number": "float64",
    "flag": "boolean",
}
AMOUNT_PARTS = {"quantity", "unit_price"}  # from which cleaning computes a missing amount


class AbsentError(InputError):
    """A `table`, or columns of it, that features of the model need are missing.

    The message is the `problem` with the remedy for files; other kinds of input have other remedies.
    """

    def __init__(self, problem: str, table: str = "", remedy: str = "", is_whole: bool = False):
        super().__init__(f"{problem}; {remedy}" if remedy else problem)  # unpickling passes only the whole message
        self.problem, self.table, self.is_whole = problem, table, is_whole


@dataclass(frozen=True)
class Given:
    """Raw tables by name, under our column names: transactions, and customers and touches if the model needs them.

    `sources` describe how their text is formatted; without one, a table has dates in ISO 8601 and decimal points.
    `findings` concern the column of the order status (`clv.data.status_column`).
    """

    tables: Mapping[str, pd.DataFrame]
    sources: Mapping[str, TableSource] = field(default_factory=dict)
    findings: Sequence[InputFinding] = ()

    def source(self, table: str) -> TableSource:
        return self.sources.get(table) or TableSource(table, len(self.tables[table]))


def predict(
    model: Forecaster, shop: Shop, given: Given, params: PreprocessParams, customer: str | None = None
) -> pd.DataFrame:
    """Forecast everyone who had bought by the date of the model, or one `customer`: one row each, by `customer_id`.

    Columns: `customer_id` and those of `Forecaster.predict`.

    Raises `InputError` if a table or a column is missing, or no customer had bought.
    """
    return forecast(model, shop, clean(model, shop, given, params, customer))


def read_tables(files: FilesParams, given: Mapping[str, str], statuses: Statuses = USUAL) -> Given:
    """Read raw tables from the files `given`, by table, as the stage generate does."""
    for table, path in given.items():
        if not is_there(path):
            raise InputError(f"{path}: no such file; give --{OPTIONS[table]} one that exists")
    from_here, findings = FilesParams(**(vars(files) | dict(given))), list[InputFinding]()
    if "transactions" in given:
        from_here, findings = recognise(from_here, statuses)
    with TemporaryDirectory() as folder, undone(partial(shutil.rmtree, folder)):
        sources = copy_files(from_here, Path(folder), list(given))
        return Given({table: read_raw(table, Path(folder) / f"{table}.parquet") for table in given}, sources, findings)


def clean(
    model: Forecaster, shop: Shop, given: Given, params: PreprocessParams, customer: str | None = None
) -> dict[str, Cleaned]:
    """Clean the tables, or one customer's rows of them, with the same result as among all others."""
    _require_columns(model, given)
    cleaned = {}
    for table, raw in given.tables.items():
        source = given.source(table)
        how = replace(Cleaning.of(params, shop.bounds.last_day, source), bounds=shop.bounds)
        rows = raw if customer is None else raw[_is_of(raw, customer, params.ignore_id_case)]
        if table == "transactions" and rows.empty:
            raise InputError(
                f"{source.name}: no rows"
                + ("" if customer is None else f" of customer {shown(customer)}; check the id")
            )
        cleaned[table] = clean_table(table, rows, how)
    return cleaned


def forecast(model: Forecaster, shop: Shop, cleaned: Mapping[str, Cleaned]) -> pd.DataFrame:
    """The result of `predict`, from tables that are already clean."""
    block = Block.of_frames(Clean(**{table: _whole(table, cleaned.get(table)) for table in FEATURE_TABLES}))
    cutoff, horizon = model.btyd.cutoff, model.btyd.horizon_days
    snapshot = snapshot_of(block, cutoff, cutoff, horizon, _features(model), shop.sources).to_pandas()
    if snapshot.empty:
        raise InputError(
            f"nobody bought anything up to {cutoff}, the date of the model; later orders are ignored"
            + (f", and of the earlier rows {text} are set aside" if (text := set_aside(cleaned)) else "")
        )
    return snapshot[[CUSTOMER]].join(model.predict(snapshot))


def set_aside(cleaned: Mapping[str, Cleaned]) -> str:
    """Numbers of rows that cleaning rejected, by rule, as text; "" if there are none. Later rows are not counted."""
    return ", ".join(f"{rows:,} {rule}" for rule, rows in rejected(cleaned).items())


def rejected(cleaned: Mapping[str, Cleaned]) -> dict[str, int]:
    """Numbers of rows that cleaning rejected, by rule, without rules that rejected none. Later rows are not counted."""
    counts: dict[str, int] = {}
    for result in cleaned.values():
        for rule, rows in result.count("reject").items():
            if rows and rule != "after_last_day":
                counts[rule] = counts.get(rule, 0) + rows
    return counts


def _features(model: Forecaster) -> list[Feature]:
    return [feature for feature in FEATURES if feature.name in set(model.features)]


def _needing(model: Forecaster, table: str, columns: Iterable[InputColumn]) -> str:
    """The features of the model that need any of these columns of a table, as text."""
    names = {f"{table}.{clean_name(column)}" for column in columns}
    return listed(feature.name for feature in _features(model) if names.intersection(feature.needs))


def _require_columns(model: Forecaster, given: Given) -> None:
    """Raise `InputError` if a table or column that features of the model need is missing; it may be empty."""
    tables = given.tables
    if "transactions" not in tables:
        raise AbsentError("no transactions, which every forecast needs", "transactions", "give --orders", is_whole=True)
    for table in FEATURE_TABLES:
        if table not in tables and (features := _needing(model, table, TABLES[table])):
            raise AbsentError(
                f"the model was fitted with features of {table}: {features}",
                table,
                f"give --{OPTIONS[table]} a file with {table}, or one with only a header if there are none",
                is_whole=True,
            )
    for table, raw in tables.items():
        computed = {"amount"} if set(raw.columns) >= AMOUNT_PARTS else set()
        absent = [column for column in TABLES[table] if column.name not in {*raw.columns, *computed}]
        if features := _needing(model, table, absent):
            source = given.source(table)
            theirs = ", ".join(source.theirs(c.name) for c in absent if _needing(model, table, [c]))
            raise AbsentError(
                f"{source.name}: no column {theirs}, which features of the model need: {features}",
                table,
                f"supply it, empty if need be, or map it in generate.files.columns.{table}",
            )


def _whole(table: str, cleaned: Cleaned | None) -> pd.DataFrame:
    """A clean table with all columns of the schema: missing ones are blank, and a missing table has no rows."""
    frame = pd.DataFrame() if cleaned is None else cleaned.clean
    blank = {
        name: pd.Series(index=frame.index, dtype=BLANK[column.kind])
        for column in TABLES[table]
        if (name := clean_name(column)) not in frame
    }
    return frame.assign(**blank)


def _is_of(raw: pd.DataFrame, customer: str, ignore_case: bool) -> pd.Series:
    """Which rows belong to a customer, compared by id as cleaning would normalise it.

    A row without an id belongs to the customer if its order is the customer's and no other's: cleaning fills in the id.
    """
    if CUSTOMER not in raw:
        return pd.Series(True, index=raw.index)  # cleaning reports it
    ids, wanted = as_text(raw[CUSTOMER]).astype("str"), customer.strip()
    mine = ids.str.lower() == wanted.lower() if ignore_case else ids == wanted
    blank = ids.isna()
    if "order_id" in raw and blank.any():
        orders = as_text(raw["order_id"]).astype("str")
        others = orders[~mine & ~blank]
        mine |= blank & orders.isin(orders[mine].dropna()) & ~orders.isin(others)
    return mine
