"""Write the raw tables: a synthetic shop, or the user's own files under our column names.

Reads: nothing (synthetic), or the files named in generate.files.
Writes: data/raw/transactions.parquet, customers.parquet and touches.parquet, as they came, not yet cleaned.
"""

from clv import params, paths, storage
from clv.data.files import read_input
from clv.data.schema import TABLES
from clv.data.world import make_world
from clv.errors import run_stage


def main() -> None:
    p = params.load()
    if p.generate.source == "synthetic":
        tables = make_world(p.generate.synthetic, p.seed)
    else:
        tables = {table: read_input(table, p.generate.files) for table in TABLES}
    storage.write_table(tables["transactions"], paths.RAW_TRANSACTIONS)
    storage.write_table(tables["customers"], paths.RAW_CUSTOMERS)
    storage.write_table(tables["touches"], paths.RAW_TOUCHES)
    print(f"generate: {p.generate.source}, " + ", ".join(f"{len(frame):,} {name}" for name, frame in tables.items()))


if __name__ == "__main__":
    run_stage(main)
