"""Moves of customers between segments and tiers since the test cutoff."""

from typing import Any

import numpy as np
import pandas as pd

from clv.marketing.segments.rfm import SEGMENTS
from clv.marketing.tiers import TIERS
from clv.suppression import hidden_cells

NEW = "(new customer)"
ORDER = {"tier": TIERS, "rfm_segment": tuple(segment.name for segment in SEGMENTS)}  # the best first
COLUMNS = ["dimension", "from", "to", "customers", "predicted_then", "predicted_now", "suppressed"]


def then_and_now(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """One row per customer of `now`, in its order, with what was known of the customer then.

    Both have customer_id, tier, rfm_segment and predicted_clv. Returns customer_id, and for each of the others one
    column ending in _then and one in _now; _then is missing for new customers, and tier_then and predicted_clv_then for
    those without a forecast then.
    """
    columns = ["customer_id", "tier", "rfm_segment", "predicted_clv"]
    named = now[columns].rename(columns={name: f"{name}_now" for name in columns[1:]})
    return named.merge(
        then[columns].rename(columns={name: f"{name}_then" for name in columns[1:]}),
        on="customer_id",
        how="left",
        validate="one_to_one",
    )


def migration(moves: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """One row per dimension, segment then and segment now that has customers, in the order of the segments.

    `moves` is that of `then_and_now`. Customers who were not yet known come from NEW; those known then without a
    forecast are left out of the tiers. predicted_then and predicted_now are sums of forecasts, money; predicted_then is
    NaN for new customers and where not all of the row had a forecast. Figures are NaN, and `suppressed` True, where
    `hidden_cells` suppresses a cell at `minimum`: the totals of segments, then and now, are known.
    """
    tables = []
    is_new = moves["rfm_segment_then"].isna()
    for dimension, order in ORDER.items():
        known = moves[moves[f"{dimension}_then"].notna() | is_new]
        start, end = known[f"{dimension}_then"].astype("object").fillna(NEW), known[f"{dimension}_now"]
        counts = pd.crosstab(start, end).reindex(index=[*order, NEW], columns=list(order), fill_value=0).to_numpy()
        unseen = hidden_cells(counts, minimum)
        money = known.groupby([start, end])[["predicted_clv_then", "predicted_clv_now"]].agg(_whole_sum)
        for i, j in np.argwhere(counts > 0):
            cell = (*order, NEW)[i], order[j]
            then, now = money.loc[cell]
            figures = (np.nan,) * 3 if unseen[i, j] else (float(counts[i, j]), then, now)
            tables.append((dimension, *cell, *figures, bool(unseen[i, j])))
    return pd.DataFrame(tables, columns=COLUMNS)


def _whole_sum(values: pd.Series) -> float:
    """The sum, NaN where a value is missing."""
    return float(values.sum(skipna=False))


def flows(table: pd.DataFrame) -> pd.DataFrame:
    """One row per dimension and segment: customers who came, left, stayed or are new, and their forecasts (money).

    `table` is that of `migration`; what it suppresses does not count, so that nothing can be computed by difference.
    `stayed_more` and the like state whether there is such a move, so that the figures are the least there may be.
    Forecasts of customers who came, stayed or are new are those of today; of those who left, those of then.
    """
    rows = []
    for dimension, order in ORDER.items():
        moves = table[table["dimension"] == dimension]
        hidden = moves["suppressed"].astype("bool")
        for segment in order:
            there, comes, goes = moves["from"] == segment, moves["to"] == segment, moves["from"] != NEW
            kinds = {
                "came": comes & ~there & goes,
                "left": there & ~comes,
                "stayed": there & comes,
                "new": comes & ~goes,
            }
            row: dict[str, Any] = {"dimension": dimension, "segment": segment}
            for kind, which in kinds.items():
                shown = moves[which & ~hidden]
                row[kind] = shown["customers"].sum()
                row[f"{kind}_value"] = shown[f"predicted_{'then' if kind == 'left' else 'now'}"].sum()
                row[f"{kind}_more"] = bool((which & hidden).any())
            rows.append(row)
    return pd.DataFrame(rows)


def rank_of(segments: pd.Series, dimension: str) -> np.ndarray:
    """0 for the best segment of a dimension, (n,) of floats; NaN for none."""
    codes, names = pd.factorize(segments)  # once per name: a million customers have only eleven
    places = [ORDER[dimension].index(str(name)) for name in names]
    return np.array([*places, np.nan], dtype="float64")[codes]
