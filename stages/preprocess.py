"""Clean the raw tables: types, time zone, duplicates, returns, impossible values.

Reads: data/raw/.
Writes: data/clean/ (money in whole minor units, rows sorted by customer and time) with rejected.parquet, which holds
every row set aside and why; counts to reports/metrics/preprocess.json.
"""

import pandas as pd

from clv import params, paths, storage
from clv.data.cleaning import Cleaning, clean_table, require_some_left
from clv.data.types import MINOR_PER_UNIT
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

    lines = cleaned["transactions"].clean
    purchases = lines[lines["amount_minor"] > 0]
    purchase_days = purchases.assign(day=purchases["order_ts"].dt.normalize()).drop_duplicates(["customer_id", "day"])
    metrics = {
        "raw_rows": {table: len(frame) for table, frame in raw.items()},
        "clean_rows": {table: len(result.clean) for table, result in cleaned.items()},
        "rejected": {table: result.counts for table, result in cleaned.items()},
        "unreadable_values": {table: result.unreadable for table, result in cleaned.items()},
        "rejected_bad_share": cleaned["transactions"].bad_share,
        "customers": lines["customer_id"].nunique(),
        "purchase_lines": len(purchases),
        "purchase_days": len(purchase_days),
        "return_lines": len(lines) - len(purchases),
        "net_revenue": int(lines["amount_minor"].sum()) / MINOR_PER_UNIT,
        "first_day": str(lines["order_ts"].min().date()),
        "last_day": str(p.time.last_day or lines["order_ts"].max().date()),
    }

    storage.write_table(lines, paths.TRANSACTIONS)
    storage.write_table(cleaned["customers"].clean, paths.CUSTOMERS)
    storage.write_table(cleaned["touches"].clean, paths.TOUCHES)
    storage.write_table(rejected, paths.REJECTED)
    storage.write_json(metrics, paths.PREPROCESS_METRICS)
    print(
        f"preprocess: {len(lines):,} lines of {metrics['customers']:,} customers kept, {len(rejected):,} rows rejected"
    )


if __name__ == "__main__":
    run_stage(main)
