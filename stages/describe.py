"""Write the tables about all customers that pages show; their size does not grow with the shop.

Reads: data/clean/transactions/, the current snapshot and that of the backtest, data/customer_values,
data/fallen.parquet, reports/tables/features.csv.
Writes: data/described/: sales by month, by time of day and week, and by cohort; histograms; how features correlate with
value, and with each other; figures.json, the numbers beside them; and the few customers that pages name,
customers.parquet and fallen.parquet. Some counts are of few persons, so none of it is in git.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd

from clv import paths, storage
from clv.compute import Mapper, mapper, within_reach
from clv.errors import run_stage
from clv.features.columns import CUSTOMER, TARGET
from clv.features.store import n_blocks, n_customers, read_plan
from clv.features.timeline import Plan, Rows
from clv.machine import Machine
from clv.marketing.description import related_features, sales_tables
from clv.marketing.description.described_features import drawn_customers, spreads, value_by
from clv.marketing.description.described_parts import DescribedParts
from clv.marketing.description.histograms import bins, sales_figures, sales_histograms
from clv.marketing.description.shown_customers import forecast_bins, forecast_figures, shown, those_named
from clv.marketing.description.sold import together
from clv.marketing.tiers import UNKNOWN
from clv.replacing import replacing
from clv.reporting.params import CustomerId, SearchableCustomers, TopCustomers
from clv.shared_params import MinGroupCustomers
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    min_group_customers: MinGroupCustomers
    searchable_customers: Annotated[SearchableCustomers, At("report.searchable_customers")]
    top_customers: Annotated[TopCustomers, At("report.top_customers")]
    customer: Annotated[CustomerId, At("report.customer")]


def main() -> None:
    p, plan, machine = load(Params), read_plan(), Machine.here()
    today, n = plan.today.forecast, n_blocks(plan.today.forecast)
    labelled = plan.backtest.forecast if plan.backtest else today
    cutoffs = sorted({str(rows.cutoff) for rows in (today, labelled)})
    inputs = (paths.CLEAN, ["transactions"]), (paths.SNAPSHOTS, cutoffs), paths.CUSTOMER_VALUES
    with replacing(paths.DESCRIBED) as folder:
        folder.mkdir()
        with mapper(machine) as each, within_reach(machine, inputs, folder) as places:
            read = paths.clean("transactions"), paths.SNAPSHOTS, paths.CUSTOMER_VALUES
            parts = DescribedParts(*map(places.of, read))
            sales, months = describe_sales(each, parts, n, plan, folder)
            rows = describe_features(each, parts, n, today, labelled, p.min_group_customers, folder)
            fell, n_fell = storage.read_first(paths.FALLEN, p.top_customers)
            forecasts, histogram = describe_customers(each, parts, n, p, fell[CUSTOMER].to_list(), folder)
        figures = {"sales": sales, "forecasts": forecasts, "fallen": n_fell, "rows": rows}
        storage.write_table(fell, folder / paths.SHOWN_FALLEN.name)
        storage.write_csv(pd.concat([months, histogram]), folder / paths.HISTOGRAMS.name, digits=9)
        storage.write_json(figures, folder / paths.DESCRIBED_FIGURES.name, digits=9)
    print(f"describe: {forecasts['customers']:,} customers in tables of {n} blocks")


def describe_sales(
    each: Mapper, parts: DescribedParts, n: int, plan: Plan, folder: Path
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Write tables of sales; return the numbers beside them, and histograms."""
    found = together(each(parts.sold, n))
    storage.write_csv(sales_tables.by_month(found), folder / paths.SALES_MONTHS.name)
    storage.write_csv(sales_tables.by_clock(found), folder / paths.SALES_CLOCK.name)
    storage.write_csv(sales_tables.cohorts(found, plan.last_day), folder / paths.COHORTS.name)
    return sales_figures(found), sales_histograms(found)


def describe_features(
    each: Mapper, parts: DescribedParts, n: int, today: Rows, labelled: Rows, least: int, folder: Path
) -> dict[str, dict[str, int]]:
    """Write tables of features; return how many customers of each snapshot were sampled to compare them by rank."""
    listed = storage.read_csv(paths.FEATURES_CSV)
    now = drawn_customers(each, parts, today, list(related_features.FIGURES), n)
    then = drawn_customers(each, parts, labelled, [*related_features.numbers_of(listed), TARGET], n)
    related = related_features.relations(then, listed)
    leaders = related_features.leaders(related, listed)
    known = [] if related.empty else leaders
    storage.write_csv(related_features.correlations(now), folder / paths.CORRELATIONS.name)
    storage.write_csv(related, folder / paths.RELATIONS.name)
    storage.write_csv(value_by(each, parts, labelled, known, least, n), folder / paths.VALUE_BY_FEATURE.name)
    storage.write_csv(spreads(each, parts, today, leaders, n), folder / paths.SPREAD.name, digits=9)
    compared = ("today", now, today), ("labelled", then, labelled)
    return {name: {"drawn": len(drawn), "customers": n_customers(of)} for name, drawn, of in compared}


def describe_customers(
    each: Mapper, parts: DescribedParts, n: int, p: Params, fell: list[str], folder: Path
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Write the few customers that pages name; return figures of all forecasts, and their histogram."""
    values = pd.concat(each(parts.forecasts, n))
    forecasts, chances = values["predicted_clv"].to_numpy(), values["p_purchase"].to_numpy()
    named, least = those_named(forecasts, p.searchable_customers, p.min_group_customers)
    found = pd.concat(each(partial(parts.candidates, named, least, [p.customer, *fell]), n))
    storage.write_table(shown(found, named, p.customer, fell), folder / paths.SHOWN_CUSTOMERS.name)
    figures = forecast_figures(forecasts, chances, are_known=not (values["tier"] == UNKNOWN).any())
    return figures, bins("forecast", *forecast_bins(forecasts))


if __name__ == "__main__":
    run_stage(main)
