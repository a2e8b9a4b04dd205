"""Report parts on slices of customers, and on fairness between groups of persons."""

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
    "'In the top fifth' is the share of a group's customers who are among the fifth of customers with the highest "
    "forecasts, 'by realised value' the share who are among the fifth with the highest realised values; the advantage "
    "is the difference. The error is the mean absolute error divided by the mean value. The last column names what "
    "differs from all customers by more than two standard errors, as one figure in twenty does by chance alone"
)
NOT_PERSONAL = nothing(
    "Groups of persons are not compared, because there is no backtest, or because neither age band nor country nor "
    "channel is known."
)


def slices(rows: pd.DataFrame, currency: str) -> Table:
    """The accuracy of the forecast by kind of customer: one table per way of slicing."""
    if rows.empty:
        return NOT_JUDGED
    parts = [
        table(found, _columns(by, currency), f"By {BY[by]}{_suppressed(found)}").html
        for by, found in ((str(by), found) for by, found in rows.groupby("by", sort=False))
        if len(found) > 1  # a single group has all customers
    ]
    return Table("".join(parts))


def fairness(rows: pd.DataFrame) -> Table:
    """Every group of persons by every measure, and which differences exceed noise."""
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
    """The largest gap between the groups of each attribute, by measure."""
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
        "The largest gap between two groups. By chance alone, one such table in twenty shows a gap of 'more than "
        "noise'",
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
    """A note on why figures are missing; "" if none are."""
    few = int(rows["mae"].isna().sum())
    if not few:
        return ""
    unseen = int(rows["customers"].isna().sum())
    unsaid = f" ({unseen} here also without their size, which is small or would reveal a small one)" if unseen else ""
    return f". Groups with too few customers are shown without figures: {few} here{unsaid}"
