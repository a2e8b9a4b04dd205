"""What the feature report shows: every feature there is, what it means, and of how many customers it is known."""

from typing import Any

import pandas as pd

from clv.reporting.table import Column, Table, facts, note, table, write


def overview(features: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """How many features, in how many groups, at how many cutoffs."""
    present = features[features["known_share"].notna()]
    cutoffs = sorted(metrics["snapshots"])
    return facts(
        [
            ("features", write(len(present), "count")),
            ("groups", write(present["group"].nunique(), "count")),
            ("cutoffs", write(len(cutoffs), "count")),
            ("first cutoff", cutoffs[0]),
            ("last cutoff", cutoffs[-1]),
        ]
    )


def group(features: pd.DataFrame, name: str) -> Table:
    """The features of one group."""
    columns = [Column("feature", "feature"), Column("unit", "unit"), Column("description", "meaning"),
               Column("known_share", "known", "share")]  # fmt: skip
    rows = features[(features["group"] == name) & features["known_share"].notna()]
    return table(rows, columns, f"Group {name}; known: share of today's customers for whom there is a value")


def groups(features: pd.DataFrame) -> Table:
    """All of them, group by group in the order of the feature table."""
    present = features[features["known_share"].notna()]
    return Table("".join(group(features, name).html for name in present["group"].unique()))


def absent(features: pd.DataFrame) -> Table:
    """The features that this data has no columns for."""
    rows = features[features["known_share"].isna()]
    if rows.empty:
        return note("Every feature could be computed.")
    columns = [Column("feature", "feature"), Column("group", "group"), Column("needs", "columns it needs"),
               Column("description", "meaning")]  # fmt: skip
    return table(rows, columns, "Features that are absent, because the data lacks a column they need")
