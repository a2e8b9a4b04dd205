"""The first screen of the data report: findings about customers, sales and the last day, and how ids match."""

import pandas as pd

from clv.data.input_finding import sentences
from clv.reporting.kit.table import ELSEWHERE, Column, Table, note, nothing, table

TO_CHECK = "to check"


def found(findings: pd.DataFrame) -> Table:
    """The findings of preprocess about the input as a whole, one row each; those to check come first, highlighted."""
    shown = findings.assign(level=findings["flagged"].map({True: TO_CHECK, False: "fine"}))
    n = int(findings["flagged"].sum())
    caption = "What was found about the input. " + (
        f"{n} of {len(findings)} findings may make the numbers wrong and {'is' if n == 1 else 'are'} for you to judge"
        if n
        else "Nothing looks odd"
    )
    columns = [
        Column("level", "level"),
        Column("about", "about"),
        Column("text", "what was found"),
        Column("remedy", "what to do"),
    ]
    return table(shown, columns, caption, highlight=TO_CHECK)


def rhythm(findings: pd.DataFrame) -> Table:
    """Which columns of the forecast to use if customers buy at regular intervals; otherwise nothing."""
    said = sentences(findings, "rhythm")
    return note(f"Regular buyers: {'. '.join(said)}.") if said else ELSEWHERE


def identity(matches: pd.DataFrame) -> Table:
    """How the ids of the other tables match the buyers, one row per table that has rows (`clv.data.identity`)."""
    if matches.empty:
        return nothing("There are only transactions, so there are no other customer ids to match.")
    shown = matches.assign(
        of_buyers=matches["rows_of_buyers"] / matches["rows"], with_row=matches["buyers_with_row"] / matches["buyers"]
    )
    columns = [
        Column("table", "table"),
        Column("rows", "rows", "count"),
        Column("of_buyers", "rows of buyers", "share"),
        Column("with_row", "buyers with a row", "share"),
        Column("rows_in_other_form", "rows that another spelling would match", "count"),
        Column("form", "which spelling"),
    ]
    return table(shown, columns, "How well the customer ids of each table match those of the orders")
