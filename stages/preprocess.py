"""Clean the raw tables: types, time zone, ids, duplicates, returns, impossible values.

Reads: data/raw/, each table once; it is then cleaned in parallel in blocks of whole customers.
Writes: data/clean/ with a folder per table (money in whole minor units), divided into those blocks, rows sorted by
customer and time in each; blocks.json, which lists them; bounds.json, with which single customers can be cleaned;
rejected/, which holds every rejected row and why, by table and block, and quality.parquet, which reports what each rule
hit; counts to reports/metrics/preprocess.json; findings about customers, sales and the last day to
reports/tables/findings.csv; how the ids of the tables match to reports/tables/identity.csv.
"""

from dataclasses import dataclass
from typing import Annotated

from clv import paths, storage
from clv.data.cleaned_blocks import clean_by_blocks
from clv.data.params import PreprocessParams
from clv.data.source import Source
from clv.errors import run_stage
from clv.features.params import LastDay
from clv.machine import Machine
from clv.replacing import replacing
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    last_day: Annotated[LastDay, At("time.last_day")]
    preprocess: PreprocessParams


def main() -> None:
    p = load(Params)
    source = storage.read_as(paths.SOURCE, Source.from_dict)
    with replacing(paths.CLEAN) as folder:
        folder.mkdir()
        shop, blocks = clean_by_blocks(folder, source, p.preprocess, p.last_day, Machine.here())
        storage.write_json(blocks.to_dict(), folder / paths.BLOCKS.name)
        storage.write_json(shop.bounds.to_dict(), folder / paths.BOUNDS.name)
        storage.write_table(shop.quality, folder / paths.QUALITY.name)
    storage.write_csv(shop.matches, paths.IDENTITY)
    storage.write_csv(shop.findings, paths.FINDINGS)
    storage.write_json(shop.figures, paths.PREPROCESS_METRICS)
    for row in shop.findings.itertuples():
        print(f"preprocess: {'warning: ' if row.flagged else ''}{row.text}{'; ' if row.remedy else ''}{row.remedy}")
    rejected = sum(sum(rules.values()) for rules in shop.figures["rejected"].values())
    print(
        f"preprocess: {blocks.rows['transactions']:,} lines of {shop.figures['customers']:,} customers kept, "
        f"{rejected:,} rows rejected; blocks: {blocks.n}"
    )


if __name__ == "__main__":
    run_stage(main)
