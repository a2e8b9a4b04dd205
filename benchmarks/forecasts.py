"""How good forecasts are over several synthetic shops, and how good they could be: `python -m benchmarks.forecasts`.

For each seed the default shop is drawn anew. The backtest's recipe is fitted with the parameters of params.yaml,
without tuning, and judged on the test snapshot. One shop alone shows little: its promotions, drawn at random, move the
total of the test window by a few percent, which no forecast can know.

Beside it stands the best that can be known from history: the Bayes forecast under the true process of the shop.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.seeds import over_seeds
from clv import paths
from clv.data.clean_shop import CleanShop, clean_shop
from clv.data.source import Source, TableSource
from clv.data.world.params import SyntheticParams
from clv.data.world.worlds import make_world
from clv.door.featurized import Featurized, featurize
from clv.door.recipe_fit import fit_recipe
from clv.errors import run_stage
from clv.evaluation.bayes import bayes_forecast
from clv.evaluation.chart_tables import coverage_table
from clv.evaluation.distribution import Distribution, Placed, scores_of
from clv.evaluation.judged import Judged
from clv.evaluation.metrics import evaluate
from clv.evaluation.slices import groups_of, slice_table
from clv.features.columns import CUSTOMER, TARGET
from clv.features.params import CustomerShares
from clv.features.store import Snapshots
from clv.features.timeline import Plan, Rows
from clv.models.calibration.intervals import LEVELS
from clv.models.forecaster import Forecaster
from clv.params import Params
from clv.strict import load

GROUPS = ("cohort", "channel")
GROUP_CUSTOMERS = 500  # in a smaller group, coverage is off by a point or more by chance
Change = Callable[[pd.DataFrame], pd.DataFrame]


def as_they_are(snapshot: pd.DataFrame) -> pd.DataFrame:
    """A snapshot without a change."""
    return snapshot


@dataclass(frozen=True)
class ChangedSnapshots(Snapshots):
    """The snapshots that models learn from, with a change applied to their rows."""

    change: Change = as_they_are

    def rows(self, rows: Rows, shares: CustomerShares, most: int) -> pd.DataFrame:
        return self.change(super().rows(rows, shares, most))


@dataclass(frozen=True)
class Changed(Featurized):
    """The same shop, with a change applied to every snapshot."""

    change: Change

    def snapshot(self, rows: Rows) -> pd.DataFrame:
        return self.change(super().snapshot(rows))

    @property
    def snapshots(self) -> Snapshots:
        return ChangedSnapshots(self.folder.path, self.change)


def default_shop(p: Params, seed: int) -> CleanShop:
    """The default shop of a seed, cleaned."""
    synthetic = replace(load(SyntheticParams, paths.SYNTHETIC), world="default")
    return cleaned(p, make_world(synthetic, seed, p.time.horizon_days).tables)


def cleaned(p: Params, raw: Mapping[str, pd.DataFrame]) -> CleanShop:
    """A shop cleaned from raw tables by name: all tables, with typed values."""
    source = Source("synthetic", {name: TableSource(name, len(table)) for name, table in raw.items()})
    return clean_shop(raw, source, p.preprocess, p.time.last_day)


def backtest(p: Params, shop: CleanShop, change: Change = as_they_are) -> tuple[Plan, pd.DataFrame, Forecaster]:
    """The plan of a shop, its test snapshot, and the backtest's forecaster; `change` is applied to every snapshot."""
    made = Changed(**vars(featurize(shop, p)), change=change)
    recipe = made.plan.backtest
    assert recipe is not None
    return made.plan, made.snapshot(recipe.forecast), fit_recipe(made, recipe, p)


def judge(p: Params, seed: int) -> dict[str, float]:
    """The figures of one seed, by name."""
    shop = default_shop(p, seed)
    plan, test, model = backtest(p, shop)
    y = test[TARGET].to_numpy()
    features = model.features_of(test)
    predictions = model.predict_from(features)
    f = predictions["predicted_clv"].to_numpy()
    single = [evaluate(y, f.to_numpy()) for _, f in model.predict_learners(features).items()]
    scores = scores_of(np.maximum(y, 0), model.quantiles(features, f, Distribution.shares()))
    placed = Placed.predicted(y, predictions, scores)
    reached = evaluate(y, f, placed)
    deciles = coverage_table(Judged.of(y, f, placed))
    kinds = {name: groups for name, groups in groups_of(test, model.btyd.cutoff).items() if name in GROUPS}
    groups = slice_table(y, predictions, kinds, LEVELS, GROUP_CUSTOMERS, 1)
    row = {name: reached[name] for name in ("gini", "r2", "bias", "decile_mape")}
    row |= {f"{name}/best": reached[name] / max(s[name] for s in single) for name in ("gini", "r2")}
    for level in LEVELS:
        name, nominal = f"coverage_{level}", level / 100
        row[f"{level}%"] = reached[name] - nominal
        row[f"{level}% decile"] = float((deciles[name] - nominal).abs().max())
        row[f"{level}% group"] = float((groups[name] - nominal).abs().max())
    synthetic = replace(load(SyntheticParams, paths.SYNTHETIC), world="default")
    clean = {name: table.clean for name, table in shop.tables.items()}
    known = bayes_forecast(synthetic, seed, clean, test[CUSTOMER], model.btyd.cutoff, plan.horizon_days)
    best = evaluate(y, known)
    row |= {f"{name}/ceiling": reached[name] / best[name] for name in ("gini", "r2")}
    return row


def main() -> None:
    over_seeds(judge, __doc__, default="42,101,102,103,104")


if __name__ == "__main__":
    run_stage(main)
