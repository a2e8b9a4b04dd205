"""What reports show of slices of customers, and of fairness to kinds of persons."""

import pandas as pd

from clv.reporting.kit.table import NOT_JUDGED, Column, Table, nothing, table

LEVELS = (90, 95, 99)
BY = {
    "decile": "tenth of the forecast",
    "channel": "channel",
    "campaign": "campaign",
    "cohort": "quarter of the first purchase",
    "country": "country",
    "age_band": "age band",
    "lifecycle": "stage of life",
}
MEASURES = {"benefit": "advantage", "error": "error", "bias": "bias", "coverage_95": "95% cover"}
FAIRNESS = (
    "For each group: the share of its customers who are among the fifth with the highest forecasts and the share that "
    "its realised values would have put there (the advantage is the difference), mean absolute error over mean value, "
    "bias, coverage. Named last is what differs from all customers by more than two standard errors; of differences "
    "that are only noise, one in twenty does"
)
NOT_PERSONAL = nothing(
    "Groups of persons are not compared: there is no backtest, or neither age band nor country nor channel is known."
)


def slices(rows: pd.DataFrame, currency: str) -> Table:
    """How the forecast does by kind of customer: a table for each way of slicing."""
    if rows.empty:
        return NOT_JUDGED
    parts = [
        table(found, _columns(by, currency), f"By {BY[by]}{_suppressed(found)}").html
        for by, found in ((str(by), found) for by, found in rows.groupby("by", sort=False))
        if len(found) > 1  # a single kind is all customers
    ]
    return Table("".join(parts))


def fairness(rows: pd.DataFrame) -> Table:
    """Every group of persons by every measure, and what is more than noise."""
    if rows.empty:
        return NOT_PERSONAL
    shown = pd.DataFrame([_of_group(found) for _, found in rows.groupby(["by", "group"], sort=False)])
    columns = [
        Column("by", "by"),
        Column("group", "group"),
        Column("customers", "customers", "count"),
        Column("chosen", "in the top fifth", "share"),
        Column("earned", "by realised value", "share"),
        Column("benefit", MEASURES["benefit"], "signed_share"),
        Column("error", MEASURES["error"], "share"),
        Column("bias", MEASURES["bias"], "signed_share"),
        Column("coverage_95", MEASURES["coverage_95"], "share"),
        Column("beyond", "more than noise"),
    ]
    return table(shown, columns, FAIRNESS)


def largest_gaps(rows: pd.DataFrame) -> Table:
    """How far apart the groups of an attribute are at most."""
    if rows.empty:
        return NOT_PERSONAL
    shown = rows.assign(
        by=rows["by"].map(BY),
        measure=rows["measure"].map(MEASURES),
        beyond_noise=rows["beyond_noise"].map({True: "yes", False: "no"}),
    )
    columns = [
        Column("by", "by"),
        Column("measure", "measure"),
        Column("highest", "highest"),
        Column("lowest", "lowest"),
        Column("gap", "gap", "share"),
        Column("gap_se", "standard error", "share"),
        Column("beyond_noise", "more than noise"),
    ]
    return table(
        shown,
        columns,
        "The largest gap between two groups; more than noise is what one such table in twenty shows anywhere by chance",
    )


def _of_group(rows: pd.DataFrame) -> dict[str, object]:
    """The measures of one group in one row, and which of them differ by more than noise."""
    first = rows.iloc[0]
    beyond = ", ".join(MEASURES[name] for name in rows.loc[rows["beyond_noise"], "measure"])
    values = dict(zip(rows["measure"], rows["value"], strict=True))
    known = {name: first[name] for name in ("group", "customers", "chosen", "earned")}
    return {"by": BY[first["by"]], **known, **values, "beyond": beyond or "nothing"}


def _columns(by: str, currency: str) -> list[Column]:
    return [
        Column("group", BY[by]),
        Column("customers", "customers", "count"),
        Column("buyers", "buyers", "count"),
        Column("forecast_total", f"forecast, {currency}", "money"),
        Column("realised_total", f"realised, {currency}", "money"),
        Column("bias", "bias", "signed_share"),
        Column("gini", "Gini", "ratio"),
        Column("mae", f"MAE, {currency}", "money"),
        *(Column(f"coverage_{level}", f"{level}% cover", "share") for level in LEVELS),
    ]


def _suppressed(rows: pd.DataFrame) -> str:
    """Why figures are missing, where they are."""
    few = int(rows["mae"].isna().sum())
    if not few:
        return ""
    unseen = int(rows["customers"].isna().sum())
    unsaid = f", and of {unseen} of them, or of others that would reveal them, nor is their number" if unseen else ""
    return f"; figures of {few} with too few customers are not shown{unsaid}"
