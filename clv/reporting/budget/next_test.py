"""Parts of the experiments report: how large the next test must be, and what to do about it."""

from typing import Any

import pandas as pd

from clv.reporting.kit.table import Column, Table, note, nothing, table, write

OUTCOMES = {"purchased": "share who buy", "revenue": "revenue per participant"}


def sizes(rows: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Table:
    """How many participants and days the next test needs, and what a shorter one would detect."""
    following = metrics["next"]
    shown = rows.assign(
        what=rows["outcome"].map(OUTCOMES),
        how=rows["with_forecast"].map({True: "forecast", False: "none"}),
        base=[
            write(row["baseline"], "share")
            if row["outcome"] == "purchased"
            else f"{write(row['baseline'], 'money')} {currency}"
            for row in rows.to_dict("records")
        ],
        enough=rows["enough_customers"].map({True: "yes", False: "no"}),
    )
    columns = [
        Column("what", "measured by"),
        Column("how", "covariate"),
        Column("base", "untreated", "written"),
        Column("rise", "rise", "share"),
        Column("treated", "treated", "count"),
        Column("control", "control", "count"),
        Column("duration_days", "days", "days"),
        Column("enough", "enough?"),
        Column("power_2_weeks", "chance in 2 weeks", "share"),
        Column("power_4_weeks", "chance in 4 weeks", "share"),
        Column("power_8_weeks", "chance in 8 weeks", "share"),
        Column("rise_8_weeks", "smallest rise in 8 weeks", "share"),
    ]
    rises = shown["rise"].unique()
    sought = "the rise"
    if len(rises) == 1:
        columns = [column for column in columns if column.name != "rise"]
        sought = f"a rise of {rises[0]:.0%}"
    caption = (
        f"The size of a test of one arm against a control that detects {sought} with a chance of "
        f"{following['power']:.0%}. 'Untreated' is what the {following['customers']:,} customers known before the last "
        f"{metrics['window_days']} days of the data did in these days; 'enough?' shows whether so many customers "
        f"suffice. {following['customers_per_day']:,.0f} customers are assigned each day, and the days count until the "
        "last window is over. 'Chance in 2 weeks' is the chance of detection if assigning stops after 2 weeks; "
        "'smallest rise in 8 weeks' is the smallest rise that 8 weeks detect"
    )
    return table(shown, columns, caption)


def advice(rows: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """What to do about the next test, in a sentence or two."""
    known = rows.dropna(subset=["treated"]).sort_values("participants", kind="stable").to_dict("records")
    if not known:
        return nothing(
            "The next test cannot be planned, because no customer known before the last window bought in it."
        )
    best = known[0]
    how = f"{OUTCOMES[best['outcome']]}{', with the forecast as covariate' if best['with_forecast'] else ''}"
    text = (
        f"The smallest test that detects a rise of {best['rise']:.0%} measures the {how}. It takes "
        f"{best['participants']:,.0f} participants"
    )
    if best["enough_customers"]:
        text += f" and {best['duration_days']:,.0f} days."
    else:
        text += (
            f", more than the {metrics['next']['customers']:,} customers who were known before the last "
            f"{metrics['window_days']} days. Look for a larger rise, with a stronger offer"
        )
        if pd.notna(best["rise_8_weeks"]):
            text += f": assigning customers for 8 weeks detects a rise of {best['rise_8_weeks']:.0%}"
        text += "."
    return note(
        text
        + " Each further arm needs a group of the same size, and slightly more due to the correction for several arms."
    )
