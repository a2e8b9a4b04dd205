"""How close the budget comes to the best possible one, over several synthetic shops: `python -m benchmarks.budget`.

For each seed the default shop is drawn anew, today's customers are forecast by the buy-till-you-die models alone, and
the budget of params.yaml is split by what its randomised test showed. The splits are judged by the truth, which they do
not see: the expected revenue of each tier in the days for which a response is counted, with and without a lift, and the
true lift by channel and money. Prints the profit of each split over that of the best split under the truth. `inside`
shows whether the true margin of the default split lies within the 95% interval that was promised.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from benchmarks.forecasts import default_shop
from benchmarks.seeds import over_seeds
from clv import paths
from clv.data.world import catalogue
from clv.data.world.customers import draw_customers
from clv.data.world.params import SyntheticParams
from clv.data.world.shop_calendar import Calendar, lift_at, make_calendar
from clv.data.world.truth import expected_revenue
from clv.errors import run_stage
from clv.features.base import base_days, total_days
from clv.features.block import Block, Clean
from clv.features.columns import CUSTOMER
from clv.features.snapshot import make_snapshots
from clv.features.timeline import make_plan
from clv.machine import Machine
from clv.marketing.budget.groups import make_groups
from clv.marketing.budget.lifts import fit_lifts
from clv.marketing.budget.outcome import expected
from clv.marketing.budget.response import Response
from clv.marketing.budget.setting import Setting, make_setting
from clv.marketing.budget.window import window_revenue
from clv.marketing.experiments.before import first_orders
from clv.marketing.experiments.outcomes import outcomes
from clv.marketing.tiers import assign_tiers
from clv.models.btyd.season import fit_season
from clv.models.btyd.value import Btyd
from clv.models.forecaster import Forecaster
from clv.models.samples import Samples, sample_of
from clv.params import Params
from clv.strict import load

PROBE = 0.25  # lift at which the true revenue is computed; it is almost linear in the lift


def forecast_today(p: Params, clean: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """customer_id, tier, predicted_clv and window_revenue of every customer known on the last day."""
    frames = Clean(*(clean[name] for name in ("transactions", "customers", "touches")))
    days = frames.transactions["order_ts"].dt.date
    plan = make_plan(days.min(), days.max(), p.time)
    today = plan.today.as_of
    snapshot = make_snapshots(frames, [today], plan.last_day, plan.horizon_days)[today]
    total = total_days([base_days(Block.of_frames(frames))])
    season = fit_season(total, snapshot, today, p.train.btyd)
    unlabelled = Samples(
        [], None, sample_of(snapshot, Btyd.fit(snapshot, today, plan.horizon_days, season, p.train.btyd))
    )
    model = Forecaster.fit(unlabelled, [], p.train, Machine(2), p.seed)
    values = snapshot.assign(predicted_clv=model.predict(snapshot)["predicted_clv"])
    return pd.DataFrame(
        {
            "customer_id": values[CUSTOMER].to_numpy(),
            "tier": assign_tiers(values["predicted_clv"].to_numpy(), p.segment.tiers),
            "predicted_clv": values["predicted_clv"],
            "window_revenue": window_revenue(model.btyd, values, p.test_window_days),
        }
    )


def true_response(p: Params, seed: int, values: pd.DataFrame, setting: Setting) -> Response:
    """The true response curves, from the simulator, for the cells of a setting."""
    shop, days = load(SyntheticParams, paths.SYNTHETIC).default, p.test_window_days
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
    top = p.margin_rate * cells["tier"].map(of_tier).to_numpy() * most
    half = cells["customers"].to_numpy() * catalogue.TEST_HALF_COST[codes]
    assert setting.response is not None
    return Response(top[:, None], half[:, None], setting.response.highest)


def profit(response: Response, budgets: np.ndarray) -> float:
    return float(response.margin(budgets).mean() - budgets.sum())


def judge(p: Params, seed: int) -> dict[str, float]:
    """The figures of one seed: profit over the best profit for each way to split; how the default split turned out."""
    clean = {name: table.clean for name, table in default_shop(p, seed).tables.items()}
    values = forecast_today(p, clean)
    shop = load(SyntheticParams, paths.SYNTHETIC).default
    last_day = shop.start + timedelta(days=shop.n_days - 1)
    seen, _ = outcomes(
        clean["experiments"],
        clean["transactions"],
        first_orders(clean["transactions"]),
        p.test_window_days,
        p.time.horizon_days,
        pd.Timestamp(last_day),
        p.segment.tiers,
        p.train.btyd.purchases,
    )
    lifts = fit_lifts(make_groups(seen, {}, p.budget.draws, p.seed), p.seed)
    setting = make_setting(p.budget, p.margin_rate, lifts, values, values[["customer_id"]])
    truth, total = true_response(p, seed, values, setting), p.budget.total
    best = replace(setting.cautious(0.0), response=truth).allocate(total).budgets
    ways = {
        "ours": setting.allocate(total).budgets,
        "ours, risk_aversion 0": setting.cautious(0.0).allocate(total).budgets,
        "rule": setting.by_rule(total).budgets,
        "equal": setting.equally(total).budgets,
    }
    row = {name: profit(truth, budgets) / profit(truth, best) for name, budgets in ways.items()}
    promised, real = expected(setting, ways["ours"]), float(truth.margin(ways["ours"]).mean())
    row["spent"] = float(ways["ours"].sum() / total)
    row["promised/true margin"] = promised["expected_margin"] / real if real > 0 else float("nan")
    row["inside"] = float(promised["lower_95"] <= real <= promised["upper_95"])
    return row


def main() -> None:
    over_seeds(judge, __doc__, default="42,101,102")


if __name__ == "__main__":
    run_stage(main)
