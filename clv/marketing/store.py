"""Reading and writing the table of customer values, and reading clean tables, block by block or for all customers."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from clv import block_parts, paths, storage
from clv.artifacts import TABLE
from clv.damage import reading
from clv.features.columns import CUSTOMER
from clv.table_shape import require_columns


def read_values(columns: Sequence[str] | None = None, root: Path = Path()) -> pd.DataFrame:
    """All customers, one row each by id: all columns, or the id and those of `columns`, which must exist.

    `root` is the folder of a run.
    """
    names = None if columns is None else list(dict.fromkeys([CUSTOMER, *columns]))
    folder = root / paths.CUSTOMER_VALUES
    values = storage.read_table(folder, names, needed=TABLE[paths.CUSTOMER_VALUES])
    return values.sort_values(CUSTOMER, ignore_index=True)  # independent of the blocks


def read_customers(columns: Sequence[str], root: Path = Path()) -> pd.DataFrame:
    """One row per customer of the clean table of a run: the id, and those of `columns` that the shop has."""
    folder = root / paths.clean("customers")
    parts = [folder / paths.part(block) for block in range(storage.n_parts(folder))]
    tables = [block_parts.plain(block_parts.read_part(str(part), [CUSTOMER, *columns], [CUSTOMER])) for part in parts]
    with reading(folder):
        customers = pa.concat_tables(tables, promote_options="permissive").to_pandas()
        require_columns(customers, TABLE[paths.clean("customers")], whole=False)
        return customers


def read_values_block(folder: str, block: int, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A block's part of the table in a folder (path or URL): one row per customer by id; columns as in `read_values`.

    Raises `InputError` where the part is missing or lacks columns.
    """
    path = f"{folder}/{paths.part(block)}"
    names = None if columns is None else [CUSTOMER, *columns]
    values = block_parts.plain(block_parts.read_part(path, names, needed=names or [CUSTOMER])).to_pandas()
    with reading(Path(path)):
        require_columns(values, TABLE[paths.CUSTOMER_VALUES], whole=columns is None)
    return values


def read_clean_block(clean: str, table: str, block: int, columns: Sequence[str]) -> pd.DataFrame:
    """A block's part of a clean table: the id and those of `columns` that it has; text as categories, flags nullable.

    The folders of tables are in `clean`, a path or a URL. Raises `InputError` where the part is missing, or is not what
    preprocess writes.
    """
    path = f"{clean}/{table}/{paths.part(block)}"
    needed = [name for name in (*TABLE[paths.clean(table)].text, *TABLE[paths.clean(table)].numbers) if name in columns]
    found = block_parts.read_part(path, [CUSTOMER, *columns], [CUSTOMER, *needed])
    with reading(Path(path)):
        require_columns(block_parts.plain(found.slice(0, 1)).to_pandas(), TABLE[paths.clean(table)], whole=False)
        return found.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)


def write_values_block(values: pd.DataFrame, folder: str, block: int) -> None:
    """Write a block's part of the table, rows by id."""
    block_parts.write_part(block_parts.as_written(values), f"{folder}/{paths.part(block)}")
