"""The table of customer values block by block: each is forecast alone, and sorted once all are forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clv.features.columns import CUSTOMER
from clv.features.store import read_block
from clv.features.timeline import Rows
from clv.machine import Device
from clv.marketing.segments.customer_values import names_of
from clv.marketing.segments.rfm import RfmCuts
from clv.marketing.segments.values import ECO, SORTED_BY, Sorting, forecast_of
from clv.marketing.store import read_values_block, write_values_block
from clv.models.loaded import forecaster_at

FORECAST = [CUSTOMER, *names_of("forecast", "history"), "rfm_segment"]  # of `forecast_of`


@dataclass(frozen=True)
class ValueParts:
    """Folders (paths or URLs) of snapshots, of the model and of the parts of the table; who is forecast, and the cut
    points of RFM scores."""

    snapshots: str
    model: str
    values: str
    rows: Rows
    cuts: RfmCuts
    device: Device

    def forecast(self, block: int) -> pd.DataFrame:
        """Write a block's part as far as it is known of each customer alone; give what all are sorted by: forecasts."""
        snapshot = read_block(self.snapshots, self.rows, block)
        found = forecast_of(snapshot, forecaster_at(self.model, self.device).predict(snapshot), self.cuts)
        write_values_block(found, self.values, block)
        return found[[CUSTOMER, *(name for name in SORTED_BY if name in found)]]

    def sort(self, sorting: Sorting, block: int) -> None:
        """Complete the part of a block by where its customers belong; a second time does the same."""
        found = read_values_block(self.values, block, FORECAST)
        snapshot = read_block(self.snapshots, self.rows, block, [*SORTED_BY, *ECO])
        write_values_block(sorting.sorted(found, snapshot), self.values, block)


def all_customers(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What blocks gave, one row per customer by id: what draws rows by their order must not depend on blocks."""
    return pd.concat(parts).sort_values(CUSTOMER, ignore_index=True)
