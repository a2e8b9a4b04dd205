"""All findings about the input as a whole, to check before its numbers are trusted."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pandas as pd

from clv.data import formula_text, identity, newest_days, sale_findings, shop_rhythm
from clv.data.input_finding import InputFinding, as_table
from clv.data.table_facts import TableFacts


def examine(
    facts: Mapping[str, TableFacts],
    matches: pd.DataFrame,
    reading: Iterable[InputFinding],
    last_day: date | None,
    count_orders: Callable[[], int],
) -> pd.DataFrame:
    """The findings about customers, sales, the last day and the history, one row each, flagged ones first.

    `facts` are those about the clean tables by name, `matches` is how the ids of the tables match
    (`clv.data.identity`), `reading` holds the findings made when the files were read, and `last_day` is the given one
    or None. `count_orders` returns the number of distinct order ids of clean transactions.
    """
    bought = identity.bought_days(facts)
    return as_table(
        [
            newest_days.examine(bought, last_day),
            *identity.examine(facts, matches, count_orders),
            *reading,
            *sale_findings.examine(facts["transactions"]),
            *shop_rhythm.examine(bought),
            *formula_text.examine(facts),
        ]
    )
