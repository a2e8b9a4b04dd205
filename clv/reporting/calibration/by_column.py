"""Report parts on each column of the forecast by group: where orders, probabilities and money are off."""

import pandas as pd

from clv.reporting.kit.table import NOT_JUDGED, Column, Format, Table, table

BY = {"everyone": "all", "purchases": "purchases so far", "overdue": "days since the last purchase"}
NAMES = {"expected_orders": "orders", "p_purchase": "P(purchase)", "p_alive": "P(alive)", "predicted_clv": "value"}
FORMATS: dict[str, Format] = {
    "expected_orders": "ratio",
    "p_purchase": "share",
    "p_alive": "share",
    "predicted_clv": "money",
}
RATIOS = (
    "What was realised divided by what was forecast: 1 means that the forecast was right. P(alive) is compared with "
    "the share of customers who bought. It should be at least as high, so a ratio below 1 is no error. A gap is a "
    "customer's mean number of days between purchases. The last column names what is off by more than two standard "
    "errors, as one figure in twenty is by chance alone. A level that is off for all customers shows in every row"
)


def ratios(rows: pd.DataFrame) -> Table:
    """Realised over forecast: one row per group, one column per column of the forecast."""
    if rows.empty:
        return NOT_JUDGED
    shown = pd.DataFrame([_of_group(found) for _, found in rows.groupby(["by", "group"], sort=False)])
    columns = [Column("by", "by"), Column("group", "group"), Column("customers", "customers", "count")]
    columns += [Column(name, title, "ratio") for name, title in NAMES.items()]
    return table(shown, [*columns, Column("off", "off by more than noise")], f"{RATIOS}{_suppressed(rows)}")


def means(rows: pd.DataFrame, currency: str) -> Table:
    """The numbers behind the ratios: one table per column of the forecast."""
    if rows.empty:
        return NOT_JUDGED
    parts = []
    shown = rows.assign(by=rows["by"].map(BY), off=rows["beyond_noise"].map({True: "yes", False: "no"}))
    for name, title in NAMES.items():
        how, unit = FORMATS[name], f", {currency}" if FORMATS[name] == "money" else ""
        columns = [
            Column("by", "by"),
            Column("group", "group"),
            Column("customers", "customers", "count"),
            Column("forecast_mean", f"forecast{unit}", how),
            Column("realised_mean", f"realised{unit}", how),
            Column("ratio", "realised / forecast", "ratio"),
            Column("ratio_se", "standard error", "ratio"),
            Column("off", "more than noise"),
        ]
        parts.append(table(shown[shown["column"] == name], columns, f"{title}: means per customer").html)
    return Table("".join(parts))


def _of_group(rows: pd.DataFrame) -> dict[str, object]:
    """The ratios of one group in one row, and which of them are off."""
    first = rows.iloc[0]
    off = ", ".join(NAMES[name] for name in rows.loc[rows["beyond_noise"], "column"])
    ratios = dict(zip(rows["column"], rows["ratio"], strict=True))
    unknown = "" if pd.isna(first["ratio"]) else "nothing"
    known = {"by": BY[first["by"]], "group": first["group"], "customers": first["customers"]}
    return {**known, **ratios, "off": off or unknown}


def _suppressed(rows: pd.DataFrame) -> str:
    """A note on why figures are missing; "" if none are."""
    few = len(rows.loc[rows["ratio"].isna(), ["by", "group"]].drop_duplicates())
    return f". Groups with too few customers or buyers are shown without figures ({few} here)" if few else ""
