"""Writing lists that are used elsewhere: a folder of CSV files, complete or not at all."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from clv import storage
from clv.replacing import replacing


def write_folder(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables as the only files of a folder, each under its name: all of them or none."""
    with replacing(folder) as temporary:
        temporary.mkdir()
        for name, table in sorted(tables.items()):
            storage.write_csv(table, temporary / name, named=folder / name)
