"""Clean the raw tables: types, time zone, ids, duplicates, returns, impossible values.

Reads: data/raw/.
Writes: data/clean/ with a folder per table (money in whole minor units), divided into blocks of whole customers, rows
by customer and time in each; blocks.json, which says what there is; bounds.json, by which customers can be cleaned
alone; rejected.parquet, which holds every row set aside and why, and quality.parquet, which says what each rule hit;
counts to reports/metrics/preprocess.json; what was found about customers, sales and the last day to
reports/tables/findings.csv; how the ids of the tables match to reports/tables/identity.csv.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.data import identity, whole_input
from clv.data.blocks import Blocks, count_blocks
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import Cleaned, clean_table, require_balance, require_some_left
from clv.data.figures import summarise
from clv.data.lines import Cleaning
from clv.data.params import PreprocessParams
from clv.data.parquet import read_raw, write_clean
from clv.data.schema import TABLES
from clv.data.source import Source
from clv.errors import run_stage
from clv.features.params import LastDay
from clv.replacing import replacing
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    last_day: Annotated[LastDay, At("time.last_day")]
    preprocess: PreprocessParams


def main() -> None:
    p = load(Params)
    source = storage.read_as(paths.SOURCE, Source.from_dict)
    cleaned: dict[str, Cleaned] = {}
    raw_rows: dict[str, int] = {}
    for table in TABLES:
        raw = read_raw(table, paths.raw(table))
        cleaned[table] = clean_table(table, raw, Cleaning.of(p.preprocess, p.last_day, source.tables[table]))
        raw_rows[table] = len(raw)
        require_balance(cleaned[table], raw_rows[table])
        identity.require_whole_ids(cleaned[table], source.tables[table])
    require_some_left(cleaned["transactions"], p.preprocess.max_rejected_share, source.tables["transactions"].name)
    bought = BoughtDays.of(cleaned["transactions"])
    matches = identity.match_tables(cleaned, bought, source)
    findings = whole_input.examine(cleaned, bought, matches, source.findings, p.last_day)
    bounds = cleaned["transactions"].bounds
    assert bounds is not None, "there is a purchase"
    rejected = pd.concat([result.rejected for result in cleaned.values()], ignore_index=True)
    quality = pd.concat([result.quality for result in cleaned.values()], ignore_index=True)
    metrics = summarise(raw_rows, cleaned, bought, p.last_day)
    blocks = Blocks(
        n=count_blocks(metrics["clean_rows"], p.preprocess.rows_per_block),
        rows=metrics["clean_rows"],
        columns={table: tuple(result.columns) for table, result in cleaned.items()},
        first_day=date.fromisoformat(metrics["first_day"]),
        last_day=date.fromisoformat(metrics["last_day"]),
    )

    with replacing(paths.CLEAN) as folder:
        folder.mkdir()
        for table, result in cleaned.items():
            write_clean(result, folder / paths.clean(table).name, blocks.n)
        storage.write_json(blocks.to_dict(), folder / paths.BLOCKS.name)
        storage.write_json(bounds.to_dict(), folder / paths.BOUNDS.name)
        storage.write_table(rejected, folder / paths.REJECTED.name)
        storage.write_table(quality, folder / paths.QUALITY.name)
    storage.write_csv(matches, paths.IDENTITY)
    storage.write_csv(findings, paths.FINDINGS)
    storage.write_json(metrics, paths.PREPROCESS_METRICS)
    for row in findings.itertuples():
        print(f"preprocess: {'beware: ' if row.flagged else ''}{row.text}{'; ' if row.remedy else ''}{row.remedy}")
    print(
        f"preprocess: {metrics['clean_rows']['transactions']:,} lines of {metrics['customers']:,} customers kept, "
        f"{len(rejected):,} rows rejected; blocks: {blocks.n}"
    )


if __name__ == "__main__":
    run_stage(main)
