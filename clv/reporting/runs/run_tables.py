"""Tables of the page Runs: every run, and those whose horizon is over."""

import pandas as pd

from clv.reporting.kit.table import Column, Table, facts, nothing, table, write
from clv.reporting.runs.run_lines import NO_RUNS

MOST_ROWS = 60  # of a table, the newest first
NONE_OVER = nothing("No run has a horizon that is over yet, so no total can be compared with what was realised.")


def headline(runs: pd.DataFrame) -> Table:
    """The history in a few numbers."""
    if runs.empty:
        return NO_RUNS
    over = runs[runs["realised"].notna()]
    pairs = [("runs", f"{len(runs):,}"), ("newest as of", str(runs["as_of"].iloc[-1]))]
    pairs.append(("runs whose horizon is over", f"{len(over):,}"))
    inside = over["inside_95"].dropna()
    if len(inside):
        pairs.append(("totals inside their 95% interval", f"{int(inside.sum()):,} of {len(inside):,}"))
    return facts(pairs)


def realised(runs: pd.DataFrame) -> Table:
    """Forecast and realised totals of the runs whose horizon is over, newest first."""
    over = runs[runs["realised"].notna()]
    if over.empty:
        return NONE_OVER
    shown = over.iloc[::-1].head(MOST_ROWS)
    inside = shown["inside_95"].map({1.0: "yes", 0.0: "no"}).fillna("–")
    columns = [
        Column("as_of", "as of"),
        Column("over_on", "until"),
        Column("customers", "customers", "count"),
        Column("forecast", "forecast", "money"),
        Column("lower_95", "95% from", "money"),
        Column("upper_95", "to", "money"),
        Column("realised", "realised", "money"),
        Column("error", "error", "signed_share"),
        Column("inside_95", "inside"),
    ]
    errors = over["error"].dropna()
    middle = f". The median error is {write(float(errors.abs().median()), 'share')}" if len(errors) else ""
    caption = (
        f"Net revenue of the customers known at each run, from that day to the end of the horizon, as forecast and as "
        f"realised, in the currency of the run{middle}. Runs of neighbouring days have similar errors"
    )
    return table(shown.assign(inside_95=inside), columns, caption)


def each_run(runs: pd.DataFrame) -> Table:
    """Every run: when and why it was made, its backtest, and its digests, newest first."""
    if runs.empty:
        return NO_RUNS
    columns = [
        Column("as_of", "as of"),
        Column("ran_at", "made"),
        Column("seconds", "seconds", "count"),
        Column("why", "because"),
        Column("customers", "customers", "count"),
        Column("forecast", "forecast", "money"),
        Column("gini", "Gini", "ratio"),
        Column("bias", "bias", "signed_share"),
        Column("coverage_90", "90% cover", "share"),
        Column("coverage_95", "95% cover", "share"),
        Column("failed", "checks that failed"),
        Column("warned", "broken rules for new data"),
        Column("data", "data"),
        Column("code", "code"),
        Column("params", "parameters"),
    ]
    shown = runs.iloc[::-1].head(MOST_ROWS)
    caption = f"The newest {len(shown):,} of {len(runs):,} runs. The last three columns are digests"
    return table(shown.replace({"failed": {"": "none"}, "warned": {"": "none"}}), columns, caption)
