"""What the experiments report shows of the next test: how large it must be, and what to do about it."""

from typing import Any

import pandas as pd

from clv.reporting.table import Column, Table, note, nothing, table, write

OUTCOMES = {"purchased": "share who buy", "revenue": "revenue per participant"}


def sizes(rows: pd.DataFrame, metrics: dict[str, Any], currency: str) -> Table:
    """How many participants and days the next test takes, and what less of them would show."""
    following = metrics["next"]
    shown = rows.assign(
        what=rows["outcome"].map(OUTCOMES),
        how=rows["with_forecast"].map({True: "with the forecast", False: "as measured"}),
        base=[
            write(row["baseline"], "share" if row["outcome"] == "purchased" else "money")
            for row in rows.to_dict("records")
        ],
        enough=rows["enough_customers"].map({True: "yes", False: "no"}),
    )
    columns = [
        Column("what", "measured by"),
        Column("how", ""),
        Column("base", "without treatment"),
        Column("rise", "rise to find", "share"),
        Column("treated", "treated", "count"),
        Column("control", "control", "count"),
        Column("duration_days", "days in all", "days"),
        Column("enough", "enough customers"),
        Column("power_2_weeks", "chance, 2 weeks", "share"),
        Column("power_4_weeks", "4 weeks", "share"),
        Column("power_8_weeks", "8 weeks", "share"),
        Column("rise_8_weeks", "rise found by 8 weeks", "share"),
    ]
    caption = (
        f"One arm against a control, to find the rise with a chance of {following['power']:.0%}; money in {currency} "
        f"in {metrics['window_days']} days, by what {following['customers']:,} customers did in the last of the data. "
        f"{following['customers_per_day']:,.0f} customers a day are assigned, and the last of them is waited for"
    )
    return table(shown, columns, caption)


def advice(rows: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """What to do about the next test, in a sentence or two."""
    known = rows.dropna(subset=["treated"]).sort_values("participants", kind="stable").to_dict("records")
    if not known:
        return nothing("The next test cannot be planned: nobody who was known before bought in the last window.")
    best = known[0]
    how = f"{OUTCOMES[best['outcome']]}{', with the forecast as covariate' if best['with_forecast'] else ''}"
    text = (
        f"The smallest test that finds a rise of {best['rise']:.0%} measures the {how}: {best['participants']:,.0f} "
        f"participants and {best['duration_days']:,.0f} days."
    )
    if not best["enough_customers"]:
        text += (
            f" That is more than the {metrics['next']['customers']:,} customers there are: look for a larger rise, by "
            "a stronger offer or fewer arms"
        )
        if pd.notna(best["rise_8_weeks"]):
            text += f"; 8 weeks of customers find one of {best['rise_8_weeks']:.0%}"
        text += "."
    return note(text + " Every further arm needs a group of the same size, and a little more for the correction.")
