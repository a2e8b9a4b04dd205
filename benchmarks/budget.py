"""How near the budget comes to the best one there is, over several synthetic shops: `python -m benchmarks.budget`.

For each seed the default shop is drawn anew, today's customers are forecast by the buy-till-you-die models alone, and
the budget of params.yaml is split by what its randomised test showed. Judge is the truth, which the splits do not see:
the expected revenue of each tier in the days that a response is counted for, with and without a lift, and the true
lift by channel and money. Printed is the profit of each split over that of the best split under the truth.

`--redraws` repeats the assignment's luck: participants' revenue is resampled so many times per shop, which says how
much of a ratio is luck of one test.
"""

import argparse
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from benchmarks.forecasts import tables
from clv import params
from clv.data.world import catalogue
from clv.data.world.calendar import Calendar, lift_at, make_calendar
from clv.data.world.customers import draw_customers
from clv.data.world.truth import expected_revenue
from clv.errors import run_stage
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import CUSTOMER
from clv.features.snapshot import make_snapshots
from clv.marketing.budget.groups import make_groups
from clv.marketing.budget.lifts import fit_lifts
from clv.marketing.budget.response import Response
from clv.marketing.budget.setting import Setting, make_setting
from clv.marketing.experiments.outcomes import outcomes
from clv.marketing.segments.tiers import TIERS, assign_tiers
from clv.models.forecaster import Forecaster
from clv.models.purchases import PURCHASE_MODELS
from clv.models.samples import make_sample
from clv.models.season import fit_season
from clv.params import Params
from clv.timeline import make_plan

PROBE = 0.25  # lift at which the truth is asked; expected revenue is all but linear in it


def forecast_today(p: Params, clean: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """customer_id, tier and predicted_clv of everyone known on the last day."""
    frames = Clean(*(clean[name] for name in ("transactions", "customers", "touches")))
    days = frames.transactions["order_ts"].dt.date
    plan = make_plan(days.min(), days.max(), p.time)
    today = plan.today.as_of
    snapshot = make_snapshots(frames, [today], plan.last_day, plan.horizon_days)[today]
    total = total_days([base_days(Block.of_frames(frames))])
    season = fit_season(total, snapshot, today, PURCHASE_MODELS[p.train.btyd.purchases])
    sample = make_sample(today, snapshot, plan.horizon_days, season, p.train.btyd)
    predicted = Forecaster.fit([], None, sample, p.train, p.compute, p.seed).predict(snapshot)["predicted_clv"]
    tier = assign_tiers(predicted.to_numpy(), p.segment.tiers)
    return pd.DataFrame({"customer_id": snapshot[CUSTOMER].to_numpy(), "tier": tier, "predicted_clv": predicted})


def true_response(p: Params, seed: int, values: pd.DataFrame, setting: Setting) -> Response:
    """The curves of the simulator for the cells of a setting."""
    shop, days = p.generate.synthetic.default, p.experiment.window_days
    first = shop.n_days
    calendar = make_calendar(shop, seed, first + days)
    customers = draw_customers(shop, seed)
    rates = calendar.rates * np.where(np.arange(first + days) >= first, 1 + PROBE, 1.0)
    elapsed = np.concatenate([np.zeros((len(rates), 1)), rates.cumsum(axis=1)], axis=1)
    lifted = Calendar(rates, calendar.price, calendar.discount, elapsed)
    revenue = [expected_revenue(shop, world, customers, (first, days)) for world in (calendar, lifted)]
    gain = pd.Series((revenue[1] - revenue[0]) / PROBE, index=customers["customer_id"].to_numpy())
    of_tier = gain.reindex(values["customer_id"]).groupby(values["tier"].to_numpy()).sum()
    cells = setting.cells
    codes = np.array([catalogue.TEST_CHANNELS.index(name) for name in cells["channel"]])
    most = lift_at(shop, codes, np.full(len(codes), 1e12))
    top = p.budget.margin_rate * cells["tier"].map(of_tier).to_numpy() * most
    half = cells["customers"].to_numpy() * catalogue.TEST_HALF_COST[codes]
    assert setting.response is not None
    return Response(top[:, None], half[:, None], setting.response.highest)


def profit(response: Response, budgets: np.ndarray) -> float:
    return float(response.margin(budgets).mean() - budgets.sum())


def judge(p: Params, seed: int, redraws: int) -> list[dict[str, float]]:
    """Rows of ratios to the best profit, of the test as it was and of each redraw."""
    clean = tables(p, seed)
    values = forecast_today(p, clean)
    last_day = p.generate.synthetic.default.start + timedelta(days=p.generate.synthetic.default.n_days - 1)
    seen, _ = outcomes(
        clean["experiments"], clean["transactions"], p.experiment.window_days, pd.Timestamp(last_day),
        p.segment.tiers, p.train.btyd.purchases,
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    rows: list[dict[str, float]] = []
    truth: Response | None = None
    for i in range(1 + redraws):
        chosen = seen if i == 0 else seen.iloc[rng.integers(0, len(seen), len(seen))]
        lifts = fit_lifts(make_groups(chosen, p.budget.draws, p.seed), p.seed)
        setting = make_setting(p.budget, lifts, values, pd.DataFrame({"customer_id": []}),
                               p.experiment.window_days / p.time.horizon_days)  # fmt: skip
        truth = truth or true_response(p, seed, values, setting)
        known = replace(setting.cautious(0.0), response=truth)
        total = p.budget.total
        best = profit(truth, known.allocate(total).budgets)
        ways = {
            "ours": setting.allocate(total).budgets,
            "ours, risk_aversion 0": setting.cautious(0.0).allocate(total).budgets,
            "rule": setting.by_rule(total).budgets,
            "equal": setting.equally(total).budgets,
        }
        row = {name: profit(truth, budgets) / best for name, budgets in ways.items()}
        if i == 0:
            spent = dict(zip(TIERS, known.allocate(total).budgets.reshape(len(TIERS), -1).round(), strict=True))
            mine = dict(zip(TIERS, ways["ours"].reshape(len(TIERS), -1), strict=True))
            print(f"  best {best:,.0f}; by {', '.join(setting.cells['channel'].unique())}: best {spent}, ours {mine}")
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="42,101,102", help="numbers, separated by commas")
    parser.add_argument("--redraws", type=int, default=0, help="resamples of each test's participants")
    chosen = parser.parse_args()
    p = params.load()
    everything = []
    for seed in map(int, chosen.seeds.split(",")):
        rows = pd.DataFrame(judge(p, seed, chosen.redraws))
        everything.append(rows)
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in rows.iloc[0].items()), flush=True)
    print(pd.concat(everything).describe().loc[["mean", "min", "50%", "max"]].round(3).to_string())


if __name__ == "__main__":
    run_stage(main)
