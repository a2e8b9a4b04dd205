"""The first screen of the data report: what was found about customers, sales and the last day, and how tables match."""

import pandas as pd

from clv.data.input_finding import sentences
from clv.reporting.kit.table import ELSEWHERE, Column, Table, note, nothing, table

TO_CHECK = "to check"


def found(findings: pd.DataFrame) -> Table:
    """What preprocess found about the input as a whole, one row each; those to check come first and stand out."""
    shown = findings.assign(level=findings["flagged"].map({True: TO_CHECK, False: "fine"}))
    n = int(findings["flagged"].sum())
    caption = "What was found about the input. " + (
        f"{n} of {len(findings)} may make the numbers wrong and {'is' if n == 1 else 'are'} for you to judge"
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
    """Which columns of the forecast to use where customers buy at regular intervals; nothing where they do not."""
    said = sentences(findings, "rhythm")
    return note(f"Regular buyers: {'. '.join(said)}.") if said else ELSEWHERE


def identity(matches: pd.DataFrame) -> Table:
    """How the ids of the further tables fit the buyers, one row per table that has rows (`clv.data.identity`)."""
    if matches.empty:
        return nothing("There are transactions alone, so there are no other ids to match.")
    shown = matches.assign(
        of_buyers=matches["rows_of_buyers"] / matches["rows"], with_row=matches["buyers_with_row"] / matches["buyers"]
    )
    columns = [
        Column("table", "table"),
        Column("rows", "rows", "count"),
        Column("of_buyers", "of customers with orders", "share"),
        Column("with_row", "buyers with a row", "share"),
        Column("rows_in_other_form", "rows that another spelling would match", "count"),
        Column("form", "which spelling"),
    ]
    return table(shown, columns, "How customer ids match those of the orders")
