"""The table of customer values block by block: each block is forecast alone, and sorted once all are forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.features.by_id import by_id
from clv.features.columns import CUSTOMER
from clv.features.store import n_blocks, read_block
from clv.features.timeline import Rows
from clv.machine import Device, Machine
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.described import beside
from clv.marketing.segments.params import SegmentParams
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.sorting import find_sorting
from clv.marketing.segments.values import ECO, SORTED_BY, Sorting, forecast_of
from clv.marketing.store import read_values_block, write_values_block
from clv.models.btyd.basis import Gap
from clv.models.loaded import forecaster_at
from clv.replacing import replacing

FORECAST = [CUSTOMER, *names_of("forecast", "history"), "rfm_segment"]  # the columns of `forecast_of`


@dataclass(frozen=True)
class ValueParts:
    """Folders (paths or URLs) of snapshots, model and parts of the table; the rows to forecast; the RFM cut points."""

    snapshots: str
    model: str
    values: str
    rows: Rows
    cuts: RfmCuts
    device: Device

    def forecast(self, block: int) -> pd.DataFrame:
        """Write the columns of a block's part that need no other customers; return those by which all are sorted."""
        snapshot = read_block(self.snapshots, self.rows, block)
        found = forecast_of(snapshot, forecaster_at(self.model, self.device).predict(snapshot), self.cuts)
        write_values_block(found, self.values, block)
        return found[[CUSTOMER, *(name for name in SORTED_BY if name in found)]]

    def sort(self, sorting: Sorting, block: int) -> None:
        """Complete the part of a block with the groups of its customers; running it twice gives the same result."""
        found = read_values_block(self.values, block, FORECAST)
        snapshot = read_block(self.snapshots, self.rows, block, [*SORTED_BY, *ECO])
        write_values_block(sorting.sorted(found, snapshot), self.values, block)


def write_values(
    rows: Rows, cuts: RfmCuts, gaps: Sequence[Gap], params: SegmentParams, machine: Machine, seed: int
) -> Sorting:
    """Write the table of the customers of a snapshot, block by block; return the sorting.

    Raises `InputError` where the clusters of an earlier run are not valid.
    """
    inputs = (paths.SNAPSHOTS, [str(rows.cutoff)]), paths.TODAY_MODEL
    previous = storage.read_json(Path(params.clusters.previous))
    with replacing(paths.CUSTOMER_VALUES) as folder:
        folder.mkdir()
        with mapper(machine) as each, within_reach(machine, inputs, folder) as places:
            where = places.of(paths.SNAPSHOTS), places.of(paths.TODAY_MODEL), places.output
            parts, n = ValueParts(*where, rows, cuts, machine.device), n_blocks(rows)
            customers = beside(by_id(each(parts.forecast, n)), rows, SORTED_BY)
            sorting = find_sorting(customers, params, seed, previous, gaps)
            each(partial(parts.sort, sorting), n)
    return sorting
