"""Clean the raw tables: types, time zone, ids, duplicates, returns, impossible values.

Reads: data/raw/.
Writes: data/clean/ with a folder per table (money in whole minor units), divided into blocks of whole customers, rows
by customer and time in each; blocks.json, which says what there is; bounds.json, by which customers can be cleaned
alone; rejected.parquet, which holds every row set aside and why, and quality.parquet, which says what each rule hit;
counts to reports/metrics/preprocess.json; what was found about customers, sales and the last day to
reports/tables/findings.csv; how the ids of the tables match to reports/tables/identity.csv.
"""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.data.clean_shop import clean_shop
from clv.data.params import PreprocessParams
from clv.data.parquet import read_raw, write_clean
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
    shop = clean_shop(lambda table: read_raw(table, paths.raw(table)), source, p.preprocess, p.last_day)
    blocks = shop.blocks(p.preprocess.rows_per_block)
    rejected = pd.concat([result.rejected for result in shop.tables.values()], ignore_index=True)
    quality = pd.concat([result.quality for result in shop.tables.values()], ignore_index=True)

    with replacing(paths.CLEAN) as folder:
        folder.mkdir()
        for table, result in shop.tables.items():
            write_clean(result, folder / paths.clean(table).name, blocks.n)
        storage.write_json(blocks.to_dict(), folder / paths.BLOCKS.name)
        storage.write_json(shop.bounds.to_dict(), folder / paths.BOUNDS.name)
        storage.write_table(rejected, folder / paths.REJECTED.name)
        storage.write_table(quality, folder / paths.QUALITY.name)
    storage.write_csv(shop.matches, paths.IDENTITY)
    storage.write_csv(shop.findings, paths.FINDINGS)
    storage.write_json(shop.figures, paths.PREPROCESS_METRICS)
    for row in shop.findings.itertuples():
        print(f"preprocess: {'beware: ' if row.flagged else ''}{row.text}{'; ' if row.remedy else ''}{row.remedy}")
    print(
        f"preprocess: {blocks.rows['transactions']:,} lines of {shop.figures['customers']:,} customers kept, "
        f"{len(rejected):,} rows rejected; blocks: {blocks.n}"
    )


if __name__ == "__main__":
    run_stage(main)
