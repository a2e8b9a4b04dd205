"""Evaluate finished randomised tests, and plan the next.

Reads: data/clean/ (experiments, transactions), data/snapshots/plan.json, data/test_forecasts/.
Writes: data/outcomes.parquet (one row per test and participant); every arm against its control to
reports/tables/experiments.csv, day by day to reports/plots/sequential.csv; the size of the next test to
reports/tables/next_test.csv; checks and decisions to reports/metrics/experiments.json.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import pandas as pd

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.errors import run_stage
from clv.features.store import read_plan
from clv.features.timeline import Plan
from clv.machine import Machine
from clv.marketing.experiments.analysis import analyse
from clv.marketing.experiments.figures import summarise
from clv.marketing.experiments.line_blocks import LineBlocks, OfEverybody
from clv.marketing.experiments.outcomes import arms_of, outcomes, wanted
from clv.marketing.experiments.params import ExperimentParams
from clv.marketing.experiments.planning import explained, plan_next
from clv.marketing.experiments.randomisation import require_arms
from clv.marketing.experiments.sequential import over_days
from clv.marketing.experiments.small_arms import all_participants, untold, without_sizes
from clv.marketing.params import TierParams
from clv.models.btyd.params import PurchasesName
from clv.replacing import scratch
from clv.shared_params import MarginRate, MinGroupCustomers, TestWindowDays
from clv.strict import At, load
from clv.suppression import unless_few


@dataclass(frozen=True)
class Params:
    margin_rate: MarginRate
    min_group_customers: MinGroupCustomers
    test_window_days: TestWindowDays
    purchases: Annotated[PurchasesName, At("train.btyd.purchases")]
    tiers: Annotated[TierParams, At("segment.tiers")]
    experiment: ExperimentParams


def read_lines(assignments: pd.DataFrame, plan: Plan, window_days: int) -> tuple[pd.DataFrame, OfEverybody]:
    """All order lines of the customers that the tests need, and facts about all customers."""
    machine, n = Machine.here(), storage.n_parts(paths.clean("transactions"))
    cutoff = plan.backtest.forecast.cutoff if plan.backtest else None
    with scratch(paths.OUTCOMES) as nowhere, mapper(machine) as each:
        inputs = (paths.CLEAN, ["transactions"]), paths.TEST_FORECASTS
        with within_reach(machine, inputs, nowhere) as places:
            where = places.of(paths.CLEAN), places.of(paths.TEST_FORECASTS)
            blocks = LineBlocks(*where, plan.last_day, window_days, cutoff)
            everybody = OfEverybody.together(each(blocks.look, n))
            some = wanted(assignments, everybody.first)
            lines = each(partial(blocks.lines_of, some), n)
            return pd.concat(lines, ignore_index=True), everybody


def main() -> None:
    p = load(Params)
    plan = read_plan()
    how, least, last_day = p.experiment, p.min_group_customers, plan.last_day
    assignments = storage.read_table(paths.clean("experiments"))
    require_arms(how.shares, arms_of(assignments))
    lines, everybody = read_lines(assignments, plan, p.test_window_days)

    seen, still_open = outcomes(
        assignments, lines, everybody.first, p.test_window_days, plan.horizon_days, last_day, p.tiers, p.purchases
    )
    table = analyse(seen, how.confidence, p.margin_rate, least)
    days = over_days(seen, lines, p.test_window_days, how.confidence, least)
    few = untold(seen, least)
    tests = summarise(seen, table, days, how, p.margin_rate, least)

    base = everybody.recent
    following = plan_next(base, explained(everybody.after), how, p.test_window_days)
    metrics = {
        "confidence": how.confidence,
        "window_days": p.test_window_days,
        "margin_rate": p.margin_rate,
        "participants": all_participants(seen, few),
        "still_open": unless_few(still_open, still_open, least),
        "tests": tests,
        "next": {
            "customers": len(base),
            "customers_per_day": how.next.customers_per_day,
            "power": how.next.power,
            "treated_share": how.next.treated_share,
        },
    }

    storage.write_table(seen, paths.OUTCOMES)
    storage.write_csv(without_sizes(table, few), paths.TESTS)
    storage.write_csv(following, paths.NEXT_TEST)
    storage.write_csv(without_sizes(days, few), paths.SEQUENTIAL)
    storage.write_json(metrics, paths.EXPERIMENT_JSON)
    won = sum(bool(test["winner"]) for test in tests.values())
    print(
        f"experiment: {len(tests)} finished tests, {won} with a winner, {len(seen):,} participants, "
        f"{still_open:,} more whose window is still open"
    )


if __name__ == "__main__":
    run_stage(main)
