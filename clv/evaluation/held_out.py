"""Forecasting the test customers of the backtest block by block, and collecting what they are judged by."""

from functools import partial
from pathlib import Path

import pandas as pd

from clv import paths
from clv.compute import Input, mapper, within_reach
from clv.data.schema import TABLES
from clv.data.world.params import SyntheticParams
from clv.evaluation.baselines import plain_btyd
from clv.evaluation.chosen_rows import read_chosen, read_ids
from clv.evaluation.drift_samples import read_samples
from clv.evaluation.holdout import Holdout
from clv.evaluation.holdout_blocks import HoldoutBlocks, KnownWorld
from clv.evaluation.latent import with_ceilings
from clv.evaluation.store import read_latent
from clv.features.labelled_window import HISTORY
from clv.features.params import CustomerShares
from clv.features.store import n_blocks, read_snapshot
from clv.features.timeline import Plan, Recipe, cutoffs_of
from clv.machine import Machine
from clv.models.store import read_btyd
from clv.replacing import replacing


def forecast_holdout(
    plan: Plan,
    recipe: Recipe,
    shares: CustomerShares,
    truth: Path,
    shop: SyntheticParams,
    most: int,
    machine: Machine,
    seed: int,
) -> tuple[Holdout, dict[str, pd.DataFrame]]:
    """Forecast the test customers block by block and write the forecasts; return the holdout, and samples for drift.

    The samples of test rows and of today's customers have at most `most` customers each. Without the file `truth`,
    which the generator of `shop` wrote, the holdout has no ceilings.
    """
    rows = recipe.forecast
    latent = read_latent(truth, read_ids(rows, shares), recipe.as_of)
    plain = plain_btyd(read_btyd(paths.BACKTEST_MODEL), read_snapshot(rows, HISTORY))
    cutoffs = sorted({rows.cutoff, *cutoffs_of([plan.today])})
    inputs: list[Input] = [(paths.SNAPSHOTS, list(map(str, cutoffs))), paths.BACKTEST_MODEL]
    inputs += [] if latent is None else [(paths.CLEAN, list(TABLES))]
    with replacing(paths.TEST_FORECASTS) as folder:
        folder.mkdir()
        with mapper(machine) as each, within_reach(machine, inputs, folder) as places:
            snapshots = places.of(paths.SNAPSHOTS)
            world = None if latent is None else KnownWorld(shop, seed, places.of(paths.CLEAN))
            where = snapshots, places.of(paths.BACKTEST_MODEL), places.output
            blocks = HoldoutBlocks(*where, rows, shares, plain, world, machine.device)
            holdout = Holdout.together(each(blocks.judged, n_blocks(rows)))
            read = partial(read_chosen, each, snapshots)
            samples = read_samples(read, plan.today, rows, shares, most, seed)
    return holdout if latent is None else with_ceilings(holdout, latent), samples
