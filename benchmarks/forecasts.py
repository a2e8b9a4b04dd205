"""How good forecasts are over several synthetic shops, and how good they could be: `python -m benchmarks.forecasts`.

For each seed the default shop is drawn anew, the backtest's recipe is fitted with the parameters of params.yaml
(nothing is tuned) and judged on the test snapshot. One shop says little: its promotions, drawn at random, move the
total of the test window by a few percent, which no forecast can know.

`--ceiling` adds what could be known from history: LightGBM fitted to the very window that is judged, on another draw of
the same shop with ten times the customers. No forecaster has such labels; the ranking that they teach is close to the
best that these features allow, the expectation of a customer's value given the history.
"""

import argparse
from dataclasses import replace
from datetime import date

import lightgbm as lgb
import numpy as np
import pandas as pd

from clv import params
from clv.data.cleaning import clean_table
from clv.data.lines import Cleaning
from clv.data.world.worlds import make_world
from clv.errors import run_stage
from clv.evaluation.judged import Distribution, Judged
from clv.evaluation.metrics import evaluate
from clv.evaluation.slices import groups_of, slice_table
from clv.evaluation.tables import coverage_table
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import TARGET
from clv.features.snapshot import make_snapshots
from clv.models.encoder import Encoder
from clv.models.forecaster import Forecaster
from clv.models.intervals import LEVELS
from clv.models.matrices import coded
from clv.models.purchases import PURCHASE_MODELS
from clv.models.samples import Sample, make_sample
from clv.models.season import Season, fit_season
from clv.params import Params
from clv.timeline import Plan, Rows, make_plan

TIMES_MORE = 10
ROUNDS = 600
GROUPS = ("cohort", "channel")
GROUP_CUSTOMERS = 500  # in a smaller group, coverage is off by a point or more by chance


def tables(p: Params, seed: int, times: int = 1) -> Clean:
    """The clean tables of the default shop of a seed, with so many times the customers."""
    synthetic = p.generate.synthetic
    shop = replace(synthetic.default, n_customers=synthetic.default.n_customers * times)
    raw = make_world(replace(synthetic, world="default", default=shop), seed, p.time.horizon_days).tables
    how = Cleaning(time_zone=p.preprocess.time_zone)
    return Clean(*(clean_table(name, raw[name], how).clean for name in ("transactions", "customers", "touches")))


def backtest(p: Params, clean: Clean) -> tuple[Plan, Season, pd.DataFrame, Forecaster]:
    """The plan of a shop, its season, its test snapshot, and the forecaster of the backtest."""
    days = clean.transactions["order_ts"].dt.date
    plan = make_plan(days.min(), days.max(), p.time)
    assert plan.backtest is not None
    cutoffs = sorted({rows.cutoff for rows in plan.backtest.rows})
    snapshots = make_snapshots(clean, cutoffs, plan.last_day, plan.horizon_days)
    as_of = plan.backtest.as_of
    season = fit_season(
        total_days([base_days(Block.of_frames(clean))]),
        snapshots[as_of],
        as_of,
        PURCHASE_MODELS[p.train.btyd.purchases],
    )

    def sample(rows: Rows) -> Sample:
        return make_sample(rows.cutoff, snapshots[rows.cutoff], plan.horizon_days, season, p.train.btyd)

    assert plan.backtest.calibration is not None
    training, calibration = [sample(rows) for rows in plan.backtest.training], sample(plan.backtest.calibration)
    model = Forecaster.fit(training, calibration, sample(plan.backtest.forecast), p.train, p.compute, p.seed)
    return plan, season, snapshots[as_of], model


def ceiling(p: Params, seed: int, model: Forecaster, test: pd.DataFrame, last_day: date) -> np.ndarray:
    """The forecast of who has seen the window that is judged, on other customers, (n,) money."""
    cutoff = model.btyd.cutoff
    twin = make_snapshots(tables(p, seed + 1000, TIMES_MORE), [cutoff], last_day, p.time.horizon_days)[cutoff]
    seen = make_sample(cutoff, twin, p.time.horizon_days, model.btyd.season, p.train.btyd)
    encoder = Encoder.fit(seen.features)
    X, unit = encoder.transform(seen.features), model.panel.unit(seen.features)
    settings = {
        "objective": "tweedie", "learning_rate": 0.03, "num_leaves": 31, "min_data_in_leaf": 200, "verbosity": -1,
        "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "num_threads": p.compute.threads,
    }  # fmt: skip
    data = lgb.Dataset(coded(X), label=np.maximum(seen.target, 0) / unit, weight=unit**0.5, params={"verbosity": -1})
    booster = lgb.train(settings, data, num_boost_round=ROUNDS)
    features = test.join(model.btyd.outputs(test))
    return np.asarray(booster.predict(coded(encoder.transform(features)))) * model.panel.unit(features)


def judge(p: Params, seed: int, with_ceiling: bool) -> dict[str, float]:
    """One row of the table."""
    plan, _, test, model = backtest(p, tables(p, seed))
    y = test[TARGET].to_numpy()
    predictions = model.predict(test)
    f = predictions["predicted_clv"].to_numpy()
    reached = evaluate(y, f)
    single = [evaluate(y, f.to_numpy()) for _, f in model.predict_learners(test).items()]
    spread = Distribution.of(model.quantiles(test, f, Distribution.shares()), predictions)
    coverage = coverage_table(Judged.of(y, f, spread))
    kinds = {name: groups for name, groups in groups_of(test, model.btyd.cutoff, f).items() if name in GROUPS}
    groups = slice_table(y, predictions, kinds, LEVELS, GROUP_CUSTOMERS)
    row = {name: reached[name] for name in ("gini", "r2", "bias", "decile_mape")}
    row |= {f"{name}/best": reached[name] / max(s[name] for s in single) for name in ("gini", "r2")}
    for level in LEVELS:
        name, nominal = f"coverage_{level}", level / 100
        deciles = coverage[coverage["decile"] != "all"]
        row[f"{level}%"] = float(coverage.loc[coverage["decile"] == "all", name].iloc[0]) - nominal
        row[f"{level}% decile"] = float((deciles[name] - nominal).abs().max())
        row[f"{level}% group"] = float((groups[name] - nominal).abs().max())
    if with_ceiling:
        best = evaluate(y, ceiling(p, seed, model, test, plan.last_day))
        row |= {f"{name}/ceiling": reached[name] / best[name] for name in ("gini", "r2")}
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="42,101,102,103,104", help="numbers, separated by commas")
    parser.add_argument("--ceiling", action="store_true", help="also measure what could be known from history")
    chosen = parser.parse_args()
    p = params.load()
    rows = {}
    for seed in map(int, chosen.seeds.split(",")):
        rows[seed] = judge(p, seed, chosen.ceiling)
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in rows[seed].items()), flush=True)
    print(pd.DataFrame(rows).assign(median=lambda table: table.median(axis=1)).round(3).to_string())


if __name__ == "__main__":
    run_stage(main)
