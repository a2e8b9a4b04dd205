"""The table of test forecasts: a folder with one part per block of customers of the snapshot that was forecast."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from clv import block_parts, paths, storage
from clv.features.columns import CUSTOMER
from clv.replacing import replacing

REALISED = "realised"


def read_test_forecasts(columns: Sequence[str] | None = None) -> pd.DataFrame:
    """All test customers, one row each, by id: all columns, or the id and `columns`, which must exist.

    Columns are those of the forecaster's predictions, and `realised`, in money.
    """
    names = None if columns is None else list(dict.fromkeys([CUSTOMER, *columns]))
    forecasts = storage.read_table(paths.TEST_FORECASTS, names)
    return forecasts.sort_values(CUSTOMER, ignore_index=True)  # independent of the blocks


def read_forecast_part(folder: str, block: int, columns: Sequence[str]) -> pd.DataFrame:
    """A block's part of the table in a folder (path or URL): the id and `columns`, which must exist."""
    names = [CUSTOMER, *columns]
    return block_parts.plain(block_parts.read_part(f"{folder}/{paths.part(block)}", names, needed=names)).to_pandas()


def write_forecast_part(forecasts: pd.DataFrame, folder: str, block: int) -> None:
    """Write a block's part, rows by id, into a folder (path or URL)."""
    block_parts.write_part(block_parts.as_written(forecasts), f"{folder}/{paths.part(block)}")


def write_no_forecasts() -> None:
    """Write the table without rows, for a run without a backtest."""
    nothing = pa.table({CUSTOMER: pa.array([], pa.string()), REALISED: pa.array([], pa.float64())})
    with replacing(paths.TEST_FORECASTS) as folder:
        folder.mkdir()
        block_parts.write_part(nothing, str(folder / paths.part(0)))
