"""Clean the raw tables: types, time zone, duplicates, returns, impossible values.

Reads: data/raw/.
Writes: data/clean/ (money in whole minor units, rows sorted by customer and time) with rejected.parquet, which holds
every row set aside and why; counts to reports/metrics/preprocess.json.
"""

import pandas as pd

from clv import params, paths, storage
from clv.data.cleaning import Cleaning, clean_table, require_some_left
from clv.data.summary import summarise
from clv.errors import run_stage


def main() -> None:
    p = params.load()
    raw = {
        "transactions": storage.read_table(paths.RAW_TRANSACTIONS),
        "customers": storage.read_table(paths.RAW_CUSTOMERS),
        "touches": storage.read_table(paths.RAW_TOUCHES),
    }
    own = p.generate.source == "files"
    how = Cleaning(
        time_zone=p.preprocess.time_zone,
        date_format=p.generate.files.date_format if own else None,
        decimal=p.generate.files.decimal if own else ".",
        last_day=p.time.last_day,
    )
    cleaned = {table: clean_table(table, frame, how) for table, frame in raw.items()}
    file = p.generate.files.transactions if own else str(paths.RAW_TRANSACTIONS)
    require_some_left(cleaned["transactions"], p.preprocess.max_rejected_share, file)
    rejected = pd.concat([result.rejected for result in cleaned.values()], ignore_index=True)

    metrics = summarise(raw, cleaned, p.time.last_day)

    storage.write_table(cleaned["transactions"].clean, paths.TRANSACTIONS)
    storage.write_table(cleaned["customers"].clean, paths.CUSTOMERS)
    storage.write_table(cleaned["touches"].clean, paths.TOUCHES)
    storage.write_table(rejected, paths.REJECTED)
    storage.write_json(metrics, paths.PREPROCESS_METRICS)
    print(
        f"preprocess: {metrics['clean_rows']['transactions']:,} lines of {metrics['customers']:,} customers kept, "
        f"{len(rejected):,} rows rejected"
    )


if __name__ == "__main__":
    run_stage(main)
