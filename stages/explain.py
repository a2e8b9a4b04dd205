"""Explain what drives the forecasts.

Reads: the current snapshot and models/today/; the backtest's rows of data/snapshots/ and models/backtest/.
Writes: for today's forecasts, from the contributions of the two boosters, reports/tables/contributions.csv (features),
reports/tables/contribution_groups.csv and data/reasons.parquet (five reasons for each of the customers with the highest
forecasts); for the backtest's, from the whole ensemble, reports/tables/permutation.csv and
reports/plots/partial_dependence.csv. The first three are empty without a booster, the others without a backtest.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from clv import paths, storage
from clv.errors import run_stage
from clv.evaluation.dependence import DEPENDENCE, PERMUTATION, drawn, partial_dependence, permutation
from clv.evaluation.explanation import booster_shares, contributions, group_strengths, strengths, usual_value
from clv.evaluation.looked_at import HowMany, LookedAt, read_looked_at
from clv.evaluation.params import DrawnCustomers, ExplainedCustomers, PermutedCustomers
from clv.evaluation.reasons import reasons, typical_values
from clv.features.columns import CUSTOMER, TARGET
from clv.features.feature_table import FEATURES, FITTED
from clv.features.params import CustomerShares
from clv.features.store import read_plan
from clv.machine import Device, Machine
from clv.models.forecaster import Forecaster
from clv.shared_params import Seed
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    seed: Seed
    device: Device
    customer_shares: Annotated[CustomerShares, At("time.customer_shares")]
    drawn_customers: Annotated[DrawnCustomers, At("evaluate.drawn_customers")]
    explained_customers: Annotated[ExplainedCustomers, At("evaluate.explained_customers")]
    permuted_customers: Annotated[PermutedCustomers, At("evaluate.permuted_customers")]


TABLE = {feature.name: feature for feature in (*FEATURES, *FITTED)}
GROUPS = {feature.name: feature.group for feature in TABLE.values()}
MEAN_OVER = 2_000  # customers, sampled if there are more: contributions of 1,000 take some 3 seconds
VARIED_ON = 500  # a subset of the customers on whom features are permuted
STRONGEST = 10  # features to vary


def of_today(customers: LookedAt, machine: Machine) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Contributions to today's forecasts by feature and by group, and the reasons behind the highest forecasts."""
    model = Forecaster.load(paths.TODAY_MODEL, machine)
    features = model.features_of(customers.rows).set_axis(customers.rows[CUSTOMER])
    some, top = features.loc[customers.some], features.loc[customers.top]
    shares, usual = booster_shares(model.panel, model.weights), usual_value(customers.today["unit"].to_numpy())
    found, of_top = (contributions(model.panel, shares, rows, usual) for rows in (some, top))
    typical = typical_values(features.loc[customers.usual])
    why = reasons(of_top, found.mean(), customers.top.to_numpy(dtype=str), top, typical, TABLE)
    return strengths(found, GROUPS), group_strengths(found, GROUPS), why


def of_backtest(
    test: pd.DataFrame | None, machine: Machine, strongest: list[str], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Permutation importance of all features, and partial dependence of the strongest, on test customers."""
    if test is None:
        return pd.DataFrame(columns=PERMUTATION), pd.DataFrame(columns=DEPENDENCE)
    model = Forecaster.load(paths.BACKTEST_MODEL, machine)
    features = model.features_of(test)
    permuted = permutation(model.forecast, features, test[TARGET].to_numpy(), GROUPS, rng)
    if not strongest:
        strongest = permuted.loc[permuted["kind"] == "feature", "name"].head(STRONGEST).to_list()
    few = features.iloc[drawn(len(features), VARIED_ON, rng)]
    return permuted, partial_dependence(model.forecast, few, strongest)


def main() -> None:
    p = load(Params)
    plan, machine, rng = read_plan(), Machine.here(p.device), np.random.default_rng(p.seed)
    n = HowMany(p.explained_customers, MEAN_OVER, p.drawn_customers, p.permuted_customers)
    customers = read_looked_at(plan, p.customer_shares, n, machine, rng)
    by_feature, by_group, why = of_today(customers, machine)
    strongest = by_feature["feature"].head(STRONGEST).to_list()
    permuted, dependence = of_backtest(customers.test, machine, strongest, rng)

    storage.write_csv(by_feature, paths.CONTRIBUTIONS)
    storage.write_csv(by_group, paths.CONTRIBUTION_GROUPS)
    storage.write_table(why, paths.REASONS)
    storage.write_csv(permuted, paths.PERMUTATION)
    storage.write_csv(dependence, paths.PARTIAL_DEPENDENCE)
    said = ", ".join(strongest[:3]) or "none: the panel has no booster to explain"
    print(f"explain: {why[CUSTOMER].nunique():,} customers, {len(permuted)} permutations; strongest features {said}")


if __name__ == "__main__":
    run_stage(main)
