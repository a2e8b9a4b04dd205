"""What the data cannot show, as one block on the pages."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from clv.marketing.tiers import UNKNOWN
from clv.reporting.kit.table import ELSEWHERE, Table

NO_RETURNS = "it is not known who comes back"
NOT_KNOWN = "not known"  # in place of a number that would be a guess


def missing(gaps: Sequence[Mapping[str, Any]]) -> Table:
    """A list of what is not known, from `not_known` of summary.json or segments.json; empty if all is known."""
    if not gaps:
        return ELSEWHERE
    items = "".join(f"<li>{escape(gap['says'][0].upper() + gap['says'][1:])}.</li>" for gap in gaps)
    return Table(f"<p><strong>What is not known</strong></p><ul>{items}</ul>")


def knows_no_tier(tiers: pd.Series) -> bool:
    """Whether these tiers show that no customer has one, because it is not known who comes back."""
    return bool((tiers == UNKNOWN).any())
