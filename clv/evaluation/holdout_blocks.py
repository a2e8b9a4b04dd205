"""The work of the stage evaluate on one block: forecast its test customers, and what could be known of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from clv import artifacts, block_parts, paths
from clv.damage import reading
from clv.data.schema import TABLES
from clv.data.world.params import SyntheticParams
from clv.evaluation.baselines import others
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.forecast_names import BAYES
from clv.evaluation.forecast_parts import REALISED, write_forecast_part
from clv.evaluation.holdout import Holdout
from clv.features.columns import CUSTOMER, TARGET
from clv.features.params import CustomerShares
from clv.features.store import read_block
from clv.features.timeline import Rows, in_parts
from clv.machine import Device
from clv.models.btyd.value import Btyd
from clv.models.loaded import forecaster_at
from clv.table_shape import require_columns


@dataclass(frozen=True)
class KnownWorld:
    """A synthetic shop whose process is known: its parameters, its seed, and the folder of its clean tables."""

    shop: SyntheticParams
    seed: int
    clean: str

    def forecast(self, block: int, ids: pd.Series, as_of: date, horizon_days: int) -> np.ndarray:
        """The Bayes forecast for customers of a block, (n,) money (`bayes_forecast`)."""
        tables = {name: self._table(name, block) for name in TABLES}
        return bayes_forecast(self.shop, self.seed, tables, ids, as_of, horizon_days)

    def _table(self, name: str, block: int) -> pd.DataFrame:
        path = f"{self.clean}/{name}/{paths.part(block)}"
        table = block_parts.plain(block_parts.read_part(path)).to_pandas()
        with reading(Path(path)):
            require_columns(table, artifacts.TABLE[paths.clean(name)])
        return table


@dataclass(frozen=True)
class HoldoutBlocks:
    """What a worker needs for a block: the folders of snapshots, model and output, and which rows to forecast.

    `plain` are the models of `plain_btyd`, fitted to all customers. Without a `world` there is no Bayes forecast.
    """

    snapshots: str
    model: str
    output: str
    rows: Rows
    shares: CustomerShares
    plain: Btyd
    world: KnownWorld | None
    device: Device

    def judged(self, block: int) -> Holdout:
        """Write a block's part of the table of test forecasts; return what its customers are judged by."""
        whole = read_block(self.snapshots, self.rows, block)
        test = whole[in_parts(whole[CUSTOMER], self.rows.parts, self.shares)].reset_index(drop=True)
        model = forecaster_at(self.model, self.device)
        features, as_of, days = model.features_of(test), model.btyd.cutoff, model.btyd.horizon_days
        beside = others(model, self.plain, features, days)
        if self.world is not None:
            beside[BAYES] = self.world.forecast(block, test[CUSTOMER], as_of, days)
        predictions = model.predict_from(features)
        forecasts = test[[CUSTOMER]].join(predictions).assign(**{REALISED: test[TARGET]})
        write_forecast_part(forecasts, self.output, block)
        return Holdout.of(model, test, features, predictions, beside, as_of)
