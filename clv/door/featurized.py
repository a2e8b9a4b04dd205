"""A shop in memory, cleaned and featurized as by the stages preprocess and featurize, in a folder of its own.

The folder is a temporary one that is removed with the object: there are many snapshots, and no two of them have to be
in memory together.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from weakref import finalize

import pandas as pd

from clv import paths, storage
from clv.compute import mapper
from clv.data.bounds import Bounds
from clv.data.clean_shop import CleanShop, clean_shop
from clv.data.parquet import write_clean
from clv.data.schema import TABLES, names
from clv.data.source import Source
from clv.door.raw_history import Given
from clv.door.settings import machine
from clv.features.base import total_days
from clv.features.columns import CUSTOMER
from clv.features.parts import Job
from clv.features.shop import Shop
from clv.features.sources import Means, source_means
from clv.features.store import EVERY_SNAPSHOT, Snapshots
from clv.features.timeline import Plan, Rows, cutoffs_of, make_plan
from clv.params import Params


def clean(given: Given, params: Params) -> CleanShop:
    """Clean raw tables as preprocess does; tables that were not given have no rows.

    Raises `InputError` as `clv.data.clean_shop.clean_shop` does.
    """
    given = replace(given, tables={table: given.tables.get(table, _without_rows(table)) for table in TABLES})
    source = Source("files", {table: given.source(table) for table in TABLES}, list(given.findings))
    return clean_shop(given.tables, source, params.preprocess, params.time.last_day)


def _without_rows(table: str) -> pd.DataFrame:
    return pd.DataFrame(columns=names(TABLES[table]), dtype="str")


class OwnFolder:
    """A temporary folder that is removed with this object, at the latest when Python ends."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="clv-"))
        finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True)
class Featurized:
    """The plan of a shop and its snapshots, in a temporary folder that lasts as long as this object.

    `base` has the purchases of all customers by day (`clv.features.base`), `means` the mean value of the customers of
    each source by each cutoff.
    """

    plan: Plan
    bounds: Bounds
    base: pd.DataFrame
    means: Mapping[date, Means]
    folder: OwnFolder

    def snapshot(self, rows: Rows) -> pd.DataFrame:
        """The whole snapshot at the cutoff of `rows`: one row per customer by id, with features and targets."""
        table = storage.read_table(self._path(rows.cutoff), needed=EVERY_SNAPSHOT)
        return table.sort_values(CUSTOMER, ignore_index=True)

    @property
    def snapshots(self) -> Snapshots:
        """The snapshots and labelled windows on which models are trained."""
        return Snapshots(self.folder.path)

    def shop(self, cutoff: date) -> Shop:
        """What forecasts of single customers need to know about the whole shop, as of a cutoff."""
        return Shop(self.bounds, self.means[cutoff])

    def fingerprints(self) -> dict[str, str]:
        """Hashes of the snapshots that the models of the plan are fitted to, by cutoff."""
        return {str(cutoff): storage.fingerprint(self._path(cutoff)) for cutoff in _cutoffs(self.plan)}

    def _path(self, cutoff: date) -> Path:
        return self.folder.path / str(cutoff)


def featurize(shop: CleanShop, params: Params) -> Featurized:
    """Make the plan of a clean shop and compute its snapshots, except those of rolling origins.

    Raises `InputError` if the history is too short for the horizon.
    """
    blocks = shop.blocks(params.preprocess.rows_per_block)
    plan = make_plan(blocks.first_day, blocks.last_day, params.time)
    folder = OwnFolder()
    with TemporaryDirectory(prefix="clv-") as clean_tables, mapper(machine(params)) as each:
        for name, table in shop.tables.items():
            write_clean(table, Path(clean_tables) / paths.clean(name).name, blocks.n)
        when = _cutoffs(plan), plan.last_day, plan.horizon_days, params.time.customer_shares, plan.windows
        job = Job(clean_tables, str(folder.path), blocks.known_columns, *when)
        means = source_means(each(job.windows, blocks.n), job.cutoffs)
        written = each(partial(job.snapshots_of, means), blocks.n)
    base = total_days(block.days for block in written)
    return Featurized(plan, shop.facts.bounds, base, means, folder)


def _cutoffs(plan: Plan) -> list[date]:
    return cutoffs_of(plan.recipes.values())
