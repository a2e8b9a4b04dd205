"""The work of explain for a block of today's customers: the forecasts that reasons are given for."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clv.features.columns import CUSTOMER
from clv.features.store import read_block
from clv.features.timeline import Rows
from clv.machine import Device
from clv.models.loaded import forecaster_at


@dataclass(frozen=True)
class TodayBlocks:
    """Where a worker finds snapshots and model, and of which rows, and what it does with a block."""

    snapshots: str
    model: str
    rows: Rows
    device: Device

    def forecast(self, block: int) -> pd.DataFrame:
        """Customers of a block by id: customer_id, `forecast`, and `unit`, what learners take ratios to, in money."""
        snapshot = read_block(self.snapshots, self.rows, block)
        model = forecaster_at(self.model, self.device)
        features = model.features_of(snapshot)
        made = {"forecast": model.forecast(features), "unit": model.panel.unit(features)}
        return snapshot[[CUSTOMER]].assign(**made)


def together(blocks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The customers of all blocks, by id."""
    return pd.concat(blocks, ignore_index=True).sort_values(CUSTOMER, ignore_index=True)
