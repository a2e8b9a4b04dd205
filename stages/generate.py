"""Write the raw tables: a synthetic shop, or the user's own files or database under our column names.

Reads: nothing (synthetic), the files named in generate.files, the journal of the service among them, or the database in
generate.sql.
Writes: data/raw/ with transactions.parquet, customers.parquet, touches.parquet and experiments.parquet as supplied, not
yet cleaned; source.json, which describes their format; and, for a synthetic shop, truth.parquet, which only evaluate
may read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from clv import paths, storage
from clv.data.files import copy_files
from clv.data.input_finding import InputFinding
from clv.data.journal_source import join_journal
from clv.data.lines import Cleaning
from clv.data.params import GenerateParams, StatusList, TimeZone
from clv.data.schema import TABLES
from clv.data.source import Source, TableSource
from clv.data.spelling import as_findings
from clv.data.sql import copy_queries
from clv.data.status_column import recognise
from clv.data.statuses import Statuses
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import draw_world
from clv.errors import run_stage
from clv.features.params import HorizonDays, LastDay
from clv.replacing import replacing
from clv.shared_params import Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    horizon_days: Annotated[HorizonDays, At("time.horizon_days")]
    last_day: Annotated[LastDay, At("time.last_day")]
    generate: GenerateParams
    sale_statuses: Annotated[StatusList, At("preprocess.sale_statuses")]
    no_sale_statuses: Annotated[StatusList, At("preprocess.no_sale_statuses")]
    time_zone: Annotated[TimeZone, At("preprocess.time_zone")]
    ignore_id_case: Annotated[bool, At("preprocess.ignore_id_case")]


def main() -> None:
    p = load(Params)
    with replacing(paths.RAW) as folder:
        folder.mkdir()
        findings: list[InputFinding] = []
        if p.generate.source == "files":
            files, findings = recognise(p.generate.files, Statuses(p.sale_statuses, p.no_sale_statuses))
            tables = copy_files(files, folder)
        elif p.generate.source == "sql":
            tables = copy_queries(p.generate.sql, folder)
        else:
            tables = write_world(p, folder)
        findings += as_findings(tables)
        if p.generate.source == "files":
            how = Cleaning(p.time_zone, ignore_id_case=p.ignore_id_case)
            tables["transactions"], added = join_journal(files.events, folder, tables["transactions"], how)
            findings += added
        storage.write_json(Source(p.generate.source, tables, findings).to_dict(), folder / paths.SOURCE.name)
    for finding in findings:
        print(f"generate: {'warning: ' if finding.flagged else ''}{finding}")
    for given in (p.generate.files.transactions, p.generate.files.events):
        if p.generate.source != "files" and Path(given).parent != paths.TEMPLATES:
            print(f"generate: warning: {given} is ignored, because generate.source is {p.generate.source}, not files")
    print(f"generate: {p.generate.source}, " + ", ".join(f"{table.rows:,} {name}" for name, table in tables.items()))


def write_world(p: Params, folder: Path) -> dict[str, TableSource]:
    """Draw the synthetic shop and write its tables and its truth, some rows at a time."""
    drawings = draw_world(load(SyntheticParams, paths.SYNTHETIC), p.seed, p.horizon_days, p.last_day)
    files = {name: paths.raw(name).name for name in TABLES} | {"truth": paths.TRUTH.name}
    rows = {name: storage.write_frames(draw(), folder / files[name]) for name, draw in drawings.items()}
    return {name: TableSource(str(paths.raw(name)), rows[name]) for name in TABLES}


if __name__ == "__main__":
    run_stage(main)
