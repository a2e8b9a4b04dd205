"""The customers that explain uses: today's customers, forecast block by block, and complete rows of some of them."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from clv import paths
from clv.compute import mapper, within_reach
from clv.evaluation.chosen_rows import drawn_ids, read_chosen, read_ids
from clv.evaluation.dependence import drawn
from clv.features.by_id import by_id
from clv.features.columns import CUSTOMER
from clv.features.params import CustomerShares
from clv.features.store import n_blocks, read_block
from clv.features.timeline import Plan, Rows
from clv.machine import Device, Machine
from clv.models.loaded import forecaster_at


@dataclass(frozen=True)
class TodayBlocks:
    """What a worker needs for a block: the folders of snapshots and model, and which rows to forecast."""

    snapshots: str
    model: str
    rows: Rows
    device: Device

    def forecast(self, block: int) -> pd.DataFrame:
        """Customers of a block by id: customer_id, `forecast`, and `unit`, to which learners take ratios, in money."""
        snapshot = read_block(self.snapshots, self.rows, block)
        model = forecaster_at(self.model, self.device)
        features = model.features_of(snapshot)
        made = {"forecast": model.forecast(features), "unit": model.panel.unit(features)}
        return snapshot[[CUSTOMER]].assign(**made)


@dataclass(frozen=True)
class HowMany:
    """The largest number of customers in each part of `LookedAt`."""

    top: int
    some: int
    usual: int
    test: int


@dataclass(frozen=True)
class LookedAt:
    """The customers that are explained: all of `today` by id, with their forecasts, and the ids of some of them.

    `top` have the highest forecasts, `some` are drawn at random, and `usual` are drawn to determine what is typical;
    `rows` are the complete rows of all three. `test` are complete rows of test customers, drawn at random; None without
    a backtest.
    """

    today: pd.DataFrame
    top: pd.Series
    some: pd.Series
    usual: pd.Series
    rows: pd.DataFrame
    test: pd.DataFrame | None


def read_looked_at(
    plan: Plan, shares: CustomerShares, n: HowMany, machine: Machine, rng: np.random.Generator
) -> LookedAt:
    """Forecast today's customers block by block, and look up the rows of those that are explained."""
    now, then = plan.today.forecast, None if plan.backtest is None else plan.backtest.forecast
    cutoffs = sorted({str(rows.cutoff) for rows in (now, then) if rows})
    inputs = (paths.SNAPSHOTS, cutoffs), paths.TODAY_MODEL
    with mapper(machine) as each, within_reach(machine, inputs, paths.REASONS) as places:
        blocks = TodayBlocks(places.of(paths.SNAPSHOTS), places.of(paths.TODAY_MODEL), now, machine.device)
        read = partial(read_chosen, each, places.of(paths.SNAPSHOTS))
        today = by_id(each(blocks.forecast, n_blocks(now)))
        ids = today[CUSTOMER]
        some = ids.iloc[drawn(len(ids), n.some, rng)]
        # Rows come by customer id, and the sort is stable: of equal forecasts the first id comes first.
        top = ids.iloc[np.argsort(-today["forecast"].to_numpy(), kind="stable")[: n.top]]
        usual = drawn_ids(ids, "typical", n.usual)
        rows = read(now, pd.concat([top, some, usual]).drop_duplicates())
        test = None
        if then is not None:
            known = read_ids(then, shares)
            test = read(then, known.iloc[drawn(len(known), n.test, rng)])
    return LookedAt(today, top, some, usual, rows, test)
