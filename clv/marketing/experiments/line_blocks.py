"""Order lines for randomised tests, block by block: summaries of all customers, and all lines of a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from clv.evaluation.forecast_parts import read_forecast_part
from clv.features.by_id import are_among
from clv.features.columns import CUSTOMER
from clv.marketing.experiments.before import first_orders
from clv.marketing.experiments.planning import FORECASTS, behaviour, recent
from clv.marketing.store import read_clean_block

LINES = ("order_ts", "amount_minor")


@dataclass(frozen=True)
class OfEverybody:
    """Summaries of all customers, by id.

    `first` is the day of their first order; `recent` what those known before the last window did in it; `after` what
    those forecast for the backtest did after its cutoff, beside their forecasts.
    """

    first: pd.Series
    recent: pd.DataFrame
    after: pd.DataFrame

    @classmethod
    def together(cls, blocks: Sequence["OfEverybody"]) -> "OfEverybody":
        """Combine all blocks."""
        first = pd.concat([block.first for block in blocks]).sort_index()
        tables = (pd.concat([getattr(block, name) for block in blocks]) for name in ("recent", "after"))
        return cls(first, *(table.sort_values(CUSTOMER, ignore_index=True) for table in tables))


@dataclass(frozen=True)
class LineBlocks:
    """What a worker needs to read order lines for tests.

    `clean` and `forecasts` are the folders (paths or URLs) of clean tables and of test forecasts; `last_day` is the
    last day of data, `window_days` the window of a test; `cutoff` is that of the backtest, None where there is none.
    """

    clean: str
    forecasts: str
    last_day: date
    window_days: int
    cutoff: date | None

    def look(self, block: int) -> OfEverybody:
        """The summaries of all customers of a block."""
        lines = self._lines(block)
        after = pd.DataFrame(columns=[CUSTOMER])
        if self.cutoff is not None:
            after = read_forecast_part(self.forecasts, block, list(FORECASTS.values()))
            days = min(self.window_days, (self.last_day - self.cutoff).days)
            after = after.join(behaviour(after[CUSTOMER], lines, self.cutoff, days))
        return OfEverybody(first_orders(lines), recent(lines, self.last_day, self.window_days), after)

    def lines_of(self, customers: pd.Index, block: int) -> pd.DataFrame:
        """All lines of the given customers who are in a block."""
        lines = self._lines(block)
        return lines[are_among(lines[CUSTOMER], customers)]

    def _lines(self, block: int) -> pd.DataFrame:
        lines = read_clean_block(self.clean, "transactions", block, LINES)
        return lines.assign(**{CUSTOMER: lines[CUSTOMER].astype("str")})
