"""Reading what a budget is decided by."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from clv import paths, storage
from clv.artifacts import TABLE
from clv.damage import reading
from clv.errors import InputError
from clv.marketing.budget.decision import VALUES, Facts
from clv.marketing.budget.groups import NEEDED
from clv.models.store import read_btyd, read_level_sd
from clv.table_shape import require_columns

HOW = ("customer_id", "channel", "acquisition_cost_minor")


def read_facts(root: Path = Path()) -> Facts:
    """What the run in a folder knows; `InputError` where it lacks any of it."""
    values = storage.read_table(root / paths.CUSTOMER_VALUES, VALUES)
    tests = storage.read_json(root / paths.EXPERIMENT_JSON)["tests"]
    return Facts(
        values=values,
        acquired=read_acquired(root / paths.clean("customers")),
        outcomes=storage.read_table(root / paths.OUTCOMES, NEEDED),
        alarms={name: test["alarm"] for name, test in tests.items()},
        btyd=read_btyd(root / paths.TODAY_MODEL),
        spread=read_level_sd(root / paths.TODAY_MODEL) or 0.0,
    )


def read_acquired(folder: Path) -> pd.DataFrame:
    """One row per customer of the folder of the clean table: customer_id, and of channel and acquisition_cost_minor
    (cents) what the shop tells."""
    parts = sorted(folder.glob("*.parquet"))
    if not parts:  # a shop without customers has a part without rows
        raise InputError(f"{folder} does not exist; run `dvc repro`, which makes it")
    plain = [_plain(storage.read_part(str(part), HOW, HOW[:1])) for part in parts]
    frame = pa.concat_tables(plain, promote_options="permissive").to_pandas()
    with reading(folder):
        require_columns(frame, TABLE[paths.clean("customers")])
    return frame


def _plain(table: pa.Table) -> pa.Table:
    """Text as text: parts have dictionaries of their own."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    return table
