"""What is to be known of the input as a whole before its numbers are believed, from all that looks at it."""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from clv.data import formula_text, identity, newest_days, sale_findings, shop_rhythm
from clv.data.bought_days import BoughtDays
from clv.data.cleaning import Cleaned
from clv.data.input_finding import InputFinding, as_table


def examine(
    cleaned: Mapping[str, Cleaned],
    bought: BoughtDays,
    matches: pd.DataFrame,
    reading: Iterable[InputFinding],
    last_day: date | None,
) -> pd.DataFrame:
    """The findings about customers, sales, the last day and the history, one row each, those that are flagged first.

    `cleaned` are the tables by name, `bought` the purchase days, `matches` how the ids of the tables fit each other
    (`clv.data.identity`), `reading` what was found when the files were read, `last_day` the one that was given.
    """
    lines = cleaned["transactions"]
    return as_table(
        [
            newest_days.examine(bought, last_day),
            *identity.examine(lines, bought, matches),
            *reading,
            *sale_findings.examine(lines),
            *shop_rhythm.examine(bought),
            *formula_text.examine(cleaned),
        ]
    )
