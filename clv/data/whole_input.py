"""What is to be known of the input as a whole before its numbers are believed, from all that looks at it."""

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
    """The findings about customers, sales, the last day and the history, one row each, those that are flagged first.

    `facts` are those about the clean tables by name, `matches` how the ids of the tables fit each other
    (`clv.data.identity`), `reading` what was found when the files were read, `last_day` the one that was given;
    `count_orders` gives the different order ids of clean transactions.
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
