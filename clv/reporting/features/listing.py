"""What the feature report shows: every feature there is, what it means, and of how many customers it is known."""

from typing import Any

import pandas as pd

from clv.reporting.kit.table import Column, Table, facts, nothing, table, write

NAMED = [Column("feature", "feature"), Column("unit", "unit"), Column("description", "meaning")]


def overview(features: pd.DataFrame, metrics: dict[str, Any]) -> Table:
    """How many features, in how many groups, at how many cutoffs."""
    present = features[features["status"] == "present"]
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


def groups(features: pd.DataFrame) -> Table:
    """The features that there are, group by group in the order of the feature table."""
    columns = [*NAMED, Column("known_share", "known", "share")]
    found = [
        table(rows, columns, f"Group {name}; known: share of today's customers for whom there is a value").html
        for name, rows in features[features["status"] == "present"].groupby("group", sort=False)
    ]
    return Table("".join(found))


def fitted(features: pd.DataFrame) -> Table:
    """Those that models fitted to the snapshot add."""
    rows = features[features["status"] == "fitted"]
    return table(
        rows, NAMED, "Computed by clv/models/btyd/value.py when a snapshot is read, and features of the learners too"
    )


def absent(features: pd.DataFrame) -> Table:
    """The features that this data has no columns for."""
    rows = features[features["status"] == "absent"]
    if rows.empty:
        return nothing("Every feature could be computed.")
    columns = [
        Column("feature", "feature"),
        Column("group", "group"),
        Column("needs", "columns it needs"),
        Column("description", "meaning"),
    ]
    return table(rows, columns, "Features that are absent, because the data lacks a column they need")
